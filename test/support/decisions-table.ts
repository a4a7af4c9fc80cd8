/**
 * Who may do what, read from test/authz/decisions.txt as a person would read it: the oracle of the attacks.
 * It shares no code with the role table, the key ring or the row policies that it judges.
 */
import { readFileSync } from 'node:fs';

/** A role somebody holds, on one chart or throughout the practice. */
export interface HeldOn {
  readonly role: string;
  readonly chart: string | null;
}

/** As much of a record as decides who may have it. */
export interface DecidedRecord {
  readonly type: string;
  readonly section: string;
  /** Null for what the practice owns. */
  readonly chart: string | null;
  readonly author: string;
}

interface DecidedRole {
  readonly spans: 'chart' | 'practice';
  /** What a grant gives that names no sections; null: all that the role has. */
  readonly byDefault: readonly string[] | null;
  readonly sections: ReadonlyMap<string, readonly string[]>;
}

export class DecisionsTable {
  readonly #roles = new Map<string, DecidedRole>();

  constructor(text = readFileSync(new URL('../authz/decisions.txt', import.meta.url), 'utf8')) {
    for (const [, name, whose, lines] of text.matchAll(/^([\w-]+): in (.*)\n((?: {2}.*\n)*)/gm)) {
      const byDefault = /unless the grant says more: (.*)/.exec(lines!)?.[1]?.split(', ') ?? null;
      const sections = new Map(
        [...lines!.matchAll(/^ {2}\[(\w+)\] +(.*)$/gm)].map(([, section, actions]) => [
          section!,
          actions!.replace(' (own notes only)', '').split(', '),
        ]),
      );
      const spans = whose!.startsWith('the one chart') ? 'chart' : 'practice';
      this.#roles.set(name!, { spans, byDefault, sections });
    }
    if (this.#roles.size < 10) throw new Error('decisions.txt is not written as it was');
  }

  spans(role: string): 'chart' | 'practice' {
    return this.#role(role).spans;
  }

  /** Whether whoever holds those roles may; reading a file is opening it. */
  may(
    account: string,
    held: readonly HeldOn[],
    action: 'read' | 'write',
    { type, section, chart, author }: DecidedRecord,
  ): boolean {
    if (section === 'psychotherapy' && author !== account) return false;
    const asked = action === 'read' && type === 'Binary' ? 'open' : action;
    return held.some(({ role, chart: granted }) => {
      const { spans, byDefault, sections } = this.#role(role);
      if (sections.get(section)?.includes(asked) !== true) return false;
      if (spans === 'practice') return true;
      if (section === 'practice') return chart === null;
      return chart !== null && chart === granted && byDefault?.includes(section) !== false;
    });
  }

  /** Whether holders of those roles may do that with the practice's deposits: `leave`, `list`, `open`. */
  mayDeposits(held: readonly HeldOn[], word: string): boolean {
    return held.some(({ role }) => {
      const { spans, sections } = this.#role(role);
      return spans === 'practice' && sections.get('deposit')?.includes(word) === true;
    });
  }

  #role(name: string): DecidedRole {
    const role = this.#roles.get(name);
    if (role === undefined) throw new Error(`decisions.txt has no role ${name}`);
    return role;
  }
}
