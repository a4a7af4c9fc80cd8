/** What people look for together in a chart, in the order in which they read it. */
export const PARTS = [
  'problems',
  'allergies',
  'medications',
  'immunizations',
  'results',
  'vitals',
  'findings',
  'procedures',
  'encounters',
  'social',
] as const;

export type PartName = (typeof PARTS)[number];
