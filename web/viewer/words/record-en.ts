/** A whole record to take along: English. */
export const en = {
  title: { patient: 'Your whole record', staff: 'The whole record' },
  lead: {
    patient:
      'Everything in this record as one file: a summary to read and print, all documents and ' +
      'pictures, and the same for ' +
      'other practices’ computers. It takes a few minutes to make. You can leave this page meanwhile.',
    staff:
      'Everything that you may read in this record as one file: a summary as PDF and C-CDA, all ' +
      'resources (FHIR), all files.',
  },
  begin: { patient: 'Download my whole record', staff: 'Download the whole record' },
  beginFor: 'Download this whole record',
  waiting: 'It will begin in a moment.',
  working: (resources: string) => `It is being made: ${resources} entries so far.`,
  workingFiles: (files: string, all: string) => `It is being made: file ${files} of ${all}.`,
  stop: 'Stop',
  ready: 'The record is ready.',
  readyText: (size: string, until: string) =>
    `${size}. It stays here until ${until}, and then it is deleted.`,
  save: 'Save the file',
  careful: 'Save it only where others cannot find it: not on a computer that you share.',
  remove: 'Delete it now',
  failed: 'That did not work.',
  failedText: 'Nothing was saved. Please try again. If it fails again, tell the practice.',
  noRoom: 'The practice has no room for it at the moment. Please tell the practice.',
  touch: 'Nothing was begun, because it was not confirmed that it is you.',
  again: 'Try again',
  progress: 'How far it is',
};

export type RecordWords = typeof en;
