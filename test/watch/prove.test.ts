/**
 * Each promise is broken in a running server, and prove says so, with the right finding; a sound server
 * passes, and nothing of what was made for it is left.
 */
import { readdir } from 'node:fs/promises';
import type http from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { AccountId, PracticeId } from '../../src/base/ids.ts';
import { Gate } from '../../src/gate/index.ts';
import { LineWriter } from '../../src/ledger/index.ts';
import type { ProveReport } from '../../src/watch/index.ts';
import { type ProvingGround, provingGround } from '../support/proving-ground.ts';

// Runs are many requests, and the machine may have other things to do.
vi.setConfig({ testTimeout: 300_000 });

let ground: ProvingGround;
let practice: PracticeId;
beforeAll(async () => {
  ground = await provingGround();
  practice = await ground.served.makePractice();
  await ground.served.chart(practice, { name: [{ family: 'Okafor' }] });
  await ground.sequencer.sequenceAll();
});
afterAll(() => ground.close());

const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  ground.meddle = null;
  while (undo.length > 0) await undo.pop()!();
});

const sql = (text: string, values: unknown[] = []) => ground.served.database.owner.query(text, values);

/** What failed, by check, with where and what. */
function failures({ checks }: ProveReport): Record<string, string[]> {
  const failed = checks.filter(({ outcome }) => outcome === 'failed');
  return Object.fromEntries(
    failed.map(({ check, findings }) => [
      check,
      findings.map(({ where, sentence }) => `${where}: ${sentence}`),
    ]),
  );
}

async function leftBehind(): Promise<unknown> {
  const { rows } = await sql(
    `select
       (select count(*)::integer from postern.canary) as canaries,
       (select count(*)::integer from postern.practice) as practices,
       (select count(*)::integer from postern.account) as accounts,
       (select count(*)::integer from postern.resource r where r.practice_id <> $1) as resources,
       (select count(*)::integer
        from postern.access_line l
        where l.practice_id not in ($1, '00000000-0000-0000-0000-000000000000')) as lines`,
    [practice],
  );
  const logs = await readdir(ground.logFolder);
  return {
    ...rows[0],
    logs: logs.filter((name) => name !== practice && !name.startsWith('00000000')).length,
  };
}
const NOTHING = { canaries: 0, practices: 1, accounts: 0, resources: 0, lines: 0, logs: 0 };

describe('a sound server', () => {
  test('passes every check, and nothing is left but what the installation’s log says of it', async () => {
    const types = ['Patient', 'Observation', 'Appointment', 'Binary', 'Claim', 'Practitioner', 'Provenance'];
    const report = await ground.prove({ types });
    expect(failures(report)).toEqual({});
    expect([report.passed, report.opens, report.why]).toEqual([true, false, 'Not every type was tried.']);
    for (const { check, looked, outcome } of report.checks) {
      expect([check, outcome === 'skipped' ? check === 'transport' : looked > 0]).toEqual([check, true]);
    }
    expect(report.requests).toBeGreaterThan(400);
    expect(await leftBehind()).toEqual(NOTHING);
    const { rows } = await sql(
      `select l.action, (l.entries -> 0 ->> 3)::integer as lines
       from postern.access_line l
       where l.client = 'postern prove'
       order by l.at`,
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'prove-make',
      'prove-make',
      'prove-remove',
      'prove-remove',
    ]);
    expect(rows[2].lines).toBeGreaterThan(200);
  });

  test('is left clean by a run that is stopped', async () => {
    const stopping = new AbortController();
    setTimeout(() => stopping.abort(new Error('enough')), 700);
    await expect(ground.prove({ signal: stopping.signal })).rejects.toThrow();
    expect(await leftBehind()).toEqual(NOTHING);
  });

  test('keeps its practices, whoever writes them down as canaries', async () => {
    await sql("insert into postern.canary (kind, id, mac) values ('practice', $1, '\\x00')", [practice]);
    undo.push(() => sql('delete from postern.canary'));
    await ground.prove({ types: ['Patient'] });
    const { rows } = await sql('select count(*)::integer as count from postern.resource');
    expect(rows[0].count).toBe(1);
  });
});

interface Breach {
  readonly promise: string;
  /** Breaks it. What has to be mended afterwards goes into `undo`. */
  readonly breach: () => Promise<unknown> | unknown;
  /** What has to be found, by check. */
  readonly found: Readonly<Record<string, RegExp>>;
}

/** Changes a function of the database until the end of the test. */
async function rewrite(name: string, part: string | RegExp, instead: string): Promise<void> {
  const { rows } = await sql('select pg_get_functiondef($1::regproc) as text', [`postern.${name}`]);
  const text = rows[0].text as string;
  const changed = text.replace(part, instead);
  expect(changed).not.toBe(text);
  undo.push(() => sql(text));
  await sql(changed);
}

async function loosen(statement: string, restore: string): Promise<void> {
  undo.push(() => sql(restore));
  await sql(statement);
}

async function scopeSaysYes(): Promise<void> {
  const person = await ground.served.person(practice, { role: 'doctor' });
  const visit = await ground.served.gate.admit(person.token, null);
  const scope = Object.getPrototypeOf(visit!.scope) as NonNullable<typeof visit>['scope'];
  const { allows } = scope;
  vi.spyOn(scope, 'allows').mockImplementation(function (this: typeof scope, action, ...place) {
    return action === 'read' || action === 'open' || allows.call(this, action, ...place);
  });
  undo.push(() => forget(person.accountId));
}

async function forget(accountId: AccountId): Promise<void> {
  await sql('delete from postern.account a where a.account_id = $1', [accountId]);
}

async function openPolicy(table = 'resource'): Promise<void> {
  const { rows } = await sql(
    "select p.qual from pg_policies p where p.tablename = $1 and p.policyname = 'reach_read'",
    [table],
  );
  const alter = `alter policy reach_read on postern.${table} using`;
  await loosen(`${alter} (true)`, `${alter} (${rows[0].qual})`);
}

/** Lets the front do this to the headers of answers, besides what it does already. */
function meddle(change: (headers: http.IncomingHttpHeaders) => void): void {
  const before = ground.meddle;
  ground.meddle = (headers) => {
    before?.(headers);
    change(headers);
  };
}

const cookie = (change: (field: string) => string) => () =>
  meddle((headers) => {
    if (headers['set-cookie']) headers['set-cookie'] = headers['set-cookie'].map(change);
  });

/** Those that do not meet are broken together, since each run takes some seconds. */
const BREACHES: readonly (readonly Breach[])[] = [
  [
    {
      promise: 'a row policy is loosened',
      breach: () => openPolicy(),
      found: {
        catalog: /^policy resource\.reach_read: .* not as the migrations made it/m,
        locks: /^row policies alone: read: .* the record came out/m,
      },
    },
    {
      promise: 'row security is turned off',
      breach: () =>
        loosen(
          'alter table postern.resource_version disable row level security',
          'alter table postern.resource_version enable row level security',
        ),
      found: { catalog: /^table resource_version: /m },
    },
    {
      promise: 'the server may change the log',
      breach: () => {
        const { serverRole } = ground.served.database;
        return loosen(
          `grant delete on postern.access_line to "${serverRole}"`,
          `revoke delete on postern.access_line from "${serverRole}"`,
        );
      },
      found: { catalog: /^table access_line: /m },
    },
    {
      promise: 'a function is added that runs as the owner',
      breach: () =>
        loosen(
          `create function postern.peek() returns bigint language sql security definer
         as 'select count(*) from postern.resource'`,
          'drop function postern.peek()',
        ),
      found: { catalog: /^function peek\(\): .* was made by no migration/m },
    },
    {
      promise: 'a proxy takes a header away',
      breach: () =>
        meddle((headers) => {
          delete headers['x-content-type-options'];
        }),
      found: { headers: /^answers of the API: They come without x-content-type-options/m },
    },
    {
      promise: 'a proxy loosens the policy of pages',
      breach: () =>
        meddle((headers) => {
          headers['content-security-policy'] = "default-src 'none'; script-src 'self' 'unsafe-inline'";
        }),
      found: { headers: /content-security-policy is not a policy/ },
    },
    {
      promise: 'a cookie is open to scripts',
      breach: cookie((field) => field.replace('; HttpOnly', '')),
      found: { cookies: /lacks HttpOnly/ },
    },
    {
      promise: 'a cookie goes to other sites',
      breach: cookie((field) => field.replace('SameSite=Strict', 'SameSite=None')),
      found: { cookies: /lacks SameSite=Strict/ },
    },
  ],
  [
    {
      promise: 'the key ring asks nobody',
      breach: scopeSaysYes,
      found: { locks: /^the key ring alone: read: .* the record came out/m },
    },
    {
      promise: 'a revocation is not heard',
      breach: () =>
        rewrite('membership_bump', /delete from reach r[\s\S]*?returning r\.session_hash/, NOBODY),
      found: { revocation: /grants have ended is not answered as if nothing were there/ },
    },
    {
      promise: 'a session outlives its end',
      breach: () => rewrite('session_end', /with over as[\s\S]*$/, 'select null::void; $function$'),
      found: { revocation: /session that has ended is answered 200/ },
    },
    {
      promise: 'a sign-in code works twice',
      breach: () => rewrite('signin_take', /delete from signin_code c\s+where/, SIGNIN_AGAIN),
      found: { revocation: /^POST \/signin: A sign-in code that was used/m },
    },
  ],
  [
    {
      promise: 'both locks are gone',
      breach: async () => {
        await openPolicy();
        await scopeSaysYes();
      },
      found: {
        matrix: /^GET \/fhir\/:type\/:id, read of Observation: a patient, another’s chart: It gave out/m,
        noninterference: /GET \/fhir\/:type\/:id/,
      },
    },
  ],
  [
    {
      promise: 'lines are dropped',
      breach: () => vi.spyOn(LineWriter.prototype, 'write').mockResolvedValue(undefined as never),
      found: { lines: /^GET \/fhir\/:type\/:id: An answer came before its line/m },
    },
    {
      promise: 'refusals are not counted',
      breach: () => vi.spyOn(Gate.prototype, 'noteRefusal').mockResolvedValue('pass'),
      found: { throttle: /25 times/ },
    },
  ],
  [
    {
      promise: 'hidden is not absent',
      breach: () =>
        rewrite(
          'note_refusal',
          'perform reach_assert();',
          `perform reach_assert();
         if exists (select from resource r where r.id = any (p_ids)) then raise exception 'no'; end if;`,
        ),
      found: { noninterference: /answers differently.*500, against 404/ },
    },
  ],
];

const NOBODY = 'select r.session_hash from reach r where false';
const SIGNIN_AGAIN = 'update signin_code c set code_hash = c.code_hash where';

describe('prove says so where', () => {
  test.each(BREACHES.map((group) => ({ group, what: group.map(({ promise }) => promise).join(', ') })))(
    '$what',
    async ({ group }) => {
      for (const { breach } of group) await breach();
      const report = await ground.prove();
      expect([report.passed, report.opens]).toEqual([false, false]);
      const failed = failures(report);
      for (const [check, words] of group.flatMap(({ found }) => Object.entries(found))) {
        expect([check, (failed[check] ?? []).join('\n')]).toEqual([check, expect.stringMatching(words)]);
      }
      for (const { findings } of report.checks) {
        for (const { mend } of findings) expect(mend.length).toBeGreaterThan(20);
      }
    },
  );

  test('an envelope is replaced by what it held', async () => {
    const id = await ground.served.chart(practice);
    const { rows } = await sql('select r.sealed from postern.resource r where r.id = $1', [id]);
    const plain = JSON.stringify({ resourceType: 'Patient', id, name: [{ family: 'Okafor' }] });
    await sql('update postern.resource set sealed = $2 where id = $1', [id, Buffer.from(plain)]);
    undo.push(() => sql('update postern.resource set sealed = $2 where id = $1', [id, rows[0].sealed]));
    const { sealed } = failures(await ground.prove({ types: ['Patient'] }));
    expect(sealed).toEqual([expect.stringMatching(/^table resource, column sealed: .* are not sealed/)]);
  });

  test('a line of the log is removed, or a record without one', async () => {
    await ground.served.chart(practice);
    await ground.sequencer.sequenceAll();
    const { rows } = await sql(
      `select l.*
       from postern.access_line l
       where l.practice_id = $1 and l.action = 'import'
       order by l.at
       limit 1`,
      [practice],
    );
    await sql('delete from postern.access_line l where l.id = $1', [rows[0].id]);
    const { log } = failures(await ground.prove({ types: ['Patient'] }));
    expect(log!.join('\n')).toMatch(/the log of practice p-.*deletion/);
    expect(log!.join('\n')).toMatch(/the records of practice p-.* unexplained/);
  });
});
