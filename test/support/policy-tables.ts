/**
 * The tables that the server role reaches: what a row of each is, and which keys of a reach (0003-reach.sql)
 * open and which write it.
 */
import { newId } from '../../src/base/ids.ts';

/** Where a row lies. `of` is the account whose row it is, where it is somebody's. */
export interface Spot {
  readonly practice: string;
  readonly chart: string;
  readonly id: string;
  readonly of: string;
  readonly section: 2 | 4 | 5;
}

export interface PolicyTable {
  readonly name: string;
  readonly commands: readonly ('select' | 'insert' | 'update' | 'delete')[];
  /** Column to SQL text; every value is an id, a number or a text of ours. */
  row(spot: Spot): Readonly<Record<string, string>>;
  /** Finds the row of a spot. */
  where(spot: Spot): string;
  sees(spot: Spot): readonly string[];
  writes(spot: Spot): readonly string[];
  /** Columns with values that nobody may insert, whatever his keys. */
  readonly never?: Readonly<Record<string, () => Readonly<Record<string, string>>>>;
  /** Whether it holds, or finds, psychotherapy notes; whether it holds files. */
  readonly notes?: true;
  readonly files?: true;
  /** Whether no key of those that see it is of use without the others. */
  readonly together?: true;
  /** A row that must stand before. */
  readonly after?: string;
}

const text = (value: string) => `'${value}'`;
const inChart = (kind: string) => (spot: Spot) => [
  `${kind}/${spot.chart}/${spot.section}${spot.section === 5 ? `/${spot.of}` : ''}`,
];
const ofPractice =
  (kind: string, section = '') =>
  ({ practice }: Spot) => [`${kind}/${practice}${section}`];
const nobody = () => [];

const byId = ({ practice, id }: Spot) => `practice_id = ${text(practice)} and id = ${text(id)}`;

const record = ({ practice, chart, id, of, section }: Spot) => ({
  practice_id: text(practice),
  id: text(id),
  chart_id: text(chart),
  section: String(section),
  type: text('Observation'),
  version: '1',
  updated_at: 'now()',
  author: text(of),
  key_version: '1',
  classifier_version: '1',
  sealed: text(''),
});

const RECORD = {
  commands: ['select', 'insert', 'update'],
  row: record,
  where: byId,
  sees: inChart('r'),
  writes: inChart('w'),
  notes: true,
  files: true,
} as const;

const indexed = (more: Readonly<Record<string, string>>) =>
  ({
    commands: ['select', 'insert', 'delete'],
    row: ({ practice, chart, id, section }: Spot) => ({
      practice_id: text(practice),
      chart_id: text(chart),
      resource_id: text(id),
      section: String(section),
      ...more,
    }),
    where: ({ practice, id }: Spot) => `practice_id = ${text(practice)} and resource_id = ${text(id)}`,
    sees: inChart('r'),
    writes: inChart('w'),
    notes: true,
  }) as const;

const DATES = { low: 'now()', high: 'now()', type: text('Observation'), param: text('date') };

/** Written by definer functions alone. */
const KEPT = { commands: ['select'], where: byId, writes: nobody } as const;

export const POLICY_TABLES: readonly PolicyTable[] = [
  { name: 'resource', ...RECORD },
  { name: 'resource_version', ...RECORD },
  {
    name: 'chart_key',
    commands: ['select', 'insert'],
    row: ({ practice, chart, section }) => ({
      practice_id: text(practice),
      chart_id: text(chart),
      section: String(section),
      practice_key_version: '1',
      wrapped: text(''),
    }),
    where: ({ practice, chart, section }) =>
      `practice_id = ${text(practice)} and chart_id = ${text(chart)} and section = ${section}`,
    sees: inChart('k'),
    writes: inChart('w'),
  },
  { name: 'chart_token', ...indexed({ token: '7', key_version: '1' }) },
  { name: 'practice_token', ...indexed({ token: '7', key_version: '1' }) },
  { name: 'date_range', ...indexed(DATES) },
  {
    name: 'blob',
    commands: ['select', 'insert', 'delete'],
    row: ({ practice, chart, id, of, section }) => ({
      practice_id: text(practice),
      id: text(id),
      chart_id: text(chart),
      section: String(section),
      author: text(of),
      file_id: text(id),
      bytes: '1',
    }),
    where: byId,
    sees: ofPractice('s'),
    writes: inChart('w'),
  },
  {
    name: 'upload',
    commands: ['select', 'insert', 'update', 'delete'],
    row: ({ practice, chart, id, of, section }) => ({
      practice_id: text(practice),
      id: text(id),
      account_id: text(of),
      chart_id: text(chart),
      section: String(section),
      key_version: '1',
      version: '1',
      length: '1',
      expires_at: 'now()',
      sealed: text(''),
    }),
    where: byId,
    sees: (spot) => [`a/${spot.of}`, ...inChart('w')(spot)],
    writes: (spot) => [`a/${spot.of}`, ...inChart('w')(spot)],
    together: true,
  },
  {
    name: 'file_promise',
    commands: ['select', 'insert', 'update', 'delete'],
    row: ({ practice, id, of }) => ({
      practice_id: text(practice),
      id: text(id),
      account_id: text(of),
      bytes: '1',
      expires_at: 'now()',
    }),
    where: byId,
    sees: ({ of }) => [`a/${of}`],
    writes: ({ of }) => [`a/${of}`],
  },
  {
    name: 'import_entry',
    commands: ['select', 'insert', 'update'],
    row: ({ practice, id }) => ({ practice_id: text(practice), id: text(id), digest: text('') }),
    where: byId,
    sees: ofPractice('s'),
    writes: ofPractice('s'),
  },
  {
    name: 'access_line',
    commands: ['select', 'insert'],
    row: ({ practice, id, of }) => ({
      practice_id: text(practice),
      id: text(id),
      account_id: text(of),
      purpose: text(''),
      action: text(''),
      outcome: text('ok'),
    }),
    where: byId,
    sees: ofPractice('l'),
    writes: ({ of }) => [`a/${of}`],
    never: {
      'of another transaction': () => ({ xid: "'3'" }),
      'of another time': () => ({ at: "now() - interval '1 hour'" }),
      'of no account': () => ({ account_id: 'null' }),
    },
  },
  {
    name: 'access_line_chart',
    ...KEPT,
    row: ({ practice, chart, id }) => ({
      practice_id: text(practice),
      chart_id: text(chart),
      at: 'now()',
      line_id: text(id),
    }),
    where: ({ practice, id }) => `practice_id = ${text(practice)} and line_id = ${text(id)}`,
    sees: ({ chart }) => [`l/${chart}`],
  },
  {
    name: 'access_leaf',
    ...KEPT,
    row: ({ practice, id }) => ({
      practice_id: text(practice),
      seq: `hashtext('${id}') & 65535`,
      line_id: text(id),
      leaf_hash: "sha256('')",
    }),
    where: ({ practice, id }) => `practice_id = ${text(practice)} and line_id = ${text(id)}`,
    sees: ofPractice('l'),
  },
  {
    name: 'checkpoint',
    ...KEPT,
    row: ({ practice, id }) => ({
      practice_id: text(practice),
      size: `hashtext('${id}')`,
      root: text(''),
      note: text(''),
    }),
    where: ({ practice, id }) => `practice_id = ${text(practice)} and size = hashtext('${id}')`,
    sees: ({ of }) => [`a/${of}`],
  },
  {
    name: 'incident',
    ...KEPT,
    row: ({ practice, id }) => ({ practice_id: text(practice), id: text(id), kind: text('canary') }),
    sees: ofPractice('l'),
  },
  {
    name: 'shred',
    ...KEPT,
    row: ({ practice, id, of }) => ({
      practice_id: text(practice),
      chart_id: text(id),
      at: 'now()',
      complete_at: 'now()',
      by_account: text(of),
      reason: text(''),
    }),
    where: ({ practice, id }) => `practice_id = ${text(practice)} and chart_id = ${text(id)}`,
    sees: ofPractice('s'),
  },
  {
    name: 'deposit',
    commands: ['select', 'insert'],
    row: ({ practice, id, of }) => ({
      practice_id: text(practice),
      deposit_id: text(id),
      partner: text(of),
      media_type: text('text/plain'),
      bytes: '1',
      digest: `sha256('${id}')`,
    }),
    where: ({ practice, id }) => `practice_id = ${text(practice)} and deposit_id = ${text(id)}`,
    sees: ofPractice('r', '/7'),
    writes: ({ practice, of }) => [`w/${practice}/7`, `a/${of}`],
    never: {
      'in the name of another partner': () => ({ partner: text(newId()) }),
      'that is decided': () => ({ state: text('discarded'), decided_by: text(newId()), decided_at: 'now()' }),
    },
  },
  {
    name: 'deposit_content',
    commands: ['select', 'insert'],
    row: ({ practice, id }) => ({ practice_id: text(practice), deposit_id: text(id), sealed: text('') }),
    where: ({ practice, id }) => `practice_id = ${text(practice)} and deposit_id = ${text(id)}`,
    sees: ofPractice('o', '/7'),
    writes: ofPractice('w', '/7'),
    after: 'deposit',
  },
];
