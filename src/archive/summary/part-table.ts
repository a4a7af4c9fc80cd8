/** A part of a chart as a table of words: the same in the PDF and in the text of the C-CDA document. */
import type { ArchiveWords } from '../words/archive-words.ts';
import type { Part } from './chart-summary.ts';
import type { Fact } from './fact.ts';
import type { PartName } from './parts.ts';

export interface PartTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

type Column = keyof ArchiveWords['column'];

const COLUMNS: Readonly<Record<PartName, readonly Column[]>> = {
  problems: ['what', 'site', 'when', 'until', 'status'],
  allergies: ['what', 'reaction', 'when', 'status'],
  medications: ['what', 'dose', 'when', 'status'],
  immunizations: ['what', 'when', 'status'],
  results: ['what', 'value', 'range', 'when'],
  vitals: ['what', 'value', 'when'],
  findings: ['what', 'site', 'value', 'when'],
  procedures: ['what', 'site', 'when', 'status'],
  encounters: ['what', 'value', 'when'],
  social: ['what', 'value', 'when'],
};

export function tableOf(name: PartName, part: Part, words: ArchiveWords): PartTable {
  const columns = COLUMNS[name].filter(
    (column) => column === 'what' || part.facts.some((fact) => cellOf(fact, column, words) !== ''),
  );
  return {
    head: columns.map((column) => words.column[column]),
    rows: part.facts.map((fact) => columns.map((column) => cellOf(fact, column, words))),
  };
}

function cellOf(fact: Fact, column: Column, words: ArchiveWords): string {
  switch (column) {
    case 'what':
      return fact.what.text;
    case 'when':
      return dayOf(fact.from);
    case 'until':
      return dayOf(fact.until);
    case 'status':
      return fact.status === null ? '' : (words.status[fact.status] ?? fact.status);
    case 'range':
      return fact.range ?? '';
    case 'site':
      return fact.site ?? '';
    case 'value':
      return valueText(fact, words);
    case 'reaction':
    case 'dose':
      return fact.said ?? '';
  }
}

function valueText(fact: Fact, words: ArchiveWords): string {
  const parts = fact.parts.flatMap(({ what, said }) => (said === null ? [] : [`${what.text}: ${said}`]));
  const said = fact.said ?? parts.join(', ');
  const out = outOf(fact.interpretation, words);
  return out === null ? said : `${said} (${out})`;
}

/** In words: colour alone says nothing to many. */
function outOf(interpretation: string | null, { out }: ArchiveWords): string | null {
  if (interpretation === null || interpretation === 'N') return null;
  if (/^H/.test(interpretation)) return out.high;
  if (/^L/.test(interpretation)) return out.low;
  return /^A/.test(interpretation) ? out.other : null;
}

/** The day as it was written, which is unmistakable in every language. */
export function dayOf(date: string | null): string {
  return date === null ? '' : date.slice(0, 10);
}
