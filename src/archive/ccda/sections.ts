/** Sections of a Continuity of Care Document, in the order in which they are read. */
import type { ChartSummary } from '../summary/chart-summary.ts';
import { tableOf } from '../summary/part-table.ts';
import type { PartName } from '../summary/parts.ts';
import type { ArchiveWords } from '../words/archive-words.ts';
import * as entries from './entries.ts';
import { fixed, template } from './types.ts';
import { el, type Xml } from './xml.ts';

interface Section {
  readonly part: PartName;
  readonly root: string;
  readonly extension: string;
  /** LOINC. */
  readonly code: string;
  readonly display: string;
  /** Null where the text says it all. */
  readonly entry: entries.Entry | null;
  /** Whether the document has it even where there is nothing to say. */
  readonly required: boolean;
}

const OID = '2.16.840.1.113883.10.20.22.2';

function section(part: PartName, of: Omit<Section, 'part'>): Section {
  return { part, ...of };
}

const SECTIONS: readonly Section[] = [
  section('allergies', {
    root: `${OID}.6.1`,
    extension: '2015-08-01',
    code: '48765-2',
    display: 'Allergies and adverse reactions',
    entry: entries.allergy,
    required: true,
  }),
  section('medications', {
    root: `${OID}.1.1`,
    extension: '2014-06-09',
    code: '10160-0',
    display: 'History of medication use',
    entry: entries.medication,
    required: true,
  }),
  section('problems', {
    root: `${OID}.5.1`,
    extension: '2015-08-01',
    code: '11450-4',
    display: 'Problem list',
    entry: entries.problem,
    required: true,
  }),
  section('results', {
    root: `${OID}.3.1`,
    extension: '2015-08-01',
    code: '30954-2',
    display: 'Relevant diagnostic tests and laboratory data',
    entry: entries.result,
    required: true,
  }),
  section('social', {
    root: `${OID}.17`,
    extension: '2015-08-01',
    code: '29762-2',
    display: 'Social history',
    entry: entries.social,
    required: true,
  }),
  section('vitals', {
    root: `${OID}.4.1`,
    extension: '2015-08-01',
    code: '8716-3',
    display: 'Vital signs',
    entry: entries.vitalSign,
    required: true,
  }),
  section('immunizations', {
    root: `${OID}.2.1`,
    extension: '2015-08-01',
    code: '11369-6',
    display: 'Immunizations',
    entry: entries.immunization,
    required: false,
  }),
  section('procedures', {
    root: `${OID}.7.1`,
    extension: '2014-06-09',
    code: '47519-4',
    display: 'History of procedures',
    entry: entries.procedure,
    required: false,
  }),
  section('encounters', {
    root: `${OID}.22.1`,
    extension: '2015-08-01',
    code: '46240-8',
    display: 'History of encounters',
    entry: entries.encounter,
    required: false,
  }),
  section('findings', {
    root: '2.16.840.1.113883.10.20.2.10',
    extension: '2015-08-01',
    code: '29545-1',
    display: 'Physical findings',
    entry: null,
    required: false,
  }),
];

export function sectionsOf(words: ArchiveWords, summary: ChartSummary): Xml {
  return SECTIONS.filter(({ part, required }) => required || summary.parts[part].count > 0).map((one) =>
    el('component', {}, sectionOf(words, summary, one)),
  );
}

function sectionOf(words: ArchiveWords, summary: ChartSummary, one: Section): Xml {
  const part = summary.parts[one.part];
  const lineOf = (at: number) => `${one.part}-${at + 1}`;
  const isEmpty = part.facts.length === 0;
  return el(
    'section',
    isEmpty ? { nullFlavor: 'NI' } : {},
    template(one.root, one.extension),
    fixed('code', one.code, 'loinc', one.display),
    el('title', {}, words.part[one.part]),
    el('text', {}, isEmpty ? el('paragraph', {}, words.nothing) : textOf(words, summary, one.part, lineOf)),
    one.entry === null ? null : part.facts.map((fact, at) => one.entry!(fact, lineOf(at))),
  );
}

function textOf(
  words: ArchiveWords,
  summary: ChartSummary,
  name: PartName,
  lineOf: (at: number) => string,
): Xml {
  const part = summary.parts[name];
  const { head, rows } = tableOf(name, part, words);
  const cells = (row: readonly string[], at: number) =>
    row.map((cell, column) => el('td', column === 0 ? { ID: lineOf(at) } : {}, cell === '' ? ' ' : cell));
  const table = el(
    'table',
    {},
    el('thead', {}, el('tr', {}, ...head.map((one) => el('th', {}, one)))),
    el('tbody', {}, ...rows.map((row, at) => el('tr', {}, ...cells(row, at)))),
  );
  const more = part.count > part.facts.length ? words.newest(part.facts.length, part.count) : null;
  return [table, more === null ? null : el('paragraph', {}, more)];
}
