/** Invitations through the whole server: from the desk to a passkey, and who does not get there. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AccountId, type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { newSpokenCode } from '../../src/base/spoken-code.ts';
import { Postman } from '../../src/post/index.ts';
import { BrowserVisitor } from '../support/browser-visitor.ts';
import { type MailListener, mailListener } from '../support/mail-listener.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

const BORN = '1951-03-04';
let served: ServedPractices;
let listener: MailListener;
let postman: Postman;
let practice: PracticeId;
let chart: ChartId;
let desk: string;
let owner: string;
/** Each test asks from networks of its own. */
let networks = 0;
const network = () => {
  networks += 1;
  return `198.51.${Math.floor(networks / 250)}.${(networks % 250) + 1}`;
};

beforeAll(async () => {
  [served, listener] = await Promise.all([servePractices(), mailListener()]);
  await listener.start();
  practice = await served.makePractice();
  postman = new Postman({
    owner: served.database.owner,
    keys: () => served.keychain.installation(),
    configuration: {
      publicUrl: served.publicUrl,
      securityContacts: [],
      smtpUrl: `smtp://127.0.0.1:${listener.port}`,
      mailFrom: 'care@practice.org',
    },
    clock: { now: () => new Date() },
    addressOf: async () => null,
    timeZoneOf: async () => null,
    onError: (what, error) => {
      throw new Error(what, { cause: error });
    },
  });
});
afterAll(async () => {
  await listener.stop();
  await served.close();
});
beforeEach(async () => {
  chart = await served.chart(practice, {
    name: [{ given: ['Sam'], family: 'Rivers' }],
    birthDate: BORN,
    communication: [{ language: { coding: [{ code: 'de-AT' }] }, preferred: true }],
  });
  desk = (await served.person(practice, { role: 'front-desk' })).token;
  owner = (await served.person(practice, { role: 'owner' })).token;
});

const JSON_TYPE = { 'content-type': 'application/json' };
const post = (token: string | null, target: string, body: object, address = network()) =>
  served.ask(token, 'POST', target, { headers: JSON_TYPE, body: JSON.stringify(body), address });
const address = () => `sam-${newId().slice(0, 8)}@mail.example`;

/** What stands behind the # of the newest mail to that address. */
async function mailed(to: string): Promise<string> {
  await postman.round();
  const text = listener.mails.findLast((mail) => mail.to.includes(to))?.text ?? '';
  return /\/invited#([\w-]+)/.exec(text)?.[1] ?? '';
}

async function invite(body: object, token = desk) {
  const answer = await post(token, '/invitations', body);
  expect([answer.status, answer.text]).toEqual([201, expect.stringContaining('"state":"open"')]);
  return answer.json;
}

const patient = (more: object = {}) => ({ as: 'patient', chart, way: 'mail', ...more });

/** A code as a letter shows it. */
async function letterCode(body: object = patient({ way: 'letter' }), token = desk): Promise<string> {
  const { letter } = await invite(body, token);
  const page = await served.ask(token, 'GET', String(letter));
  expect(page.status).toBe(200);
  return /class="code">([\w-]+)</.exec(page.text)![1]!;
}

const visitor = () => new BrowserVisitor(served, { address: network() });
const statesOf = async (id: unknown) => {
  const { json } = await served.ask(desk, 'GET', '/invitations');
  const all = json.invitations as unknown as { id: string; state: string }[];
  return all.find((each) => each.id === id)?.state;
};

test('a patient comes by a mail, proves a date of birth, makes a passkey and reads the record', async () => {
  const email = address();
  const { id } = await invite(patient({ email }));
  const code = await mailed(email);
  expect(listener.mails.at(-1)!.text).toMatch(/l=C3=A4dt Sie zum/);
  const asked = await post(null, '/invited', { code });
  expect(asked.json).toMatchObject({
    as: 'patient',
    prove: 'own-birth-date',
    email: 'known',
    triesLeft: 5,
    practice: { name: expect.stringContaining('Practice') },
  });
  expect(asked.text).not.toMatch(/Rivers|1951|mail\.example/);
  const browser = visitor();
  const proved = await browser.ask('POST', '/invited/proof', { code, birthDate: BORN, cookie: true });
  expect([proved.status, proved.json.token]).toEqual([201, undefined]);
  expect((await browser.ask('GET', '/session')).json).toMatchObject({ assured: false, charts: [] });
  expect((await browser.ask('GET', `/fhir/Patient/${chart}`)).status).toBe(403);
  expect(await statesOf(id)).toBe('proved');
  expect((await browser.makePasskey()).status).toBe(201);
  expect((await browser.signInByPasskey()).status).toBe(201);
  expect((await browser.ask('GET', `/fhir/Patient/${chart}`)).status).toBe(200);
  expect((await post(null, '/invited', { code })).status).toBe(400);
  expect(await statesOf(id)).toBe('used');
});

test('what the link opens is sent to the address as a notice that it was used', async () => {
  const email = address();
  await invite(patient({ email }));
  const code = await mailed(email);
  await visitor().ask('POST', '/invited/proof', { code, birthDate: BORN, cookie: true });
  await postman.round();
  expect(listener.mails.at(-1)).toMatchObject({ to: [email] });
  expect(listener.mails.at(-1)!.text).toMatch(/Einladung von .* wurde am/);
});

test('a start that was left goes on with the same code as the same account', async () => {
  const email = address();
  await invite(patient({ email }));
  const code = await mailed(email);
  const [first, second] = [visitor(), visitor()];
  await first.ask('POST', '/invited/proof', { code, birthDate: BORN, cookie: true });
  const before = (await first.ask('GET', '/session')).json.account;
  await second.ask('POST', '/invited/proof', { code, birthDate: BORN, cookie: true });
  expect((await second.ask('GET', '/session')).json.account).toEqual(before);
  expect((await first.ask('GET', '/session')).status).toBe(401);
  await second.makePasskey();
  const late = await visitor().ask('POST', '/invited/proof', { code, birthDate: BORN, cookie: true });
  expect(late.status).toBe(400);
});

test('a letter leads to an address that its holder names, and says the same of every one', async () => {
  const known = await served.gate.accounts.createAccount({ email: address(), name: 'Somebody' });
  const { email: taken } = (await served.gate.accounts.describeAccount(known))!;
  const code = await letterCode();
  expect((await post(null, '/invited', { code: code.toLowerCase() })).json.email).toBe('wanted');
  const fresh = address();
  const answers = [];
  for (const email of [taken, fresh]) {
    answers.push(await post(null, '/invited/proof', { code, birthDate: BORN, email }));
  }
  expect(answers.map(({ status, text }) => [status, text])).toEqual([
    [202, '{"mail":"sent"}'],
    [202, '{"mail":"sent"}'],
  ]);
  const theirs = await mailed(taken);
  expect((await post(null, '/invited/proof', { code: theirs })).status).toBe(409);
  const link = await mailed(fresh);
  expect((await post(null, '/invited', { code: link })).json).toMatchObject({
    prove: 'nothing',
    email: 'known',
  });
  const browser = visitor();
  expect((await browser.ask('POST', '/invited/proof', { code: link, cookie: true })).status).toBe(201);
  expect((await browser.ask('GET', '/session')).json.account).toMatchObject({
    email: fresh,
    name: 'Sam Rivers',
  });
});

test('whoever has an account signs in and takes the invitation of a second practice', async () => {
  const there = await served.makePractice();
  const { accountId, token } = await served.person(there, { role: 'patient', chartId: newId() });
  const code = await letterCode();
  const wrong = await post(token, '/invited/acceptance', { code, birthDate: '1951-03-05' });
  expect(wrong.status).toBe(422);
  const taken = await post(token, '/invited/acceptance', { code, birthDate: BORN });
  expect([taken.status, taken.json.practice]).toEqual([
    200,
    { slug: expect.anything(), name: expect.anything() },
  ]);
  const practices = await served.gate.accounts.practicesOf(accountId);
  expect(practices.map(({ practiceId }) => practiceId).sort()).toEqual([practice, there].sort());
  expect((await post(token, '/invited/acceptance', { code, birthDate: BORN })).status).toBe(400);
  expect((await post(null, '/invited', { code })).status).toBe(400);
});

test('staff are invited by the owner who is there, and see nothing before they have a passkey', async () => {
  const email = address();
  const body = { as: 'staff', role: 'doctor', way: 'mail', email, name: 'Dr Okafor' };
  expect((await post(desk, '/invitations', body)).status).toBe(404);
  await invite(body, owner);
  const code = await mailed(email);
  expect((await post(null, '/invited', { code })).json).toMatchObject({ as: 'staff', prove: 'nothing' });
  const other = await served.person(practice, { role: 'patient', chartId: chart });
  expect((await post(other.token, '/invited/acceptance', { code })).status).toBe(409);
  const browser = visitor();
  expect((await browser.ask('POST', '/invited/proof', { code, cookie: true })).status).toBe(201);
  expect((await browser.ask('GET', '/session')).json).toMatchObject({ assured: false, roles: [], apps: [] });
  expect((await browser.ask('GET', `/fhir/Patient/${chart}`)).status).toBe(403);
  expect((await browser.ask('GET', '/invitations')).status).toBe(403);
  await browser.makePasskey();
  await browser.signInByPasskey();
  expect((await browser.ask('GET', '/session')).json).toMatchObject({ roles: ['doctor'] });
  expect((await browser.ask('GET', `/fhir/Patient/${chart}`)).status).toBe(200);
});

test('inviting staff takes a touch once the owner has been away for five minutes', async () => {
  const { token, accountId } = await served.person(practice, { role: 'owner' });
  await served.database.owner.query(
    "update postern.session set created_at = created_at - interval '6 minutes' where account_id = $1",
    [accountId],
  );
  const body = { as: 'staff', role: 'nurse', way: 'letter', name: 'N' };
  expect((await post(token, '/invitations', body)).status).toBe(403);
  expect((await post(token, '/invitations', patient({ way: 'letter' }))).status).toBe(201);
});

test('the account of an invited address takes a staff invitation, and no other account does', async () => {
  const there = await served.makePractice();
  const { accountId, token } = await served.person(there, { role: 'nurse' });
  const { email } = (await served.gate.accounts.describeAccount(accountId))!;
  await invite({ as: 'staff', role: 'nurse', way: 'mail', email, name: 'N' }, owner);
  const code = await mailed(email);
  expect((await post(null, '/invited/proof', { code })).status).toBe(409);
  const other = await served.person(there, { role: 'nurse' });
  expect((await post(other.token, '/invited/acceptance', { code })).status).toBe(409);
  expect((await post(token, '/invited/acceptance', { code })).status).toBe(200);
});

describe('the desk is told what is missing', () => {
  test.each([
    ['an address', { way: 'mail' }, 422],
    ['a way', { way: 'fax' }, 400],
    ['a role that goes with it', { role: 'doctor' }, 400],
    ['a chart', { chart: newId() }, 404],
    ['a chart that can be', { chart: 'x' }, 404],
    ['a name', { as: 'proxy', way: 'letter' }, 422],
    ['an address that is one', { email: 'nobody' }, 400],
    ['a time to come', { as: 'proxy', name: 'K', way: 'letter', until: '2020-01-01' }, 400],
  ])('%s', async (_, more, status) => {
    expect((await post(desk, '/invitations', patient(more))).status).toBe(status);
  });

  test('a date of birth', async () => {
    const nameless = await served.chart(practice, { birthDate: '1951' });
    const answer = await post(desk, '/invitations', patient({ chart: nameless, way: 'letter' }));
    expect([answer.status, answer.text]).toEqual([422, expect.stringContaining('date of birth')]);
  });
});

describe('under attack', () => {
  test('a network that guesses codes is held after sixty, and no guess is answered otherwise', async () => {
    await letterCode();
    const from = network();
    const answers = [];
    for (let count = 0; count < 70; count += 1) {
      answers.push(await post(null, '/invited', { code: newSpokenCode() }, from));
    }
    const codes = answers.map(({ status }) => status);
    expect(codes.filter((status) => status === 400)).toHaveLength(60);
    expect(codes.filter((status) => status === 429)).toHaveLength(10);
    expect(new Set(answers.filter(({ status }) => status === 400).map(({ text }) => text)).size).toBe(1);
    const code = await letterCode();
    expect((await post(null, '/invited', { code })).status).toBe(200);
  });

  test('of forty dates tried at once from many networks, five are looked at', async () => {
    const code = await letterCode();
    const dates = Array.from({ length: 40 }, (_, at) => `1960-01-${String((at % 28) + 1).padStart(2, '0')}`);
    const answers = await Promise.all(
      dates.map((birthDate) => post(null, '/invited/proof', { code, birthDate, email: address() })),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 422)).toHaveLength(5);
    expect(statuses.filter((status) => status === 400)).toHaveLength(35);
    expect((await post(null, '/invited/proof', { code, birthDate: BORN, email: address() })).status).toBe(
      400,
    );
  });

  test('whoever holds a letter cannot flood an address with mails', async () => {
    const code = await letterCode();
    const to = address();
    const statuses: number[] = [];
    for (let count = 0; count < 8; count += 1) {
      statuses.push((await post(null, '/invited/proof', { code, birthDate: BORN, email: to })).status);
    }
    expect(statuses).toEqual([202, 202, 202, 202, 202, 429, 429, 429]);
  });

  test('the desk of another practice neither sees, prints nor ends an invitation', async () => {
    const { id } = await invite(patient({ way: 'letter' }));
    const away = await served.makePractice();
    const stranger = (await served.person(away, { role: 'owner' })).token;
    const absent = newId();
    for (const [method, path] of [
      ['DELETE', (which: string) => `/invitations/${which}`],
      ['GET', (which: string) => `/invitations/${which}/letter`],
    ] as const) {
      const theirs = await served.ask(stranger, method, path(String(id)));
      const none = await served.ask(stranger, method, path(absent));
      expect([theirs.status, theirs.text]).toEqual([404, none.text]);
    }
    expect((await served.ask(stranger, 'GET', '/invitations')).json.invitations).toEqual([]);
    const foreign = await post(stranger, '/invitations', patient({ way: 'letter' }));
    expect(foreign.status).toBe(404);
  });

  test('an invitation ends with the role of whoever made it', async () => {
    const { token, accountId } = await served.person(practice, { role: 'front-desk' });
    const code = await letterCode(patient({ way: 'letter' }), token);
    await served.gate.asJob(practice, 'system-setup', 'test', async (job) => {
      for (const { grantId } of await served.gate.grantsOf(job, accountId as AccountId)) {
        await served.gate.endGrant(job, grantId);
      }
    });
    expect((await post(null, '/invited', { code })).status).toBe(400);
  });

  test('a page of another site cannot prove in its visitor’s place', async () => {
    const email = address();
    await invite(patient({ email }));
    const code = await mailed(email);
    const body = JSON.stringify({ code, birthDate: BORN, cookie: true });
    const headers = { ...JSON_TYPE, origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' };
    const answer = await served.ask(null, 'POST', '/invited/proof', { headers, body, address: network() });
    expect([answer.status, answer.headers['set-cookie']]).toEqual([403, undefined]);
  });

  test('no code stands in what the server logs, in a line or in the database', async () => {
    const email = address();
    await invite(patient({ email }));
    const codes = [await mailed(email), await letterCode()];
    for (const code of codes) await post(null, '/invited/proof', { code, birthDate: '1951-03-05' });
    const { rows } = await served.database.owner.query<{ held: string }>(
      `select string_agg(l::text, ' ') || (select string_agg(i::text, ' ') from postern.invitation i)
         || (select string_agg(c::text, ' ') from postern.invitation_code c) as held
       from postern.access_line l`,
    );
    const written = `${served.logged.join()} ${rows[0]!.held}`;
    for (const code of codes) {
      expect(written).not.toContain(code);
      expect(written).not.toContain(code.replaceAll('-', ''));
    }
    expect(served.logged.join()).not.toContain(email);
  });

  test('a letter runs nothing and loads nothing, whatever people are called', async () => {
    const { letter } = await invite(patient({ way: 'letter', name: '<script>alert(1)</script>"' }));
    const page = await served.ask(desk, 'GET', String(letter));
    expect(page.headers['content-security-policy']).toMatch(/default-src 'none'; style-src 'sha256-/);
    expect(page.text).not.toContain('<script>');
    expect(page.headers['cache-control']).toBe('no-store');
    expect(page.text).not.toMatch(/(src|href)=/);
  });
});
