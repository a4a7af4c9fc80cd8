/** Every act at the doors is a line of its own word, and every word is found under its kind. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type AccountId, newId, type PracticeId } from '../../src/base/ids.ts';
import { LINE_KINDS, type LineKind } from '../../src/ledger/index.ts';
import { withPasskey, withPassphrase } from '../support/account-attacks.ts';
import { type AppStage, launchApp, setAppStage } from '../support/app-stage.ts';
import { BrowserVisitor } from '../support/browser-visitor.ts';
import { ASYNC, locationOf, outputOf, pathOf } from '../support/export-desk.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let apps: AppStage;
let practice: PracticeId;
let owner: Person;
let later = 0;
const clock = { now: () => new Date(Date.now() + later * 1000) };
beforeAll(async () => {
  [served, apps] = await Promise.all([servePractices({ clock }), setAppStage()]);
  practice = await served.makePractice();
  await served.chart(practice, { birthDate: '1951-03-04' });
  owner = await served.person(practice, { role: 'owner' });
});
afterEach(() => {
  later = 0;
});
afterAll(async () => {
  await Promise.all([served.close(), apps.close()]);
});

const JSON_TYPE = { 'content-type': 'application/json' };
let networks = 0;
/** Each from a network of its own, so that what is counted there of a later day holds nobody up. */
const ask = (token: string | null, method: string, target: string, body: object = {}) => {
  networks += 1;
  const address = `198.51.100.${networks}`;
  return served.ask(token, method, target, { headers: JSON_TYPE, body: JSON.stringify(body), address });
};

interface Line {
  readonly id: string;
  readonly purpose: string;
  readonly outcome: string;
  readonly practice_id: string;
  readonly client: string | null;
}

/** Lines of that word that this left, in both databases. */
async function linesOf(action: string, act: () => Promise<unknown>): Promise<Line[]> {
  const count = async () => {
    const lines: Line[] = [];
    for (const { database } of [served, apps.served]) {
      const { rows } = await database.owner.query<Line>(
        `select l.id, l.purpose, l.outcome, l.practice_id, l.client
         from postern.access_line l where l.action = $1 order by l.at`,
        [action],
      );
      lines.push(...rows);
    }
    return lines;
  };
  const before = new Set((await count()).map(({ id }) => id));
  await act();
  return (await count()).filter(({ id }) => !before.has(id));
}

const invite = async (way: 'letter' | 'mail' = 'letter') =>
  (
    await ask(owner.token, 'POST', '/invitations', {
      as: 'staff',
      role: 'nurse',
      way,
      email: 'new@practice.example',
      name: 'New Nurse',
    })
  ).json;

/** The code of an invitation by mail. */
async function mailedCode(): Promise<string> {
  let code = '';
  await served.gate.asJob(practice, 'system-setup', 'test', async (job) => {
    const terms = { role: 'nurse', chartId: null, way: 'mail', birthDate: null, language: null } as const;
    const person = { given: [{ sections: null, endsAt: null }], name: 'New', email: `${newId()}@x.example` };
    await served.gate.invitations.make(job, { ...terms, ...person }, async (_, made) => {
      code = made.code;
    });
  });
  return code;
}

async function recovered(whose?: AccountId): Promise<void> {
  const accountId = whose ?? (await withPasskey({ served, practice })).accountId;
  const { code } = (
    await ask(owner.token, 'POST', '/recoveries', {
      account: accountId,
      checked: 'passport',
    })
  ).json;
  const { email } = (await served.gate.accounts.describeAccount(accountId))!;
  later = 24 * 3600 + 1;
  const done = await ask(null, 'POST', '/recovery/finish', { email, code });
  later = 0;
  expect(done.status, done.text).toBe(201);
}

async function connected(more: object = {}) {
  const { client } = await apps.register(more);
  const { json } = await launchApp(apps, client, apps.patient);
  expect(json.refresh_token).toBeTruthy();
  return { client, refreshToken: json.refresh_token };
}

async function disconnected(): Promise<void> {
  await connected();
  const { json } = await apps.served.ask(apps.patient.token, 'GET', '/apps');
  const [first] = json.apps as unknown as { id: string }[];
  expect((await apps.served.ask(apps.patient.token, 'DELETE', `/apps/${first!.id}`)).status).toBe(204);
}

async function refreshed(): Promise<void> {
  const { client, refreshToken } = await connected();
  const fields = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: client.clientId };
  expect((await apps.form('/oauth/token', fields)).status).toBe(200);
}

async function exported(): Promise<void> {
  const { token } = await served.person(practice, { role: 'doctor' });
  const begun = await served.ask(token, 'GET', '/fhir/Patient/$export', { headers: ASYNC });
  await served.work();
  const manifest = await served.ask(token, 'GET', locationOf(begun));
  const [file] = outputOf(manifest);
  expect((await served.ask(token, 'GET', pathOf(file!.url))).status).toBe(200);
  expect((await served.ask(token, 'DELETE', locationOf(begun))).status).toBe(202);
}

async function granted(): Promise<{ account: string; grant: string }> {
  const { accountId } = await served.person(practice, { role: 'nurse' });
  const given = await ask(owner.token, 'POST', `/staff/${accountId}/roles`, { role: 'billing' });
  expect(given.status, given.text).toBe(201);
  return { account: accountId, grant: String(given.json.id) };
}

type Row = readonly [kind: LineKind, action: string, act: () => Promise<unknown>];

const ACTS: readonly Row[] = [
  [
    'sign-in',
    'open-session',
    async () => (await withPasskey({ served, practice })).browser.signInByPasskey(),
  ],
  ['sign-in', 'end-session', async () => ask((await newNurse()).token, 'DELETE', '/session')],
  [
    'sign-in',
    'sign-in-failed',
    async () => (await withPasskey({ served, practice })).browser.signInByPasskey({ userVerified: false }),
  ],
  ['sign-in', 'touch', async () => (await withPasskey({ served, practice })).browser.touch()],
  ['factor', 'factor-add', () => withPasskey({ served, practice })],
  [
    'factor',
    'factor-change',
    async () => {
      const { browser, passkey } = await withPasskey({ served, practice });
      await browser.ask('PATCH', `/account/passkeys/${passkey}`, { name: 'Phone' });
    },
  ],
  [
    'factor',
    'factor-remove',
    async () => (await withPassphrase({ served, practice })).browser.ask('DELETE', '/account/passphrase'),
  ],
  ['invitation', 'invite', () => invite()],
  [
    'invitation',
    'invite-used',
    async () => {
      const proved = await ask(null, 'POST', '/invited/proof', { code: await mailedCode() });
      expect(proved.status, proved.text).toBe(201);
    },
  ],
  ['invitation', 'invite-end', async () => ask(owner.token, 'DELETE', `/invitations/${(await invite()).id}`)],
  ['recovery', 'recover-ask', () => ask(null, 'POST', '/recovery', { email: 'nobody@mail.example' })],
  ['recovery', 'recover-start', () => recovered()],
  ['recovery', 'recover-end', () => recovered()],
  ['grant', 'grant', granted],
  [
    'grant',
    'end-grant',
    async () => {
      const { account, grant } = await granted();
      expect((await ask(owner.token, 'DELETE', `/staff/${account}/roles/${grant}`)).status).toBe(204);
    },
  ],
  ['app', 'app-consent', () => connected()],
  ['app', 'app-end', disconnected],
  ['token', 'token-issue', () => connected()],
  ['token', 'token-refresh', refreshed],
  [
    'token',
    'token-refused',
    () => apps.form('/oauth/token', { grant_type: 'refresh_token', refresh_token: 'x', client_id: 'nobody' }),
  ],
  ['export', 'export-start', exported],
  ['export', 'export-file', exported],
  ['export', 'export-end', exported],
];

const newNurse = () => served.person(practice, { role: 'nurse' });

test.each(ACTS)('under %s, a line says %s', async (kind, action, act) => {
  const lines = await linesOf(action, act);
  expect(lines.length).toBeGreaterThan(0);
  expect(LINE_KINDS[kind] as readonly string[]).toContain(action);
});

test('who let an app in is told by mail', async () => {
  const count = async () =>
    (await apps.served.database.owner.query("select from postern.mail where kind = 'app-connected'"))
      .rowCount!;
  const before = await count();
  await connected();
  expect(await count()).toBe(before + 1);
});

test('a recovery parts accounts of identity providers, with a line in their practice', async () => {
  const { accountId } = await withPasskey({ served, practice });
  await served.database.owner.query(
    'insert into postern.staff_identity (practice_id, lookup, account_id, sealed) values ($1, $2, $3, $4)',
    [practice, Buffer.alloc(32, 7), accountId, Buffer.alloc(8)],
  );
  const parted = await linesOf('factor-remove', () => recovered(accountId));
  // Its passkey goes as well, in the log of the installation.
  const here = parted.filter(({ practice_id }) => practice_id === practice);
  expect([here.length, parted.length]).toEqual([1, 2]);
  expect(here).toMatchObject([{ purpose: 'recovery' }]);
  const { rowCount } = await served.database.owner.query('select from postern.staff_identity');
  expect(rowCount).toBe(0);
});

describe('the end of a session says why', () => {
  const signedIn = async () => {
    const person = await withPasskey({ served, practice });
    expect((await person.browser.signInByPasskey()).status).toBe(201);
    return person;
  };
  const ROWS: readonly (readonly [why: string, act: () => Promise<unknown>])[] = [
    ['sign-out', async () => (await signedIn()).browser.ask('DELETE', '/session')],
    ['replaced', async () => (await signedIn()).browser.signInByPasskey()],
    [
      'elsewhere',
      async () => {
        const { browser, accountId } = await signedIn();
        const other = new BrowserVisitor(served);
        await other.followLink(await served.gate.accounts.signinCode(accountId, 60));
        expect((await other.ask('DELETE', '/account/sessions')).json).toEqual({ ended: 2 });
        expect((await browser.ask('GET', '/session')).status).toBe(401);
      },
    ],
    [
      'idle',
      async () => {
        const { browser } = await signedIn();
        expect((await browser.ask('GET', '/session')).status).toBe(200);
        later = 3600;
        expect((await browser.ask('GET', '/session')).status).toBe(401);
        later = 0;
      },
    ],
    [
      'left',
      async () => {
        const { accountId } = await signedIn();
        await ask(owner.token, 'POST', `/staff/${accountId}/leave`);
      },
    ],
    ['recovery', () => recovered()],
    [
      'time-limit',
      async () => {
        const { accountId } = await newNurse();
        const { owner: database } = served.database;
        await database.query(
          "update postern.session set expires_at = now() - interval '1 s' where account_id = $1",
          [accountId],
        );
        await database.query('select postern.sessions_settle(now())');
        await database.query('select postern.sessions_settle(now())');
      },
    ],
  ];

  test.each(ROWS)('%s', async (why, act) => {
    const ended = (await linesOf('end-session', act)).filter(({ purpose }) => purpose === why);
    expect(ended.length).toBeGreaterThan(0);
    for (const line of ended) expect(line).toMatchObject({ outcome: 'ok', practice_id: practice });
  });
});
