/**
 * Sections of a chart and the actions on them: the words that keys, row policies and roles share.
 *
 * A section is stored as its code (`smallint`) and a set of sections as a mask in which bit `code` is set, in
 * SQL and here alike. Codes are part of the data: they are never renumbered.
 */
export const SECTIONS = {
  /** A chart that no role may open: whoever asks for it is looking where nobody has business. */
  canary: 0,
  /** Demographics, appointments, messages, forms. */
  administrative: 1,
  clinical: 2,
  financial: 3,
  /** HIV, substance use, sexual and reproductive health, mental health (HL7 confidentiality R and V). */
  sensitive: 4,
  /** Notes kept by their author alone. */
  psychotherapy: 5,
  /** What belongs to no patient: practitioners, schedules, form templates. */
  practice: 6,
  /** What a partner left and nobody has filed yet: in no chart, and no resource is ever filed here. */
  deposit: 7,
} as const;

export type Section = keyof typeof SECTIONS;
export type SectionMask = number;

export const SECTION_NAMES = Object.keys(SECTIONS) as readonly Section[];

/** The sections that hold resources. */
export const RECORD_SECTIONS = SECTION_NAMES.filter((section) => section !== 'deposit');

/** From the most open to the most closed; `stricter` picks by it. */
const STRICTNESS: readonly Section[] = [
  'practice',
  'administrative',
  'financial',
  'clinical',
  'sensitive',
  'psychotherapy',
  'canary',
  'deposit',
];

export function sectionOf(code: number): Section {
  const name = SECTION_NAMES.find((section) => SECTIONS[section] === code);
  if (name === undefined) throw new Error(`No section has code ${code}`);
  return name;
}

export function maskOf(...sections: readonly Section[]): SectionMask {
  return sections.reduce((mask, section) => mask | (1 << SECTIONS[section]), 0);
}

export function inMask(mask: SectionMask, section: Section): boolean {
  return (mask & (1 << SECTIONS[section])) !== 0;
}

export function sectionsIn(mask: SectionMask): Section[] {
  return SECTION_NAMES.filter((section) => inMask(mask, section));
}

/** The more closed of two sections: what is uncertain goes there. */
export function stricter(a: Section, b: Section): Section {
  return STRICTNESS.indexOf(a) >= STRICTNESS.indexOf(b) ? a : b;
}

export const ACTIONS = ['read', 'write', 'open', 'share', 'administer'] as const;
export type Action = (typeof ACTIONS)[number];
