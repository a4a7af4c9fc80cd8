/** Apps end with what the person who let them in holds: within a second, whatever they are doing. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../src/apps/index.ts';
import { type ChartId, type GrantId, newId } from '../../src/base/ids.ts';
import {
  type AppStage,
  authorizeUrl,
  CALLBACK,
  launchApp,
  pkce,
  setAppStage,
  type TokenAnswer,
} from '../support/app-stage.ts';
import { ASYNC, locationOf, outputOf, pathOf } from '../support/export-desk.ts';
import type { Person } from '../support/served-practices.ts';

const OBSERVATIONS = 120;

let stage: AppStage;
beforeAll(async () => {
  stage = await setAppStage();
  const { served, practice, chart } = stage;
  await served.gate.listen(served.database.serverConnection);
  const observations = Array.from({ length: OBSERVATIONS }, (_, at) => ({
    resourceType: 'Observation',
    id: newId() as string,
    status: 'final',
    code: { text: `weight ${at}` },
    note: [{ text: 'as measured at home, '.repeat(40) }],
    subject: { reference: `Patient/${chart}` },
  }));
  await served.deposit(practice, ...observations);
});
afterAll(() => stage.close());

const reads = async ({ access_token }: TokenAnswer, chart: string = stage.chart) =>
  (await stage.served.ask(access_token, 'GET', `/fhir/Patient/${chart}`)).status;
const refreshed = async (client: Client, { refresh_token }: TokenAnswer) => {
  const fields = { grant_type: 'refresh_token', refresh_token, client_id: client.clientId };
  return (await stage.form('/oauth/token', fields)).json;
};
const json = (body: object) => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

async function connected(person: Person, chart: ChartId = stage.chart, scope?: string) {
  const { client } = await stage.register();
  const more = scope === undefined ? {} : { scope };
  const answer = await launchApp(stage, client, person, more, { patient: chart });
  expect(answer.json.access_token, JSON.stringify(answer.json)).toBeDefined();
  return { client, tokens: answer.json };
}

const ended = async ({ clientId }: Client) => {
  const { rows } = await stage.served.database.owner.query<{ behalf_of: string; account_id: string | null }>(
    "select behalf_of, account_id from postern.access_line where client = $1 and action = 'app-end'",
    [clientId],
  );
  return rows;
};

/** Within a second of what happens, the token of the app opens nothing. */
async function endsWithinASecond(tokens: TokenAnswer, happens: () => Promise<unknown>): Promise<void> {
  expect(await reads(tokens)).toBe(200);
  await happens();
  const since = performance.now();
  expect(await reads(tokens)).toBe(401);
  expect(performance.now() - since).toBeLessThan(1000);
}

describe('the app of a proxy', () => {
  let proxy: Person;
  let grant: string;
  beforeEach(async () => {
    const { served, practice, otherChart, chart } = stage;
    // They act for somebody else too, who has nothing to do with it.
    proxy = await served.person(practice, { role: 'proxy', chartId: otherChart });
    await served.gate.asJob(practice, 'system-setup', 'test', async (visit) => {
      const terms = { accountId: proxy.accountId, role: 'proxy', sections: null, reason: null } as const;
      grant = await served.gate.grant(visit, {
        ...terms,
        chartId: chart,
        startsAt: new Date(Date.now() - 1000),
        endsAt: null,
      });
    });
  });
  const revoke = async () => {
    const { status } = await stage.served.ask(stage.patient.token, 'DELETE', `/family/${grant}`);
    expect(status).toBe(204);
  };

  test('loses its tokens when the patient takes the access back, and no other app does', async () => {
    const { client, tokens } = await connected(proxy);
    const other = await connected(proxy, stage.otherChart);
    const own = await connected(stage.patient);
    await endsWithinASecond(tokens, revoke);
    expect((await refreshed(client, tokens)).error).toBe('invalid_grant');
    expect(await ended(client)).toEqual([{ behalf_of: stage.chart, account_id: null }]);
    expect(await reads(other.tokens, stage.otherChart)).toBe(200);
    expect((await refreshed(other.client, other.tokens)).access_token).toBeDefined();
    expect(await reads(own.tokens)).toBe(200);
  });

  test('loses a code that it has not exchanged yet', async () => {
    const { client } = await stage.register();
    const { verifier, challenge } = pkce();
    const url = authorizeUrl(stage, client.clientId, challenge);
    const back = await stage.browser(proxy).letIn(url, { patient: stage.chart });
    await revoke();
    const fields = { grant_type: 'authorization_code', code: back.searchParams.get('code')! };
    const more = { redirect_uri: CALLBACK, client_id: client.clientId, code_verifier: verifier };
    expect((await stage.form('/oauth/token', { ...fields, ...more })).json.error).toBe('invalid_grant');
  });

  test('loses an export that is under way, a finished one, and a download in its middle', async () => {
    const { served } = stage;
    const { tokens } = await connected(proxy);
    const token = tokens.access_token;
    const kickOff = () =>
      served.ask(token, 'GET', '/fhir/Patient/$export?_type=Observation', { headers: ASYNC });
    const finished = await kickOff();
    expect(finished.status, finished.text).toBe(202);
    expect(await served.work()).toBe(true);
    const done = await served.ask(token, 'GET', locationOf(finished));
    const [file] = outputOf(done);
    expect(file?.count).toBe(OBSERVATIONS);
    const running = await kickOff();
    const download = await served.server.handle({
      method: 'GET',
      path: pathOf(file!.url),
      query: '',
      headers: { authorization: `Bearer ${token}` },
      address: '192.0.2.1',
      body: (async function* () {})(),
    });
    const chunks = (download.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    const first = await chunks.next();
    expect(first.done).toBe(false);
    await endsWithinASecond(tokens, revoke);
    await expect(chunks.next()).rejects.toMatchObject({ code: 'unauthenticated' });
    for (const gone of [finished, running]) {
      expect((await served.ask(token, 'GET', locationOf(gone))).status).toBe(401);
    }
    expect(await served.work()).toBe(false);
    const { rows } = await served.database.owner.query<{ keyed: boolean }>(
      'select wrapped is not null as keyed from postern.job where account_id = $1',
      [proxy.accountId],
    );
    expect(rows).toEqual([{ keyed: false }, { keyed: false }]);
  });

  test('stays when the access is changed and not taken', async () => {
    const { client, tokens } = await connected(proxy);
    const until = new Date(Date.now() + 86_400_000).toISOString();
    const change = json({ sections: ['administrative', 'clinical'], until });
    const answer = await stage.served.ask(stage.patient.token, 'PATCH', `/family/${grant}`, change);
    expect(answer.status, answer.text).toBe(200);
    expect(await reads(tokens)).toBe(200);
    expect((await refreshed(client, tokens)).access_token).toBeDefined();
    expect(await ended(client)).toEqual([]);
  });

  test('gets no token when the access has ended by its time', async () => {
    const { client, tokens } = await connected(proxy);
    const { served, practice, chart } = stage;
    const endsAt = new Date(Date.now() + 1500);
    await served.gate.asJob(practice, 'system-setup', 'test', (visit) => {
      const terms = { accountId: proxy.accountId, role: 'proxy', chartId: chart, sections: null } as const;
      const giving = [{ ...terms, startsAt: new Date(Date.now() - 1000), endsAt, reason: null }];
      return served.gate.grants.change(visit, { ending: [grant as GrantId], giving });
    });
    await expect.poll(() => reads(tokens), { timeout: 4000 }).toBe(404);
    await expect.poll(() => Date.now() > endsAt.getTime(), { timeout: 4000 }).toBe(true);
    expect((await refreshed(client, tokens)).error).toBe('invalid_grant');
  });
});

describe('the apps of somebody who works here', () => {
  const scope = 'user/*.rs offline_access';

  test('end when they leave, but for those about their own record where they keep that', async () => {
    const { served, practice } = stage;
    const own = await served.chart(practice);
    const leaver = await served.person(practice, { role: 'nurse' }, { role: 'patient', chartId: own });
    const owner = await served.person(practice, { role: 'owner' });
    const atWork = await connected(leaver, stage.chart, scope);
    const aboutThem = await connected(leaver, stage.chart, 'launch/patient patient/*.rs offline_access');
    const mine = await connected(leaver, own, 'launch/patient patient/*.rs offline_access');
    const leave = json({ keepOwnRecord: true });
    await endsWithinASecond(atWork.tokens, () =>
      served.ask(owner.token, 'POST', `/staff/${leaver.accountId}/leave`, leave),
    );
    for (const { client, tokens } of [atWork, aboutThem]) {
      expect(await reads(tokens)).toBe(401);
      expect((await refreshed(client, tokens)).error).toBe('invalid_grant');
      expect(await ended(client)).toHaveLength(1);
    }
    const { access_token } = await refreshed(mine.client, mine.tokens);
    expect(await reads({ access_token } as TokenAnswer, own)).toBe(200);
    expect(await reads({ access_token } as TokenAnswer)).toBe(404);
  });

  test('end with their last role', async () => {
    const { served, practice } = stage;
    const nurse = await served.person(practice, { role: 'nurse' });
    const { client, tokens } = await connected(nurse, stage.chart, scope);
    await endsWithinASecond(tokens, () =>
      served.gate.asJob(practice, 'system-setup', 'test', async (visit) => {
        for (const { grantId } of await served.gate.grantsOf(visit, nurse.accountId)) {
          await served.gate.endGrant(visit, grantId);
        }
      }),
    );
    expect((await refreshed(client, tokens)).error).toBe('invalid_grant');
  });
});

describe('an app that stays while its person is signed in', () => {
  const signedIn = async (ttlSeconds: number) => {
    const session = { practiceId: stage.practice, purpose: 'sign-in', client: null, ttlSeconds };
    const { accountId } = stage.patient;
    return { accountId, token: await stage.served.gate.openSession({ ...session, accountId }) };
  };
  const scope = 'launch/patient patient/*.rs online_access';

  test('is refreshed meanwhile, and ends with their signing out, from wherever', async () => {
    const person = await signedIn(600);
    const { client, tokens } = await connected(person, stage.chart, scope);
    const next = await refreshed(client, tokens);
    expect(next.refresh_token).toBeDefined();
    const other = await connected(stage.patient, stage.chart, scope);
    await endsWithinASecond(next, () => stage.served.ask(person.token, 'DELETE', '/session'));
    expect((await refreshed(client, next)).error).toBe('invalid_grant');
    expect(await ended(client)).toHaveLength(1);
    expect((await refreshed(other.client, other.tokens)).access_token).toBeDefined();
  });

  test('has no token that lasts longer than their session', async () => {
    const { tokens } = await connected(await signedIn(60), stage.chart, scope);
    expect(tokens.expires_in).toBeLessThanOrEqual(60);
  });
});

test('a recovery ends the apps that were let in before it, in every practice', async () => {
  const { served, practice } = stage;
  const chart = await served.chart(practice);
  const person = await served.person(practice, { role: 'patient', chartId: chart });
  const { client, tokens } = await connected(person, chart);
  const { server } = served.database;
  const recovery = newId();
  const sealed = Buffer.alloc(64);
  await server.query("select postern.recovery_put($1, $2, now(), now() + interval '1 day', $3)", [
    person.accountId,
    recovery,
    sealed,
  ]);
  const finish = 'select postern.recovery_finish($1, $2, 1, $3)';
  expect(await reads(tokens, chart)).toBe(200);
  await server.query(finish, [person.accountId, recovery, sealed]);
  expect(await reads(tokens, chart)).toBe(401);
  expect((await refreshed(client, tokens)).error).toBe('invalid_grant');
  expect(await ended(client)).toEqual([{ behalf_of: chart, account_id: null }]);
});
