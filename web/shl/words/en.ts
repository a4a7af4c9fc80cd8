/** The words of the page that opens links, in English. */
export const en = {
  title: 'Somebody sent you something of a health record',
  lead: 'It opens here, in your browser. You need no account.',
  label: 'The sender wrote',
  who: 'Your name, and where you work',
  whoHint: 'The person whose record it is sees what you write here, and when you opened it.',
  whoMissing: 'Write who you are first.',
  passcode: 'Passcode',
  passcodeHint: 'The sender told you one.',
  passcodeMissing: 'This link has a passcode. Ask whoever sent it.',
  wrongPasscode: (left: number) =>
    left === 0
      ? 'This was not the passcode, and there are no more tries. Ask the sender for another link.'
      : left === 1
        ? 'This was not the passcode. You have one more try.'
        : `This was not the passcode. You have ${left} more tries.`,
  open: 'Open',
  none: 'There is no link here',
  noneText: 'The address is not whole. Open the link again just as you got it, or scan the square once more.',
  foreign: 'This link belongs to another server',
  foreignText:
    'This page opens links of its own server only, and has sent nothing anywhere. Open the link with ' +
    'the page or ' +
    'app that its sender named.',
  over: 'This link does not open',
  overText:
    'It may have expired, been used up or been ended, or it was never whole. Ask whoever sent it for ' +
    'another one.',
  throttled: 'Too many tries from here',
  throttledText: 'Wait a minute, and try again.',
  damaged: 'What came does not open with this link',
  damagedText: 'The address may have been cut short. Open the link again just as you got it.',
  offline: 'The server cannot be reached',
  offlineText: 'Check your connection, and try again.',
  again: 'Try again',
  opened: 'What you were sent',
  openedLead:
    'It is a copy, as it was when the link was made. Close this page when you have finished: nothing ' +
    'of it stays.',
  contents: 'What is in it',
  summary: 'Summary of a record',
  document: 'Document',
  part: (number: string) => `Part ${number}`,
  other: 'Something that this page cannot show',
  otherText: 'It can be saved as a file of FHIR, for a program that reads it.',
  save: 'Save as FHIR',
  patient: 'Person',
  name: 'Name',
  born: 'Born',
  gender: 'Gender',
  made: 'Made',
  nothing: 'Nothing is recorded under this heading',
  sections: {
    '48765-2': 'Allergies',
    '10160-0': 'Medicines',
    '11450-4': 'Problems',
    '11369-6': 'Vaccinations',
    '47519-4': 'Procedures',
    '46264-8': 'Devices',
    '30954-2': 'Results',
    '18776-5': 'Plan of care',
  } as Readonly<Record<string, string>>,
  genders: { male: 'Male', female: 'Female', other: 'Other', unknown: 'Not known' } as Readonly<
    Record<string, string>
  >,
  yes: 'Yes',
  no: 'No',
  noValue: 'not recorded',
  severe: 'Severe',
  /** By the codes of FHIR. */
  standings: {
    active: 'Active',
    recurrence: 'Has come back',
    relapse: 'Has come back',
    inactive: 'Inactive',
    remission: 'In remission',
    resolved: 'Over',
    unconfirmed: 'Not confirmed',
    provisional: 'Not confirmed yet',
    differential: 'One of several possibilities',
    refuted: 'Ruled out',
    completed: 'Finished',
    stopped: 'Stopped',
    draft: 'Draft',
    unknown: 'Not known',
    preparation: 'Planned',
    'entered-in-error': 'Entered by mistake',
    'on-hold': 'Paused',
    'not-done': 'Not done',
    'in-progress': 'Under way',
    'not-taken': 'Not taken',
    intended: 'Planned',
    cancelled: 'Cancelled',
  } as Readonly<Record<string, string>>,
  summaryNote:
    'Only what the sender may pass on is in it. That something is missing does not mean that it is ' +
    'not there.',
};

export type ReceivedWords = typeof en;
