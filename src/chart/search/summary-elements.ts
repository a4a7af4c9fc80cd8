/**
 * Which elements the specification marks for summaries and which a type must have, from the structure
 * definitions of R4. They are 35 MB that nothing else needs at run time, so `summary-elements.txt` holds what
 * is used of them; a test compares the two.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SummaryElements {
  /** Paths within the resource (`link.other`); a choice by each of its names (`valueQuantity`). */
  readonly elements: ReadonlySet<string>;
  /** Elements that every resource of the type has. */
  readonly mandatory: ReadonlySet<string>;
  /** Elements of which a summary holds some parts and not others. */
  readonly nested: ReadonlySet<string>;
}

let known: ReadonlyMap<string, SummaryElements> | null = null;

/** Empty for a type that R4 has not. */
export function summaryOf(type: string): SummaryElements {
  known ??= readAll();
  return known.get(type) ?? NOTHING;
}

const NOTHING: SummaryElements = { elements: new Set(), mandatory: new Set(), nested: new Set() };

function readAll(): ReadonlyMap<string, SummaryElements> {
  const text = readFileSync(join(import.meta.dirname, 'summary-elements.txt'), 'utf8');
  const all = new Map<string, SummaryElements>();
  for (const paragraph of text.split(/\n(?=[A-Z])/)) {
    const [type = '', ...words] = paragraph.trim().split(/\s+/);
    const paths = (end: string) =>
      words.filter((word) => word.endsWith(end)).map((word) => word.slice(0, -1));
    // A mandatory element is marked with an exclamation mark, one that is gone into with a full stop.
    const elements = words.map((word) => word.replace(/[!.]+$/, ''));
    const marked = words.map((word) => word.replace(/\.$/, ''));
    const mandatory = marked.filter((word) => word.endsWith('!')).map((word) => word.slice(0, -1));
    const nested = paths('.').map((path) => path.replace(/!$/, ''));
    all.set(type, { elements: new Set(elements), mandatory: new Set(mandatory), nested: new Set(nested) });
  }
  return all;
}
