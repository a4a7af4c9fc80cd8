/**
 * What a practice sets about one subject, for the room that knows what it means: kept with a MAC under the
 * practice's key. A row that was written or changed by hand sets nothing, and opens an incident; then what
 * stands is what stands where nothing was ever set.
 */
import { notFound, PosternError } from '../base/errors.ts';
import type { PracticeId } from '../base/ids.ts';
import { appendLine } from '../ledger/index.ts';
import { mac, macEquals, type PracticeKeys } from '../seal/index.ts';
import { grantsLine } from './grant-rows.ts';
import { administers } from './grant-rules.ts';
import type { SettingsParts } from './practice-settings.ts';
import type { Visit } from './scope.ts';

export type RuleSubject = 'files' | 'retention';

export interface StandingRules {
  /** JSON as it was set; null where nothing was, or what stands is not genuine. */
  readonly content: unknown;
  /** Counts changes; 0 where nothing was ever set. */
  readonly version: number;
}

interface RulesRow {
  version: number;
  content: string;
  mac: Buffer;
}

const UNSET: StandingRules = { content: null, version: 0 };
/** What another process set is known here after this time. */
const FRESH_MS = 500;

export class RulesOfPractices {
  readonly #parts: SettingsParts;
  readonly #known = new Map<string, { readonly at: number; readonly rules: Promise<StandingRules> }>();
  readonly #told = new Set<string>();

  constructor(parts: SettingsParts) {
    this.#parts = parts;
  }

  /** As they stand, or stood half a second ago. */
  async of(practiceId: PracticeId, subject: RuleSubject): Promise<StandingRules> {
    const name = `${practiceId}/${subject}`;
    const known = this.#known.get(name);
    if (known !== undefined && performance.now() - known.at < FRESH_MS) return known.rules;
    const rules = this.#read(practiceId, subject);
    this.#known.set(name, { at: performance.now(), rules });
    rules.catch(() => this.#known.delete(name));
    return rules;
  }

  /**
   * Sets them, as a change of that version. Authority: `administer`. Throws `version-conflict` where somebody
   * else changed them meanwhile. What they say was looked at by the caller.
   */
  async set(visit: Visit, subject: RuleSubject, content: object, version: number): Promise<StandingRules> {
    const { practiceId } = visit.scope;
    const keys = await this.#parts.keychain.of(practiceId);
    const text = JSON.stringify(content);
    await this.#parts.grants.within(visit, async (tx, current) => {
      if (!administers(current.scope)) throw notFound();
      const line = grantsLine(current, `${subject}-rules`, []);
      const entries = [[null, 'PracticeRules', practiceId, version + 1] as const];
      await appendLine(tx as never, { ...line, entries });
      const { rows } = await tx.query<{ put: boolean | null }>(
        'select postern.practice_rules_put($1, $2, $3, $4) as put',
        [subject, version + 1, text, rulesMac(keys, subject, version + 1, text)],
      );
      if (rows[0]?.put === true) return;
      throw new PosternError('version-conflict', 'Somebody else changed this meanwhile.');
    });
    this.#known.delete(`${practiceId}/${subject}`);
    return this.of(practiceId, subject);
  }

  async #read(practiceId: PracticeId, subject: RuleSubject): Promise<StandingRules> {
    const { rows } = await this.#parts.server.query<RulesRow>(
      'select r.version, r.content, r.mac from postern.practice_rules($1, $2) r',
      [practiceId, subject],
    );
    const [row] = rows;
    if (row === undefined) return UNSET;
    const keys = await this.#parts.keychain.of(practiceId);
    const { version, content } = row;
    const genuine = keys
      .versions('mac')
      .some((keyVersion) => macEquals(rulesMac(keys, subject, version, content, keyVersion), row.mac));
    if (genuine) return { content: JSON.parse(content) as unknown, version };
    const forged = `${practiceId}/${subject}/${version}/${row.mac.toString('hex')}`;
    if (!this.#told.has(forged)) await this.#parts.onForged(practiceId);
    this.#told.add(forged);
    // The version is kept, so that the owner can set them anew.
    return { content: null, version };
  }
}

function rulesMac(
  keys: PracticeKeys,
  subject: RuleSubject,
  version: number,
  content: string,
  keyVersion?: number,
): Buffer {
  const key = keys.macKey(keyVersion);
  return mac(key, 'postern/practice-rules/v1', keys.practiceId, subject, String(version), content);
}
