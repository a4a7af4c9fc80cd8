/**
 * The walls around what partners leave, for every role: the role table, the key ring and the row policies
 * say the same, and each stands alone where the other has been taken away. Whatever a partner's session can
 * do in SQL, it is to insert in its own name and to learn whether its own deposit waits.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ChartId, type DepositId, NIL_UUID, newId, type PracticeId } from '../../src/base/ids.ts';
import { inSession, type Transaction } from '../../src/db/index.ts';
import { ROLES, type Role, type RoleName, roleOf, type Visit } from '../../src/gate/index.ts';
import { type HeldRole, type ServedPractices, servePractices } from '../support/served-practices.ts';

const MARK = 'nightjar';
const CONTENT = `{"resourceType":"Observation","status":"final","code":{"text":"${MARK}"}}`;
const ROLE_NAMES = (Object.keys(ROLES) as RoleName[]).filter((role) => role !== 'break-glass');

let served: ServedPractices;
let practice: PracticeId;
let elsewhere: PracticeId;
let chart: ChartId;
let laboratory: Visit;
let id: DepositId;
let foreign: DepositId;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  elsewhere = await served.makePractice();
  chart = await served.chart(practice);
  laboratory = await visitor({ role: 'partner' });
  id = await leave(laboratory);
  const { token } = await served.person(elsewhere, { role: 'partner' });
  foreign = await leave((await served.gate.admit(token, null))!);
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => served.close());

async function visitor(...held: HeldRole[]): Promise<Visit> {
  const { token } = await served.person(practice, ...held);
  return (await served.gate.admit(token, '192.0.2.1'))!;
}

const withRole = (role: RoleName) =>
  visitor(roleOf(role).spans === 'chart' ? { role, chartId: chart } : { role });

async function leave(visit: Visit, text = `${CONTENT}${newId()}`): Promise<DepositId> {
  const receipt = await served.deposits.leave(
    visit,
    () => 'text/plain',
    async () => Buffer.from(text),
  );
  return receipt.id;
}

/** What came of it: `allowed`, or the code of the refusal. */
async function told(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'allowed';
  } catch (error) {
    return String((error as { code?: string }).code);
  }
}

/** Everything about deposits that a visit may try, each with what the role table has to say yes to. */
const TRIES: readonly [string, 'read' | 'write' | 'open', (visit: Visit) => Promise<unknown>][] = [
  ['leave', 'write', (visit) => leave(visit)],
  ['list', 'read', (visit) => served.deposits.list(visit, { state: 'waiting', after: null, count: 200 })],
  ['open', 'open', (visit) => served.deposits.open(visit, id)],
  [
    'discard',
    'open',
    async (visit) => served.deposits.discard(visit, await leave(laboratory), 'Not one of ours'),
  ],
];

const may = (role: RoleName, action: 'read' | 'write' | 'open') =>
  (ROLES[role] as Role).rights[action]?.includes('deposit') === true;

/** Whether PostgreSQL lets the statement through and it touched a row; undone in any case. */
async function works(tx: Transaction, text: string, values: readonly unknown[] = []): Promise<boolean> {
  await tx.query('savepoint probe');
  try {
    return ((await tx.query(text, values)).rowCount ?? 0) > 0;
  } catch (error) {
    if (!['42501', '23514'].includes((error as { code?: string }).code ?? '')) throw error;
    return false;
  } finally {
    await tx.query('rollback to savepoint probe');
  }
}

const as = <T>({ scope }: Visit, work: (tx: Transaction) => Promise<T>) =>
  inSession(served.database.server, scope.handle, work);

const insertion = (visit: Visit, partner: string = visit.scope.accountId, into: string = practice) =>
  [
    `insert into postern.deposit (practice_id, deposit_id, partner, media_type, bytes, digest)
     values ($1, $2, $3, 'text/plain', 1, sha256($4))`,
    [into, newId(), partner, newId()],
  ] as const;

describe.each(ROLE_NAMES)('%s', (role) => {
  let visit: Visit;
  beforeAll(async () => {
    visit = await withRole(role);
  });

  test.each(TRIES)('does %s where the role table says so', async (_what, action, attempt) => {
    expect(visit.scope.allows(action, 'deposit', null, null)).toBe(may(role, action));
    expect(await told(attempt(visit))).toBe(may(role, action) ? 'allowed' : 'not-found');
  });

  test('sees and inserts rows as the role table says', async () => {
    await as(visit, async (tx) => {
      expect({
        lists: await works(tx, 'select from postern.deposit'),
        opens: await works(tx, 'select from postern.deposit_content'),
        leaves: await works(tx, ...insertion(visit)),
        fetchesKey: await works(tx, 'select from postern.chart_key k where k.section = 7'),
      }).toEqual({
        lists: may(role, 'read'),
        opens: may(role, 'open'),
        leaves: may(role, 'write'),
        fetchesKey: may(role, 'read') || may(role, 'write') || may(role, 'open'),
      });
    });
  });

  test('decides where the role table says so, however it is asked', async () => {
    await as(visit, async (tx) => {
      await tx.query('savepoint probe');
      const { rows } = await tx.query("select postern.deposit_decide($1, 'discarded', null) as done", [id]);
      expect(rows).toEqual([{ done: may(role, 'open') }]);
      await tx.query('rollback to savepoint probe');
    });
    expect(await standing(id)).toBe('waiting');
  });
});

async function standing(deposit: DepositId): Promise<string> {
  const { rows } = await served.database.owner.query<{ state: string }>(
    `select d.state
     from postern.deposit d join postern.deposit_content c using (practice_id, deposit_id)
     where d.deposit_id = $1`,
    [deposit],
  );
  return rows[0]?.state ?? 'gone';
}

describe('the session of a partner, in SQL', () => {
  test('leaves in its own name and practice alone, and only what waits', async () => {
    await as(laboratory, async (tx) => {
      const { accountId } = laboratory.scope;
      expect(await works(tx, ...insertion(laboratory))).toBe(true);
      expect(await works(tx, ...insertion(laboratory, newId()))).toBe(false);
      expect(await works(tx, ...insertion(laboratory, accountId, elsewhere))).toBe(false);
      const decided = `insert into postern.deposit (
          practice_id, deposit_id, partner, media_type, bytes, digest, state, decided_by, decided_at)
        values ($1, $2, $3, 'text/plain', 1, sha256(''), 'discarded', $3, now())`;
      expect(await works(tx, decided, [practice, newId(), accountId])).toBe(false);
    });
  });

  test.each([
    'update postern.deposit set bytes = 1',
    'delete from postern.deposit',
    'update postern.deposit_content set sealed = sealed',
    'delete from postern.deposit_content',
    'delete from postern.chart_key',
    'select postern.deposit_partner()',
  ])('has no right to: %s', async (statement) => {
    const doctor = await withRole('doctor');
    for (const visit of [laboratory, doctor]) {
      await expect(as(visit, (tx) => tx.query(statement))).rejects.toMatchObject({ code: '42501' });
    }
  });

  test('writes no resource and no index row, in whichever section', async () => {
    await as(laboratory, async (tx) => {
      for (let section = 0; section <= 7; section += 1) {
        const resource = `insert into postern.resource (
            practice_id, id, chart_id, section, type, version, updated_at, author, key_version,
            classifier_version, sealed)
          values ($1, $2, null, $3, 'Binary', 1, now(), $4, 1, 1, '')`;
        const values = [practice, newId(), section, laboratory.scope.accountId];
        expect(await works(tx, resource, values), `resource ${section}`).toBe(false);
        for (const [table, columns, rest] of [
          ['chart_token', 'token, key_version', '7, 1'],
          ['practice_token', 'token, key_version', '7, 1'],
          ['date_range', 'low, high, type, param', "now(), now(), 'Observation', 'date'"],
        ]) {
          const row = `insert into postern.${table} (practice_id, chart_id, resource_id, section, ${columns})
            values ($1, $2, $3, $4, ${rest})`;
          const written = await works(tx, row, [practice, chart, newId(), section]);
          expect(written, `${table} ${section}`).toBe(false);
        }
      }
    });
  });

  test('is told of its own deposits, and of those alone', async () => {
    const other = await withRole('partner');
    const theirs = await leave(other);
    await as(laboratory, async (tx) => {
      const { rows } = await tx.query(
        'select u.id, s.waiting from unnest($1::uuid[]) u (id), postern.deposit_state(u.id) s',
        [[id, theirs, foreign, newId()]],
      );
      expect(rows).toEqual([{ id, waiting: true }]);
    });
    const doctor = await withRole('doctor');
    await as(doctor, async (tx) => {
      expect((await tx.query('select from postern.deposit_state($1)', [id])).rowCount).toBe(0);
      const { rows } = await tx.query("select k.waiting from postern.deposit_known(sha256('')) k");
      expect(rows).toEqual([{ waiting: '0' }]);
    });
  });

  test('without a session there is nothing at all', async () => {
    for (const table of ['deposit', 'deposit_content']) {
      expect((await served.database.server.query(`select from postern.${table}`)).rowCount).toBe(0);
    }
    const asked = 'select postern.deposit_decide($1, $2, null) as done';
    const { rows } = await served.database.server.query(asked, [id, 'discarded']);
    expect(rows).toEqual([{ done: false }]);
  });
});

describe('where the process refuses nothing', () => {
  const CLOSED = ROLE_NAMES.filter((role) => !may(role, 'open'));

  test.each(CLOSED)('PostgreSQL keeps deposits from %s', async (role) => {
    const visit = await withRole(role);
    const real = Object.getPrototypeOf(visit.scope) as typeof visit.scope;
    vi.spyOn(real, 'allows').mockReturnValue(true);
    expect(await told(served.deposits.open(visit, id))).toBe('not-found');
    expect(await told(served.deposits.discard(visit, id, 'Not one of ours'))).toBe('not-found');
    expect(await told(served.deposits.file(visit, id, chart))).toBe('not-found');
    const lines = await served.deposits.list(visit, { state: 'waiting', after: null, count: 200 });
    expect(lines.length > 0).toBe(may(role, 'read'));
    if (!may(role, 'write')) expect(await told(leave(visit))).toBe('42501');
    expect(await standing(id)).toBe('waiting');
  });

  test('and a doctor of another practice from those of this one', async () => {
    const { token } = await served.person(elsewhere, { role: 'doctor' });
    const visit = (await served.gate.admit(token, null))!;
    expect(await told(served.deposits.open(visit, foreign))).toBe('allowed');
    expect(await told(served.deposits.open(visit, id))).toBe('not-found');
    expect(await told(served.deposits.discard(visit, id, 'Not one of ours'))).toBe('not-found');
  });
});

describe('where row security is off', () => {
  beforeAll(async () => {
    for (const table of ['deposit', 'deposit_content', 'chart_key', 'resource', 'access_line']) {
      await served.database.owner.query(`alter table postern.${table} disable row level security`);
    }
    expect((await served.database.server.query('select from postern.deposit_content')).rowCount).not.toBe(0);
  });

  test.each(ROLE_NAMES)('the process keeps from %s what the role table does', async (role) => {
    const visit = await withRole(role);
    for (const [what, action, attempt] of TRIES) {
      const expected = may(role, action) ? 'allowed' : 'not-found';
      expect([what, await told(attempt(visit))]).toEqual([what, expected]);
    }
  });

  test.each(ROLE_NAMES)('the key ring alone opens and seals for %s as the role table says', async (role) => {
    const { scope } = await withRole(role);
    const { rows } = await served.database.server.query<{ sealed: Buffer; wrapped: Buffer; version: number }>(
      `select c.sealed, k.wrapped, k.practice_key_version as version
       from postern.deposit_content c join postern.chart_key k on k.chart_id = c.deposit_id
       where c.deposit_id = $1`,
      [id],
    );
    const { sealed, wrapped: wrappedKey, version: practiceKeyVersion } = rows[0]!;
    const place = {
      practiceId: practice,
      section: 'deposit',
      author: null,
      type: 'Binary',
      version: 1,
    } as const;
    const row = { ...place, chartId: id as never, id: id as never, sealed, wrappedKey, practiceKeyVersion };
    expect(scope.keys.open(row)?.bytes().includes(MARK) ?? false).toBe(may(role, 'open'));
    const sealing = told((async () => scope.keys.seal(row, Buffer.from('x')))());
    expect(await sealing).toBe(may(role, 'write') ? 'allowed' : 'not-found');
    // Moved under another id, or called a resource of a chart, it opens for nobody.
    for (const moved of [
      { id: newId() },
      { chartId: chart },
      { section: 'clinical' },
      { practiceId: elsewhere },
    ]) {
      let opened = null;
      try {
        opened = scope.keys.open({ ...row, ...moved } as never);
      } catch (error) {
        expect((error as { code?: string }).code).toBe('damaged');
      }
      expect(opened).toBeNull();
    }
  });
});

test('an id that is none is answered like one that is absent', async () => {
  const doctor = await withRole('doctor');
  for (const text of ['', 'x', NIL_UUID, `${id} `, id.toUpperCase()]) {
    expect(await told(served.deposits.open(doctor, text))).toBe('not-found');
  }
});
