/**
 * Wrapped chart keys at hand. They are ciphertext that only a key ring can use, so keeping them costs no
 * secrecy; it saves a look-up before every search and write.
 */

import type { Pool } from 'pg';
import { type AccountId, type ChartId, NIL_UUID, type PracticeId } from '../../base/ids.ts';
import { SECTIONS, type Section, sectionOf } from '../../base/section.ts';
import { inSession, type Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import type { ResourceRow, UnkeyedRow } from './stored.ts';

/** Whose key: a chart's, or the practice's own where `chartId` is null; `author` for psychotherapy alone. */
export interface KeyOwner {
  readonly chartId: ChartId | null;
  readonly section: Section;
  readonly author: AccountId | null;
}

export interface WrappedKey extends KeyOwner {
  readonly version: number;
  readonly wrapped: Buffer;
  readonly practiceKeyVersion: number;
}

interface KeyRow {
  chart_id: string;
  section: number;
  author: string;
  version: number;
  wrapped: Buffer;
  practice_key_version: number;
}

const CACHE_LIMIT = 20_000;

const COLUMNS = 'k.chart_id, k.section, k.author, k.version, k.wrapped, k.practice_key_version';

export class WrappedKeys {
  readonly #known = new Map<string, WrappedKey>();
  readonly #shredded = new Map<PracticeId, number>();
  /** Owners that had no key when `#made` keys had been made in all. */
  readonly #absent = new Set<string>();
  #made = 0;

  /** Forgets what is kept, after keys were rewrapped or shredded elsewhere. */
  clear(): void {
    this.#known.clear();
  }

  /** The number of chart keys made, as far as this process has heard. */
  get made(): number {
    return this.#made;
  }

  /**
   * Forgets what is kept where more charts of the practice are shredded than were known of, and who has no
   * key where more keys were made.
   */
  heed(practiceId: PracticeId, shredded: number, made: number): void {
    if (made > this.#made) {
      this.#made = made;
      this.#absent.clear();
    }
    if ((this.#shredded.get(practiceId) ?? 0) === shredded) return;
    this.#shredded.set(practiceId, shredded);
    this.clear();
  }

  /**
   * The keys of those owners, making the missing ones. Throws not-found where the visit may not write there.
   */
  async forWriting(
    tx: Transaction,
    visit: Visit,
    owners: readonly KeyOwner[],
  ): Promise<Map<string, WrappedKey>> {
    const { practiceId } = visit.scope;
    const wanted = new Map(owners.map((owner) => [ownerName(owner), owner]));
    const found = await this.#find(tx, practiceId, wanted);
    const missing = [...wanted].filter(([name]) => !found.has(name)).map(([, owner]) => owner);
    if (missing.length === 0) return found;
    const made = missing.map((owner) => ({
      owner,
      key: visit.scope.keys.newChartKey(owner.chartId, owner.section, owner.author),
    }));
    const inserted = tx.query(
      `insert into postern.chart_key (practice_id, chart_id, section, author, practice_key_version, wrapped)
       select $1, u.chart_id, u.section, u.author, u.practice_key_version, u.wrapped
       from unnest($2::uuid[], $3::smallint[], $4::uuid[], $5::integer[], $6::bytea[])
         u (chart_id, section, author, practice_key_version, wrapped)
       on conflict do nothing`,
      [
        practiceId,
        made.map(({ owner }) => owner.chartId ?? practiceId),
        made.map(({ owner }) => SECTIONS[owner.section]),
        made.map(({ owner }) => owner.author ?? NIL_UUID),
        made.map(({ key }) => key.practiceKeyVersion),
        made.map(({ key }) => key.wrapped),
      ],
    );
    // Another session may have been faster; what stands in the table is the key. It is kept here only after
    // the transaction has committed: until then it may still vanish.
    const [rows] = await Promise.all([readKeys(tx, practiceId, missing), inserted]);
    for (const key of rows) found.set(ownerName(key), key);
    return found;
  }

  /**
   * One version of one key, for a row at hand; null where it is shredded or out of reach. Nearly always from
   * memory, without a round trip.
   */
  async one(pool: Pool, visit: Visit, owner: KeyOwner, version: number): Promise<WrappedKey | null> {
    const { practiceId, handle } = visit.scope;
    const known = this.#known.get(`${practiceId}/${ownerName(owner)}`);
    if (known?.version === version) return known;
    const found = await inSession(pool, handle, (tx) => readKeys(tx, practiceId, [owner]));
    const key = found.find((one) => one.version === version);
    if (key === undefined) return null;
    this.#keep(practiceId, key);
    return key;
  }

  /** The rows with their keys; one whose key is shredded or out of reach comes without. */
  async ofRows<Row extends UnkeyedRow>(
    tx: Transaction,
    visit: Visit,
    rows: readonly Row[],
  ): Promise<(Row & Pick<ResourceRow, 'wrapped' | 'practice_key_version'>)[]> {
    const owners = rows.map((row): KeyOwner => {
      const section = sectionOf(row.section);
      return { chartId: row.chart_id, section, author: section === 'psychotherapy' ? row.author : null };
    });
    const wanted = new Map(owners.map((owner) => [ownerName(owner), owner]));
    const found = await this.#find(tx, visit.scope.practiceId, wanted);
    return rows.map((row, at) => {
      const key = found.get(ownerName(owners[at]!));
      const fits = key !== undefined && key.version === row.key_version;
      return {
        ...row,
        wrapped: fits ? key.wrapped : null,
        practice_key_version: fits ? key.practiceKeyVersion : null,
      };
    });
  }

  /**
   * The keys of those charts in those sections, for searching: one or none for each pair. What is remembered
   * of who has none counts only where `trusting`: it is outdated where `made` has grown when the search ends.
   */
  async ofCharts(
    tx: Transaction,
    visit: Visit,
    charts: readonly ChartId[],
    sections: readonly Section[],
    trusting: boolean,
  ): Promise<WrappedKey[]> {
    const { practiceId, accountId } = visit.scope;
    const owners = charts.flatMap((chartId) =>
      sections.map((section) => ({
        chartId,
        section,
        author: section === 'psychotherapy' ? accountId : null,
      })),
    );
    const wanted = new Map<string, KeyOwner>();
    for (const owner of owners) {
      const name = ownerName(owner);
      if (!trusting || !this.#absent.has(`${practiceId}/${name}`)) wanted.set(name, owner);
    }
    if (!trusting) return [...(await this.#find(tx, practiceId, wanted)).values()];
    // Asked before the keys are: what is made meanwhile is among the keys, or makes the number grow.
    const settled = this.#knows(practiceId, wanted) ? null : await keysSettled(tx);
    const found = await this.#find(tx, practiceId, wanted);
    if (settled !== null && settled === this.#made) {
      if (this.#absent.size >= CACHE_LIMIT) this.#absent.clear();
      for (const name of wanted.keys()) if (!found.has(name)) this.#absent.add(`${practiceId}/${name}`);
    }
    return [...found.values()];
  }

  #knows(practiceId: PracticeId, wanted: ReadonlyMap<string, KeyOwner>): boolean {
    return wanted.keys().every((name) => this.#known.has(`${practiceId}/${name}`));
  }

  async #find(
    tx: Transaction,
    practiceId: PracticeId,
    wanted: ReadonlyMap<string, KeyOwner>,
  ): Promise<Map<string, WrappedKey>> {
    const found = new Map<string, WrappedKey>();
    const unknown: KeyOwner[] = [];
    for (const [name, owner] of wanted) {
      const key = this.#known.get(`${practiceId}/${name}`);
      if (key === undefined) unknown.push(owner);
      else found.set(name, key);
    }
    if (unknown.length === 0) return found;
    for (const key of await readKeys(tx, practiceId, unknown)) {
      found.set(ownerName(key), key);
      this.#keep(practiceId, key);
    }
    return found;
  }

  #keep(practiceId: PracticeId, key: WrappedKey): void {
    if (this.#known.size >= CACHE_LIMIT) {
      const [oldest] = this.#known.keys();
      this.#known.delete(oldest!);
    }
    this.#known.set(`${practiceId}/${ownerName(key)}`, key);
  }
}

export function ownerName({ chartId, section, author }: KeyOwner): string {
  return `${chartId ?? ''}/${section}/${section === 'psychotherapy' ? (author ?? '') : ''}`;
}

/** The number of chart keys made, where none is under way; otherwise null. */
async function keysSettled(tx: Transaction): Promise<number | null> {
  const { rows } = await tx.query<{ made: string | null }>({
    name: 'chart-keys-settled',
    text: 'select postern.chart_keys_settled() as made',
  });
  const made = rows[0]?.made ?? null;
  return made === null ? null : Number(made);
}

async function readKeys(
  tx: Transaction,
  practiceId: PracticeId,
  owners: readonly KeyOwner[],
): Promise<WrappedKey[]> {
  const { rows } = await tx.query<KeyRow>({
    name: 'chart-keys',
    text: `
      select distinct on (k.chart_id, k.section, k.author) ${COLUMNS}
      from unnest($2::uuid[], $3::smallint[], $4::uuid[]) u (chart_id, section, author)
        join postern.chart_key k on k.practice_id = $1
          and k.chart_id = u.chart_id
          and k.section = u.section
          and k.author = u.author
      order by k.chart_id, k.section, k.author, k.version desc`,
    values: [
      practiceId,
      owners.map((owner) => owner.chartId ?? practiceId),
      owners.map((owner) => SECTIONS[owner.section]),
      owners.map((owner) => owner.author ?? NIL_UUID),
    ],
  });
  return rows.map((row) => toKey(practiceId, row));
}

/** Whose key a row of `chart_key` is. What a job wrote has the nil account for its author. */
export function ownerOfKey(
  practiceId: PracticeId,
  row: Pick<KeyRow, 'chart_id' | 'section' | 'author'>,
): KeyOwner {
  const section = sectionOf(row.section);
  return {
    chartId: row.chart_id === practiceId ? null : (row.chart_id as ChartId),
    section,
    author: section === 'psychotherapy' ? (row.author as AccountId) : null,
  };
}

function toKey(practiceId: PracticeId, row: KeyRow): WrappedKey {
  return {
    ...ownerOfKey(practiceId, row),
    version: row.version,
    wrapped: row.wrapped,
    practiceKeyVersion: row.practice_key_version,
  };
}
