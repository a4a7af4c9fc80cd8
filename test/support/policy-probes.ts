/**
 * Probes of the row policies, each a sentence that must hold of one table: green on the database as it is
 * migrated, and red for whoever loosens the policy that it is about.
 */
import { randomBytes } from 'node:crypto';
import { newId } from '../../src/base/ids.ts';
import { narrowingFunctionProbes, narrowingProbes } from './narrowing-probes.ts';
import { type Grounds, insertion, type Probe, sessionWith, touches } from './policy-grounds.ts';
import { POLICY_TABLES, type PolicyTable, type Spot } from './policy-tables.ts';

export type { Probe };

/** The probes of every table that the server role reaches, and of what stands before the tables. */
export function policyProbes(grounds: Grounds): Probe[] {
  return [
    ...POLICY_TABLES.flatMap((table) => [...tableProbes(grounds, table), ...narrowingProbes(grounds, table)]),
    ...otherProbes(grounds),
    ...narrowingFunctionProbes(grounds),
  ];
}

function tableProbes(grounds: Grounds, table: PolicyTable): Probe[] {
  const { own, foreign, away } = grounds;
  const { name, commands } = table;
  const probes: Probe[] = [];
  const add = (sentence: string, holds: () => Promise<boolean>) =>
    probes.push({ about: name, sentence, holds });
  const as = async (keys: readonly string[], statement: string, practice = own.practice) =>
    touches(grounds, await sessionWith(grounds, practice, keys), statement);
  const select = `select from postern.${name}`;
  const all = (...spots: readonly Spot[]) => `${select} where ${spots.map(table.where).join(' or ')}`;

  add('shows a row to the session that has its key', async () => (await as(table.sees(own), all(own))) === 1);
  add('shows nothing to a session that there is not', async () => {
    const unknown = `${own.practice}/${randomBytes(32).toString('hex')}/${'0'.repeat(16)}`;
    return (await touches(grounds, unknown, select)) === 0;
  });
  if (name !== 'checkpoint') {
    add('shows nothing to a session without its keys', async () => (await as(['a/none'], select)) === 0);
  }
  if (table.sees(own).join() !== table.sees(foreign).join() && name !== 'checkpoint') {
    add('shows no row of another chart or section', async () => (await as(table.sees(own), select)) === 1);
  }
  add(
    'shows no row of another practice to whoever holds its keys there',
    async () => (await as(table.sees(away), all(away))) === 0,
  );
  if (table.notes === true) addNotes(grounds, table, add, as);
  if (table.files === true) addFiles(grounds, table, add, as);
  if (table.together === true) addTogether(grounds, table, add, as);
  if (commands.includes('insert')) addInsertions(grounds, table, add, as);
  if (commands.includes('update')) addChanges(grounds, table, add, as);
  if (commands.includes('delete')) addRemovals(grounds, table, add, as);
  return probes;
}

/** Tables where who sees a row writes it: by the same key. */
const BY_ONE_KEY: ReadonlySet<string> = new Set(['import_entry', 'upload', 'file_promise']);

/** A change that changes nothing, of a table without versions. */
const SAME: Readonly<Record<string, string>> = { file_promise: 'bytes = bytes' };

/** A change by which a row would go where whoever makes it may not write. */
const moveOf = (name: string) =>
  name === 'upload' || name === 'file_promise' ? `account_id = '${newId()}'` : 'section = 4';

/** What one has who may see a row and not write it; nothing that helps, where it is the same key. */
const seeing = (table: PolicyTable, spot: Spot) =>
  BY_ONE_KEY.has(table.name) ? ['a/none'] : table.sees(spot);

type Add = (sentence: string, holds: () => Promise<boolean>) => void;
type As = (keys: readonly string[], statement: string, practice?: string) => Promise<number | null>;

function addChanges({ own, away }: Grounds, table: PolicyTable, add: Add, as: As): void {
  const { name } = table;
  const keysOf = (spot: Spot) => [...table.sees(spot), ...table.writes(spot)];
  const change = (spot: Spot, set: string) => `update postern.${name} set ${set} where ${table.where(spot)}`;
  const [same, moved] =
    name === 'import_entry' ? ["digest = ''", null] : [SAME[name] ?? 'version = version', moveOf(name)];
  add('changes a row for whoever may', async () => (await as(keysOf(own), change(own, same))) === 1);
  add('changes no row that one may see and not write', async () => {
    return (await as(seeing(table, own), change(own, same))) === 0;
  });
  add('changes no row of another practice', async () => (await as(keysOf(away), change(away, same))) === 0);
  add('lets no row go to another practice', async () => {
    const keys = [...keysOf(own), ...keysOf({ ...own, practice: away.practice })];
    return (await as(keys, change(own, `practice_id = '${away.practice}'`))) === null;
  });
  if (moved !== null) {
    add('lets no row go where one may not write', async () => {
      const keys = [...keysOf(own), ...table.sees({ ...own, section: 4 })];
      return (await as(keys, change(own, moved))) === null;
    });
  }
}

function addRemovals({ own, away }: Grounds, table: PolicyTable, add: Add, as: As): void {
  const { name } = table;
  const keysOf = (spot: Spot) => [...table.sees(spot), ...table.writes(spot)];
  const removal = (spot: Spot) => `delete from postern.${name} where ${table.where(spot)}`;
  add('removes a row for whoever may', async () => (await as(keysOf(own), removal(own))) === 1);
  add(
    'removes no row that one may see and not write',
    async () => (await as(seeing(table, own), removal(own))) === 0,
  );
  add('removes no row of another practice', async () => (await as(keysOf(away), removal(away))) === 0);
}

function addInsertions(grounds: Grounds, table: PolicyTable, add: Add, as: As): void {
  const { own, away } = grounds;
  const fresh = (spot: Spot): Spot => ({ ...spot, id: table.after === undefined ? newId() : spot.id });
  const version = table.name === 'chart_key' ? { version: '2' } : {};
  const insert = (spot: Spot, other = {}) => insertion(table, fresh(spot), { ...version, ...other });
  // Content of a deposit stands once: refused by the key of its table, it has passed the policies.
  const passed = (touched: number | null) => touched !== null;
  const keys = (spot: Spot) => [...table.sees(spot), ...table.writes(spot)];
  add('takes a row from whoever may write it', async () => passed(await as(keys(own), insert(own))));
  add('takes no row from a session without the key to write it', async () => {
    return !passed(await as([...seeing(table, own), 'a/none'], insert(own)));
  });
  add('takes no row of another practice from whoever holds its keys there', async () => {
    return !passed(await as(keys(away), insert(away)));
  });
  for (const [what, values] of Object.entries(table.never ?? {})) {
    add(`takes no row ${what}`, async () => !passed(await as(keys(own), insert(own, values()))));
  }
}

/** What takes several keys opens to none of them alone. */
function addTogether({ own }: Grounds, table: PolicyTable, add: Add, as: As): void {
  const each = async (statement: string) => {
    const touched: (number | null)[] = [];
    for (const key of table.sees(own)) touched.push(await as([key], statement));
    return touched;
  };
  add('shows nothing to whoever holds one of its keys alone', async () => {
    const touched = await each(`select from postern.${table.name} where ${table.where(own)}`);
    return touched.every((count) => count === 0);
  });
  add('takes no row from whoever holds one of its keys alone', async () => {
    const touched = await each(insertion(table, { ...own, id: newId() }));
    return touched.every((count) => count === null);
  });
}

/** A note is its author's alone, and so is what finds it. */
function addNotes({ note }: Grounds, table: PolicyTable, add: Add, as: As): void {
  const another = { ...note, of: newId() };
  const keys = (spot: Spot) => [...table.sees(spot), ...table.writes(spot)];
  const where = `postern.${table.name} where ${table.where(note)}`;
  add('shows a note to its author alone', async () => {
    const select = `select from ${where}`;
    return (await as(keys(note), select)) === 1 && (await as(keys(another), select)) === 0;
  });
  add('takes of a note what its author writes alone', async () => {
    const insert = insertion(table, table.files === true ? { ...note, id: newId() } : note);
    return (await as(keys(note), insert)) === 1 && (await as(keys(another), insert)) === null;
  });
  if (!table.commands.includes('delete')) return;
  add('removes of a note what its author removes alone', async () => {
    // A condition would ask whether one sees the row, too.
    const removal = `delete from postern.${table.name}`;
    return (await as(keys(note), removal)) === 1 && (await as(keys(another), removal)) === 0;
  });
}

/** To read a file is to open it, which takes a key of its own. */
function addFiles(grounds: Grounds, table: PolicyTable, add: Add, as: As): void {
  const file = { ...grounds.own, id: newId() };
  add('shows no file to whoever may read and not open', async () => {
    const { owner } = grounds.database;
    await owner.query(insertion(table, file, { type: "'Binary'" }));
    const select = `select from postern.${table.name} where ${table.where(file)}`;
    const seen = [
      await as(table.sees(file), select),
      await as(
        table.sees(file).map((key) => key.replace('r/', 'o/')),
        select,
      ),
    ];
    await owner.query(`delete from postern.${table.name} where ${table.where(file)}`);
    return seen.join() === '0,1';
  });
}

function otherProbes(grounds: Grounds): Probe[] {
  const { database, own, foreign } = grounds;
  const reading = (spot: Spot, session: string) =>
    `select from postern.read_resource('${session}', '${own.practice}', 'Observation', '${spot.id}', null,
       '${newId()}', '', null, null)`;
  const reads = async (spot: Spot) => {
    const session = await sessionWith(grounds, own.practice, inKeys(own));
    return touches(grounds, session, reading(spot, session));
  };
  const inKeys = (spot: Spot) => [`r/${spot.chart}/${spot.section}`, `l/${spot.chart}`];
  return [
    {
      about: 'reach_keys',
      sentence: 'holds no key once the session is over',
      holds: async () => {
        const select = 'select from postern.resource';
        const live = await sessionWith(grounds, own.practice, inKeys(own));
        const over = await sessionWith(grounds, own.practice, inKeys(own), newId(), '2020-01-01');
        return (await touches(grounds, live, select)) === 1 && (await touches(grounds, over, select)) === 0;
      },
    },
    {
      about: 'reach_open',
      sentence: 'takes no reach that the process has not signed',
      holds: async () => {
        const claim = {
          practice: own.practice,
          account: own.of,
          session: '00'.repeat(32),
          version: 0,
          expires: 9e9,
          keys: [],
        };
        await database.owner.query(
          `insert into postern.session (
             practice_id, session_hash, account_id, purpose, expires_at, mac)
           values ($1, decode(repeat('00', 32), 'hex'), $2, '', 'infinity', '')
           on conflict do nothing`,
          [own.practice, own.of],
        );
        const { rows } = await database.server.query<{ taken: boolean }>(
          'select postern.reach_open($1, $2) as taken',
          [JSON.stringify(claim), Buffer.alloc(32)],
        );
        return rows[0]!.taken === false;
      },
    },
    {
      about: 'read_resource',
      sentence: 'reads for its caller and not for its owner',
      holds: async () => (await reads(own)) === 1 && (await reads(foreign)) === 0,
    },
    {
      about: 'stored_line',
      sentence: 'shows a line to whom its table shows it',
      holds: async () => {
        const select = 'select from postern.stored_line';
        const session = await sessionWith(grounds, own.practice, inKeys(own));
        return (await touches(grounds, session, select)) === 1;
      },
    },
  ];
}
