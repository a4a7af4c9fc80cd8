/**
 * What a practice sets for itself. Kept with a MAC under the practice's key: a row that was written or
 * changed by hand sets nothing, and opens an incident; then the settings are those of a practice that has set
 * none.
 */
import type { Pool } from 'pg';
import { notFound, PosternError } from '../base/errors.ts';
import type { PracticeId } from '../base/ids.ts';
import { appendLine } from '../ledger/index.ts';
import { mac, macEquals, type PracticeKeys } from '../seal/index.ts';
import { grantsLine } from './grant-rows.ts';
import { administers } from './grant-rules.ts';
import type { Grants } from './grants.ts';
import type { Keychain } from './keychain.ts';
import type { Visit } from './scope.ts';

export interface PracticeSettings {
  /** How long the page of somebody who works here may stay open without anybody there; 2 to 15. */
  readonly staffIdleMinutes: number;
  /** The same of patients and those who act for them; 5 to 30. */
  readonly patientIdleMinutes: number;
  /** The age at which what is sensitive closes to parents; 10 to 18. */
  readonly sensitiveAge: number;
  /** The age at which what parents hold ends; 16 to 21. */
  readonly majorityAge: number;
  /** By its IANA name: days begin by it. */
  readonly timeZone: string;
  /** In which the practice writes to people; the first where nothing is known of theirs. */
  readonly languages: readonly string[];
  /** Whether developers may ask to have an app registered for the practice; false where nothing is said. */
  readonly appRequests?: boolean;
  /** For how many days the photo of a card is kept once it was checked; 1 to 365, usually 30. */
  readonly cardDays?: number;
}

export interface StandingSettings extends PracticeSettings {
  readonly cardDays: number;
  /** Counts changes; 0 where nothing was ever set. */
  readonly version: number;
  readonly setAt: Date | null;
}

const LIMITS = {
  staffIdleMinutes: [2, 15],
  patientIdleMinutes: [5, 30],
  sensitiveAge: [10, 18],
  majorityAge: [16, 21],
} as const satisfies Partial<Record<keyof PracticeSettings, readonly [number, number]>>;

const LANGUAGES: readonly string[] = ['en', 'es', 'de'];

const UNSET: StandingSettings = {
  staffIdleMinutes: 10,
  patientIdleMinutes: 20,
  sensitiveAge: 13,
  majorityAge: 18,
  timeZone: 'UTC',
  languages: LANGUAGES,
  appRequests: false,
  cardDays: 30,
  version: 0,
  setAt: null,
};

interface SettingsRow {
  version: number;
  content: string;
  mac: Buffer;
  set_at: Date;
}

export interface SettingsParts {
  readonly server: Pool;
  readonly keychain: Keychain;
  readonly grants: Grants;
  /** Told of a row whose MAC does not hold. */
  onForged(practiceId: PracticeId): Promise<void>;
}

/** What another process set is known here after this time. */
const FRESH_MS = 5000;

export class SettingsOfPractices {
  readonly #parts: SettingsParts;
  readonly #known = new Map<PracticeId, { readonly at: number; readonly settings: StandingSettings }>();
  readonly #told = new Set<string>();

  constructor(parts: SettingsParts) {
    this.#parts = parts;
  }

  /** As they stand, or stood five seconds ago. */
  async of(practiceId: PracticeId): Promise<StandingSettings> {
    const known = this.#known.get(practiceId);
    if (known !== undefined && performance.now() - known.at < FRESH_MS) return known.settings;
    const settings = await this.#read(practiceId);
    this.#known.set(practiceId, { at: performance.now(), settings });
    return settings;
  }

  /** The zone of all these practices; null where they have none in common. */
  async timeZoneOf(practices: readonly PracticeId[]): Promise<string | null> {
    const zones = await Promise.all(practices.map(async (each) => (await this.of(each)).timeZone));
    return new Set(zones).size === 1 ? zones[0]! : null;
  }

  /**
   * Sets them, as a change of that version. Authority: `administer`. Throws `invalid` for what is out of its
   * limits, `version-conflict` where somebody else changed them meanwhile.
   */
  async set(visit: Visit, settings: PracticeSettings, version: number): Promise<StandingSettings> {
    checkSettings(settings);
    const { practiceId } = visit.scope;
    const keys = await this.#parts.keychain.of(practiceId);
    const content = JSON.stringify(only(settings));
    await this.#parts.grants.within(visit, async (tx, current) => {
      if (!administers(current.scope)) throw notFound();
      const line = grantsLine(current, 'practice-settings', []);
      const entries = [[null, 'PracticeSettings', practiceId, version + 1] as const];
      await appendLine(tx as never, { ...line, entries });
      const { rows } = await tx.query<{ put: boolean | null }>(
        'select postern.practice_settings_put($1, $2, $3) as put',
        [version + 1, content, settingsMac(keys, version + 1, content)],
      );
      if (rows[0]?.put !== true) {
        throw new PosternError('version-conflict', 'Somebody else changed the settings meanwhile.');
      }
    });
    this.#known.delete(practiceId);
    return this.of(practiceId);
  }

  async #read(practiceId: PracticeId): Promise<StandingSettings> {
    const { rows } = await this.#parts.server.query<SettingsRow>(
      'select s.version, s.content, s.mac, s.set_at from postern.practice_settings($1) s',
      [practiceId],
    );
    const [row] = rows;
    if (row === undefined) return UNSET;
    const keys = await this.#parts.keychain.of(practiceId);
    const genuine = keys
      .versions('mac')
      .some((version) => macEquals(settingsMac(keys, row.version, row.content, version), row.mac));
    const { version, set_at: setAt } = row;
    if (genuine) return { ...UNSET, ...(JSON.parse(row.content) as PracticeSettings), version, setAt };
    const forged = `${practiceId}/${row.version}/${row.mac.toString('hex')}`;
    if (!this.#told.has(forged)) await this.#parts.onForged(practiceId);
    this.#told.add(forged);
    // The version is kept, so that the owner can set them anew.
    return { ...UNSET, version };
  }
}

function settingsMac(keys: PracticeKeys, version: number, content: string, keyVersion?: number): Buffer {
  const key = keys.macKey(keyVersion);
  return mac(key, 'postern/practice-settings/v1', keys.practiceId, String(version), content);
}

function only({ staffIdleMinutes, patientIdleMinutes, ...rest }: PracticeSettings): PracticeSettings {
  const {
    sensitiveAge,
    majorityAge,
    timeZone,
    languages,
    appRequests = false,
    cardDays = UNSET.cardDays,
  } = rest;
  return {
    staffIdleMinutes,
    patientIdleMinutes,
    sensitiveAge,
    majorityAge,
    timeZone,
    languages,
    appRequests,
    cardDays,
  };
}

/** Throws `invalid`, and says what is wrong. */
function checkSettings(settings: PracticeSettings): void {
  for (const [name, [least, most]] of Object.entries(LIMITS)) {
    const value: unknown = settings[name as keyof typeof LIMITS];
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) continue;
    throw new PosternError('invalid', `${name} must be a whole number from ${least} to ${most}.`);
  }
  const { sensitiveAge, majorityAge, timeZone, languages, appRequests = false } = settings;
  const { cardDays = UNSET.cardDays } = settings;
  if (!Number.isInteger(cardDays) || cardDays < 1 || cardDays > 365) {
    throw new PosternError('invalid', 'cardDays must be a whole number from 1 to 365.');
  }
  if (typeof appRequests !== 'boolean') {
    throw new PosternError('invalid', 'appRequests must be true or false.');
  }
  if (sensitiveAge > majorityAge) {
    throw new PosternError('invalid', 'sensitiveAge must not be above majorityAge.');
  }
  if (typeof timeZone !== 'string' || !isTimeZone(timeZone)) {
    throw new PosternError('invalid', 'timeZone must be the IANA name of a time zone.');
  }
  const known = Array.isArray(languages) && languages.every((each) => LANGUAGES.includes(each));
  if (!known || languages.length === 0 || new Set(languages).size !== languages.length) {
    throw new PosternError('invalid', `languages must be some of ${LANGUAGES.join(', ')}.`);
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name.length < 64;
  } catch {
    return false;
  }
}
