/** The words of what the practice sets and keeps of files, in English. */
export const filesEn = {
  page: 'Files',
  lead: 'What the practice takes, what it keeps, and for how long.',
  closed: 'This page is for the owner and the privacy officer',
  closedText: 'Ask the owner of the practice.',
  kinds: 'Which files are taken',
  kindsHint:
    'Pictures, PDF, text, X-rays and clinical documents are always taken. What can run on a ' +
    'computer is never shown.',
  groups: {
    office: 'Office documents',
    videos: 'Videos',
    pages: 'Web pages and drawings that can run',
    programs: 'Programs, and files that are two kinds at once',
    macros: 'Office documents with programs inside',
    archives: 'Archives (ZIP and the like)',
    others: 'Everything else',
  } as Readonly<Record<string, string>>,
  handlings: { shown: 'Taken and shown', inert: 'Kept, to be saved only', refused: 'Refused' },
  /** Of office documents no page shows anything. */
  officeTaken: 'Taken, for their own programs',
  limits: 'How much is kept',
  limitsHint: 'Leave a field empty for as much as the operator gives.',
  limitNames: {
    bytesOfFile: 'One file, in MiB',
    bytesOfPractice: 'All files, in GiB',
    filesOfPractice: 'Number of files',
    openOfPerson: 'Files one person may be sending',
  },
  atMost: (most: string) => `At most ${most}`,
  originals: 'Keep the original of photos',
  originalsHint:
    'Photos lose where and when they were taken. The original stays sealed beside them, for staff ' +
    'alone. Cards never keep one.',
  save: 'Save',
  saved: 'Saved.',
  failed: 'That did not work. Nothing was changed.',
  invalid: 'One of these cannot be. Nothing was changed.',
  touch: 'Nothing was done: it takes showing that you are there.',
  conflict: 'Somebody else changed this meanwhile. Look at what stands now, and change it again.',
  apart: 'Files kept apart',
  apartHint:
    'The scanner found something in these. Nobody can open them. Each is removed by itself after two weeks.',
  noneApart: 'There are none.',
  sentBy: (name: string) => `Sent by ${name}`,
  somebody: 'somebody without a name',
  found: (finding: string) => `The scanner says: ${finding}`,
  sentAt: (when: string) => `Sent ${when}`,
  goneAt: (when: string) => `removed by itself ${when}`,
  incident: (id: string) => `incident ${id}`,
  toRecord: 'Open the record',
  remove: 'Remove now',
  removed: 'The file is removed.',
  release: 'It is a false alarm',
  releaseHint: 'It is scanned once more, and then filed for whom it was sent.',
  stillFound:
    'The scanner still finds the same. If you are sure, release it all the same: then it can be ' +
    'saved, and is never shown.',
  releaseAnyway: 'Release it all the same',
  released: 'The file is in the record now.',
  reason: 'Why',
  reasonHint: 'At least a few words. They are kept, sealed.',
  cancel: 'Cancel',
  keeping: 'How long documents are kept',
  keepingHint:
    'For ever, where nothing is said here. Several rules for one type hold together: the last one counts.',
  noRules: 'Everything is kept.',
  type: 'Type of document',
  after: 'Counted from',
  bases: {
    'last-visit': 'the last visit',
    'document-date': 'the date of the document',
    'birthday-18': 'the 18th birthday',
  },
  years: 'Years',
  rule: (type: string, years: number, base: string) => `${type}: ${years} years after ${base}`,
  addRule: 'Add a rule',
  removeRule: 'Take away',
  due: 'Documents that are due',
  dueHint: 'Nothing is destroyed before the privacy officer has approved it.',
  noneDue: 'Nothing is due.',
  dueSince: (day: string) => `Due since ${day}`,
  closedRecord: 'In a part of a record that is closed to you',
  held: 'On hold',
  destroyed: (when: string) => `Destroyed ${when}`,
  approve: (count: number) =>
    count === 1 ? 'Destroy 1 document for good' : `Destroy ${count} documents for good`,
  approved: (count: number) =>
    count === 1 ? '1 document is destroyed.' : `${count} documents are destroyed.`,
  choose: (name: string) => `Choose: ${name}`,
  holds: 'Holds',
  holdsHint: 'What is on hold is not destroyed, whoever approves it, until somebody ends the hold.',
  noHolds: 'Nothing is on hold.',
  wholeRecord: 'A whole record',
  oneDocument: 'One document of a record',
  heldBy: (name: string, when: string) => `Held by ${name}, ${when}`,
  record: 'The record',
  recordHint:
    'Paste the address of its page here, or its number from the access log. The address of one of ' +
    'its documents puts that document alone on hold.',
  recordWrong: 'That is no address or number of a record.',
  noRecord: 'There is no such record.',
  hold: 'Put on hold',
  holdDocument: 'Put this document on hold',
  thisDocument: 'This document',
  holdOfDocument: 'Hold',
  notHeld: 'This document is not on hold.',
  holdText:
    'While it is on hold, nobody can destroy it: not when its time is over, not together with the ' +
    'record, and no original of a photo in this record. It can still be read, renamed, replaced and ' +
    'withdrawn.',
  heldText:
    'This document is on hold. Until the hold ends nobody can destroy it: not when its time is over, ' +
    'not together with the record, and no original of a photo in this record. It can still be read, ' +
    'renamed, replaced and withdrawn.',
  toDocument: 'Open the document',
  endHold: 'End the hold',
};

export type FilesWords = typeof filesEn;
