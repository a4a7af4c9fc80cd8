/**
 * The second lock. A key ring belongs to one session's reach and is the only way from a sealed row to its
 * plaintext. It asks the reach every time, before it looks for a key and whether or not the key is at hand,
 * and does not rely on the rows it is given having been filtered.
 *
 * Answers are `null` for "not yours" where something is read, and the not-found error where something is
 * written; `damaged` is thrown for what is yours but does not open.
 */
import { createSecretKey, generateKeySync, type KeyObject, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { invariant, notFound, PosternError } from '../base/errors.ts';
import type { AccountId, ChartId } from '../base/ids.ts';
import type { Action, Section } from '../base/section.ts';
import { type CachedChartKey, ChartKeyCache } from './chart-key-cache.ts';
import { ContentKey, contentContext, joinContent, splitContent } from './content-key.ts';
import { boundAuthor, type RecordPlace, recordContext } from './context.ts';
import { deriveKey } from './derivation.ts';
import { openBytes, sealBytes } from './envelope.ts';
import { chartKeyPurpose, type KeyPlace } from './key-purpose.ts';
import { Opened } from './opened.ts';
import { chartWrappingKey, type PracticeKeys, type WrappedChartKey } from './practice-keys.ts';
import type { Reach } from './reach.ts';
import { unwrapKey, wrapKey } from './wrap.ts';

/**
 * A place and the wrapped key that belongs to it: what there is of a row before, or apart from, its content.
 */
export interface KeyedPlace extends RecordPlace {
  readonly wrappedKey: Buffer;
  readonly practiceKeyVersion: number;
}

export interface SealedRow extends KeyedPlace {
  readonly sealed: Buffer;
}

/** Chart keys kept unwrapped; one more costs about as much memory as a long name. */
const CACHE_LIMIT = 4096;

const REDACTED = '[KeyRing]';

export class KeyRing {
  readonly #reach: Reach;
  readonly #cache: ChartKeyCache;
  #practiceKeys: PracticeKeys | null;
  #unwraps = 0;
  #opens = 0;

  constructor(reach: Reach, practiceKeys: PracticeKeys, cacheLimit = CACHE_LIMIT) {
    invariant(reach.practiceId === practiceKeys.practiceId, "a key ring holds its own practice's keys");
    this.#reach = reach;
    this.#practiceKeys = practiceKeys;
    this.#cache = new ChartKeyCache(cacheLimit);
  }

  /** Chart keys unwrapped so far: cached ones do not count again. */
  get unwraps(): number {
    return this.#unwraps;
  }

  /** Plaintexts released so far: records, and what opens the content of files. */
  get opens(): number {
    return this.#opens;
  }

  /** Opens a row, or answers `null` where the reach does not allow it. Files (`Binary`) need `open`. */
  open(row: SealedRow): Opened | null {
    const key = this.#keyToOpen(row);
    if (key === null) return null;
    const bytes = openBytes(key, recordContext(row), row.sealed);
    this.#opens += 1;
    return new Opened(bytes, placeOf(row));
  }

  /** Seals a record for its place. Throws not-found where `write` (of a link, `share`) is not allowed. */
  seal(row: KeyedPlace, plaintext: Uint8Array): Buffer {
    return sealBytes(this.#keyToSeal(row), recordContext(row), plaintext);
  }

  /**
   * Makes the key of a file that will be the chart's, or of what goes out by a link (`Link`). Throws
   * not-found where the reach does not allow `write`, or `share` for a link.
   */
  newContentKey(place: KeyPlace, type: 'Binary' | 'Link' = 'Binary'): ContentKey {
    const { practiceId } = this.#open();
    const permit = () => {
      this.#open();
      if (!this.#allows(sealAction(type), place, type)) throw notFound();
    };
    permit();
    return new ContentKey(practiceId, generateKeySync('aes', { length: 256 }), {
      open: permit,
      write: permit,
    });
  }

  /**
   * Seals the key of a file, and what is known of it, for the row whose file it is. Throws not-found where
   * the reach does not allow `write` there, or `share` for a link.
   */
  sealContent(row: KeyedPlace, key: ContentKey, facts: Uint8Array): Buffer {
    const joined = joinContent(key, facts);
    try {
      return sealBytes(this.#keyToSeal(row), contentContext(row), joined);
    } finally {
      joined.fill(0);
    }
  }

  /** Opens what `sealContent` has sealed, or answers `null` where the reach does not allow it. */
  openContent(row: SealedRow): { key: ContentKey; facts: Buffer } | null {
    const chartKey = this.#keyToOpen(row);
    if (chartKey === null) return null;
    const { key, facts } = splitContent(openBytes(chartKey, contentContext(row), row.sealed));
    this.#opens += 1;
    const open = () => this.#stillAllowed(openAction(row), row);
    const write = () => this.#stillAllowed('write', row);
    return { key: new ContentKey(row.practiceId, key, { open, write }), facts };
  }

  /** Makes the key of a chart's section. Throws not-found where the reach does not allow `write`. */
  newChartKey(chartId: ChartId | null, section: Section, author: AccountId | null): WrappedChartKey {
    const keys = this.#open();
    const place = { chartId, section, author };
    if (!this.#allows('write', place, null)) throw notFound();
    invariant(section !== 'psychotherapy' || author !== null, 'psychotherapy notes have an author');
    const practiceKeyVersion = keys.currentVersion('chart');
    const bytes = randomBytes(32);
    const purpose = chartKeyPurpose(keys.practiceId, place);
    const wrapped = wrapKey(chartWrappingKey(keys, practiceKeyVersion), bytes, purpose);
    const key = createSecretKey(bytes);
    bytes.fill(0);
    this.#cache.put(nameOf(place), { wrapped, practiceKeyVersion, key, indexKeys: new Map() });
    return { wrapped, practiceKeyVersion };
  }

  /** The blind index key of a chart's section; `null` where the reach allows neither `read` nor `write`. */
  indexKey(
    chartId: ChartId | null,
    section: Section,
    author: AccountId | null,
    wrappedKey: Buffer,
    practiceKeyVersion: number,
    indexVersion: number,
  ): KeyObject | null {
    this.#open();
    const place = { chartId, section, author };
    if (!this.#allows('read', place, null) && !this.#allows('write', place, null)) return null;
    const entry = this.#unwrapped(place, wrappedKey, practiceKeyVersion);
    const standing = entry.indexKeys.get(indexVersion);
    if (standing !== undefined) return standing;
    const key = deriveKey(entry.key, 'postern/index-key/v1', String(indexVersion));
    entry.indexKeys.set(indexVersion, key);
    return key;
  }

  /**
   * The key of the practice-wide blind index. It opens nothing: a token finds rows, which are then asked for
   * one by one. So it needs a reach that is alive, whatever it covers.
   */
  practiceIndexKey(version?: number): KeyObject | null {
    const keys = this.#open();
    this.#reach.allows('read', 'administrative', null, null, null);
    return keys.indexKey(version);
  }

  /** Forgets every key. Whatever is asked afterwards throws `unauthenticated`. May be called twice. */
  drop(): void {
    this.#practiceKeys = null;
    this.#cache.clear();
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }

  #keyToOpen(row: KeyedPlace): KeyObject | null {
    const keys = this.#open();
    if (row.practiceId !== keys.practiceId) return null;
    if (!this.#allows(openAction(row), row, row.type)) return null;
    return this.#unwrapped(row, row.wrappedKey, row.practiceKeyVersion).key;
  }

  #keyToSeal(row: KeyedPlace): KeyObject {
    const keys = this.#open();
    const action = sealAction(row.type);
    if (row.practiceId !== keys.practiceId || !this.#allows(action, row, row.type)) throw notFound();
    return this.#unwrapped(row, row.wrappedKey, row.practiceKeyVersion).key;
  }

  /** A psychotherapy row without an author is nobody's. */
  #allows(action: Action, { chartId, section, author }: KeyPlace, type: string | null): boolean {
    if (section === 'psychotherapy' && author === null) return false;
    return this.#reach.allows(action, section, chartId, boundAuthor(section, author), type);
  }

  #stillAllowed(action: Action, place: RecordPlace): void {
    this.#open();
    if (!this.#allows(action, place, place.type)) throw notFound();
  }

  #unwrapped(place: KeyPlace, wrapped: Buffer, practiceKeyVersion: number): CachedChartKey {
    const name = nameOf(place);
    const standing = this.#cache.get(name, wrapped, practiceKeyVersion);
    if (standing !== null) return standing;
    const keys = this.#open();
    const purpose = chartKeyPurpose(keys.practiceId, place);
    const key = unwrapKey(chartWrappingKey(keys, practiceKeyVersion), wrapped, purpose);
    this.#unwraps += 1;
    const entry = { wrapped, practiceKeyVersion, key, indexKeys: new Map<number, KeyObject>() };
    this.#cache.put(name, entry);
    return entry;
  }

  #open(): PracticeKeys {
    if (this.#practiceKeys === null) throw new PosternError('unauthenticated', 'The session has ended.');
    return this.#practiceKeys;
  }
}

/**
 * Files need `open`; what somebody is uploading is theirs who write there, and nobody reads it yet; what goes
 * out by a link is opened, and was sealed, by whoever may pass it on.
 */
function openAction(row: RecordPlace): Action {
  if (row.type === 'Upload') return 'write';
  if (row.type === 'Link') return 'share';
  return row.type === 'Binary' ? 'open' : 'read';
}

function sealAction(type: string): Action {
  return type === 'Link' ? 'share' : 'write';
}

function nameOf({ chartId, section, author }: KeyPlace): string {
  return `${chartId ?? ''}/${section}/${boundAuthor(section, author) ?? ''}`;
}

/** The place alone, so that an opened value does not keep its row and key alive. */
function placeOf({ practiceId, chartId, section, author, type, id, version }: RecordPlace): RecordPlace {
  return { practiceId, chartId, section, author, type, id, version };
}
