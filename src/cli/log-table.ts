/** The access log as a table on a terminal: columns as wide as what stands in them, whoever it names. */
import type { AccountId } from '../base/ids.ts';
import type { ListedLine } from '../ledger/index.ts';
import { onOneLine } from './command.ts';
import type { LogNames } from './log-names.ts';

const HEADINGS = ['TIME', 'NUMBER', 'WHO', 'PURPOSE', 'ACTION', 'OUTCOME', 'WHAT'];
/** More resources than these are counted. */
const NAMED = 3;

export class LogTable {
  readonly #names: Pick<LogNames, 'nameOf'>;
  #widths: readonly number[] | null = null;

  constructor(names: Pick<LogNames, 'nameOf'>) {
    this.#names = names;
  }

  /**
   * A page of lines, under the headings where it is the first that has any. Columns stay where the pages
   * before put them, unless something is longer than all of those.
   */
  async rowsOf(lines: readonly ListedLine[]): Promise<string[]> {
    if (lines.length === 0) return [];
    const rows = this.#widths === null ? [HEADINGS] : [];
    for (const line of lines) rows.push(await cellsOf(line, this.#names));
    const before = this.#widths ?? HEADINGS.map(() => 0);
    const widths = before.map((width, at) =>
      rows.reduce((widest, row) => Math.max(widest, row[at]!.length), width),
    );
    this.#widths = widths;
    return rows.map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    );
  }
}

/** Who had no account is named by the program: the operator's command, for one. */
async function cellsOf(line: ListedLine, names: Pick<LogNames, 'nameOf'>): Promise<string[]> {
  const entries = Array.isArray(line.entries) ? (line.entries as unknown[][]) : [];
  const what = entries.map(
    ([, type, id, version]) => `${type}/${id}${version === null ? '' : `/${version}`}`,
  );
  const who = line.account === null ? (line.client ?? '-') : await names.nameOf(line.account as AccountId);
  const more = what.length > NAMED ? [`and ${what.length - NAMED} more`] : [];
  const named = [...what.slice(0, NAMED), ...more].join(' ');
  const number = String(line.seq ?? 'pending');
  return [line.at, number, onOneLine(who), line.purpose, line.action, line.outcome, named];
}
