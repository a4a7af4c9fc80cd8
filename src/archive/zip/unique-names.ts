/** Names of files in one folder: safe on every system, and no two the same on any. */
import { safeName } from '../../documents/index.ts';

export interface NamedKind {
  readonly extension: string;
  readonly extensions: readonly string[];
}

export class UniqueNames {
  readonly #taken = new Set<string>();

  /** `DATE TITLE.EXTENSION`; a number is put behind the title where that name is taken. */
  next(date: string | null, title: string, kind: NamedKind): string {
    const wanted = `${date === null ? '' : `${date} `}${withoutPath(title)}`;
    for (let at = 1; ; at += 1) {
      const name = at === 1 ? safeName(wanted, kind) : numbered(wanted, at, kind);
      const folded = foldedName(name);
      if (this.#taken.has(folded)) continue;
      this.#taken.add(folded);
      return name;
    }
  }
}

/** A title is no path: what stands before a slash belongs to it, and dots alone say nothing. */
function withoutPath(title: string): string {
  const parts = title.slice(0, 4096).split(/[/\\]+/);
  return parts.filter((part) => !/^[.\s]*$/.test(part)).join('-');
}

function numbered(wanted: string, at: number, kind: NamedKind): string {
  const name = safeName(wanted, kind);
  const dot = name.lastIndexOf('.');
  return safeName(`${name.slice(0, dot).slice(0, 100)} (${at})${name.slice(dot)}`, kind);
}

/** As file systems compare that know neither case nor composition. */
function foldedName(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFC');
}
