/** The words of the apps of a practice, in English. */
export const appsEn = {
  page: 'Apps',
  lead:
    'Apps that developers ask you to register, and those of this practice. Each person still ' +
    'decides for themselves whether to let one in.',
  closed: 'Apps are for the owner',
  closedText: 'Ask the owner of the practice.',
  off: 'Developers cannot ask just now',
  offText: 'The owner lets them, in the settings.',
  toSettings: 'To the settings',
  address: 'Developers ask at this address:',
  requests: 'Requests',
  noRequests: 'Nobody is waiting.',
  apps: 'Apps of this practice',
  noApps: 'There are none.',
  shared: 'Apps that people here use',
  sharedLead:
    'The operator registered these for everybody. You see how many let one in and what anybody ' +
    'allowed it, and not who.',
  noShared: 'Nobody here has let in an app that the operator registered.',
  usedBy: 'Used by',
  nobody: 'nobody',
  staffCount: (count: number) => (count === 1 ? '1 of the staff' : `${count} of the staff`),
  othersCount: (count: number | null) =>
    count === null
      ? 'fewer than five patients or people who act for them'
      : `${count} patients or people who act for them`,
  sees: 'May see',
  writes: 'May change',
  protectedKind: 'Confidential care',
  protectedBySome: 'allowed by some',
  close: 'Close to the practice',
  closeOf: (name: string) => `Close ${name} to the practice`,
  closeSure:
    'Everybody here who let it in is disconnected at once, and nobody can let it in until you open it ' +
    'again. At other practices it goes on.',
  closeNow: 'Close it',
  closedHere: 'Closed. Nobody here can let it in.',
  closedSince: (date: string) => `closed since ${date}`,
  open: 'Open again',
  openOf: (name: string) => `Open ${name} again`,
  opened: 'Open again. Each person decides anew.',
  contact: 'Developer',
  goesTo: 'Sends people back to',
  launch: 'Is launched at',
  site: 'Page',
  kind: 'Kind',
  keyed: 'Has keys of its own',
  keyless: 'Keeps no secret (phone or browser)',
  asked: (date: string) => `asked for ${date}`,
  since: (date: string) => `since ${date}`,
  approve: 'Approve',
  approveOf: (name: string) => `Approve ${name}`,
  refuse: 'Refuse',
  refuseOf: (name: string) => `Refuse ${name}`,
  end: 'End',
  endOf: (name: string) => `End ${name}`,
  endSure: 'Everybody who let it in is disconnected at once. It cannot be undone.',
  endNow: 'End it for everybody',
  cancel: 'Cancel',
  approved: (id: string) => `Approved. Its client id is ${id}; the developer sees it by the receipt.`,
  refused: 'Refused. The developer sees it by the receipt.',
  ended: 'Ended.',
  failed: 'That did not work. Nothing was changed.',
  touch: 'It was not done: it takes showing that you are there.',
  gone: 'That is decided or over already.',
};

export type AppsWords = typeof appsEn;
