/** Many at once with what works once: one gets it, and nobody gets anything twice. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { type AppStage, launchApp, setAppStage } from '../support/app-stage.ts';
import type { Answered, Person, ServedPractices } from '../support/served-practices.ts';

let stage: AppStage;
let served: ServedPractices;
let practice: PracticeId;
beforeAll(async () => {
  stage = await setAppStage();
  ({ served, practice } = stage);
});
afterAll(() => stage.close());

const BORN = '1951-03-04';
const JSON_TYPE = { 'content-type': 'application/json' };
let networks = 0;

function send(token: string | null, method: string, target: string, body: object): Promise<Answered> {
  networks += 1;
  const address = `198.51.100.${(networks % 250) + 1}`;
  return served.ask(token, method, target, { headers: JSON_TYPE, body: JSON.stringify(body), address });
}

const times = <T>(count: number, work: (at: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => work(at)));
const counted = (answers: readonly { readonly status: number }[]) =>
  answers.map(({ status }) => status).sort((one, other) => one - other);
const count = async (text: string, values: unknown[]): Promise<number> => {
  const { rows } = await served.database.owner.query<{ count: number }>(
    `select count(*)::integer as count ${text}`,
    values,
  );
  return rows[0]!.count;
};
const grantsOn = (chart: ChartId, role: string) =>
  count('from postern.access_grant where chart_id = $1 and role = $2 and ended_at is null', [chart, role]);

describe('many at once', () => {
  test('who prove one invitation make one account, with one grant', async () => {
    const chart = await served.chart(practice, { birthDate: BORN, name: [{ family: 'Rivers' }] });
    const desk = await served.person(practice, { role: 'front-desk' });
    const invited = await send(desk.token, 'POST', '/invitations', { as: 'patient', way: 'letter', chart });
    expect(invited.status, invited.text).toBe(201);
    const letter = await served.ask(desk.token, 'GET', String(invited.json.letter));
    const code = /class="code">([\w-]+)</.exec(letter.text)![1];
    const email = `${newId()}@mail.example`;
    const ticket = await served.doors.tickets.make('invited', { code, email }, 600);
    const proved = await times(8, () =>
      send(null, 'POST', '/invited/proof', { code: ticket, birthDate: BORN }),
    );
    expect(proved.some(({ status }) => status === 201)).toBe(true);
    expect(proved.every(({ status }) => status === 201 || (status >= 400 && status < 500))).toBe(true);
    expect(await grantsOn(chart, 'patient')).toBe(1);
    // Of the sessions that were opened, one lives.
    const tokens = proved.flatMap(({ json }) => (json?.token === undefined ? [] : [String(json.token)]));
    const lives = await times(tokens.length, async (at) => served.ask(tokens[at]!, 'GET', '/session'));
    const accounts = lives.filter(({ status }) => status === 200).map(({ json }) => json.account!.id);
    expect(new Set(accounts).size).toBe(1);
  });

  test('who take one invitation for their accounts: one has it', async () => {
    const chart = await served.chart(practice, { birthDate: BORN, name: [{ family: 'Rivers' }] });
    const desk = await served.person(practice, { role: 'front-desk' });
    const invited = await send(desk.token, 'POST', '/invitations', { as: 'patient', way: 'letter', chart });
    const letter = await served.ask(desk.token, 'GET', String(invited.json.letter));
    const code = /class="code">([\w-]+)</.exec(letter.text)![1];
    const people = await times(4, () => served.person(practice));
    const taken = await times(8, (at) =>
      send(people[at % 4]!.token, 'POST', '/invited/acceptance', { code, birthDate: BORN }),
    );
    expect(taken.every(({ status }) => status < 500)).toBe(true);
    expect(await grantsOn(chart, 'patient')).toBe(1);
  });

  test('who take what one code of a family offers: one has it', async () => {
    const chart = await served.chart(practice);
    const patient = await served.person(practice, { role: 'patient', chartId: chart });
    const { json } = await send(patient.token, 'POST', '/family', { chart });
    const people = await times(4, () => served.person(practice));
    const taken = await times(8, (at) =>
      send(people[at % 4]!.token, 'POST', '/family/accept', { code: json.code }),
    );
    expect(counted(taken)).toEqual([201, ...Array(7).fill(404)]);
    expect(await grantsOn(chart, 'proxy')).toBe(1);
  });

  test('who bring the code of one recovery: one is let in', async () => {
    const chart = await served.chart(practice);
    const sam = await served.person(practice, { role: 'patient', chartId: chart });
    const desk = await served.person(practice, { role: 'front-desk' });
    const { email } = (await served.gate.accounts.describeAccount(sam.accountId))!;
    const seen = await send(desk.token, 'POST', '/recoveries', {
      account: sam.accountId,
      chart,
      checked: 'identity-card',
    });
    expect(seen.status, seen.text).toBe(201);
    const ticket = await served.doors.tickets.make('recovery-begin', { account: sam.accountId }, 600);
    const begun = await times(4, () => send(null, 'POST', '/recovery/begin', { ticket }));
    expect(begun.some(({ status }) => status === 200)).toBe(true);
    const { code } = seen.json;
    const finished = await times(8, () => send(null, 'POST', '/recovery/finish', { email, code }));
    expect(counted(finished)).toEqual([201, ...Array(7).fill(400)]);
  });

  test('who bring one sign-in code: one is let in', async () => {
    const { accountId } = await served.person(practice, { role: 'nurse' });
    const code = await served.gate.accounts.signinCode(accountId, 60);
    const signedIn = await times(8, () => send(null, 'POST', '/signin', { code }));
    expect(counted(signedIn)).toEqual([201, ...Array(7).fill(400)]);
  });
});

describe('an app that shows one thing many times at once', () => {
  test('gets tokens for one refresh token once, and loses what came of it', async () => {
    const { client } = await stage.register();
    const { json } = await launchApp(stage, client, stage.patient);
    const fields = { grant_type: 'refresh_token', client_id: client.clientId };
    const asked = { ...fields, refresh_token: json.refresh_token };
    const answers = await times(6, () => stage.form('/oauth/token', asked));
    const won = answers.filter(({ status }) => status === 200);
    expect(won.length).toBeLessThanOrEqual(1);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    // It was shown twice: whoever holds a later one is not known to be the app.
    const later = await times(won.length, (at) =>
      stage.form('/oauth/token', { ...fields, refresh_token: won[at]!.json.refresh_token }),
    );
    expect(later.every(({ status }) => status === 400)).toBe(true);
    const read = await times(won.length, (at) =>
      served.ask(won[at]!.json.access_token, 'GET', `/fhir/Patient/${stage.chart}`),
    );
    expect(read.every(({ status }) => status === 401)).toBe(true);
  });
});

test('no token outlives a consent that is being ended while it is made', async () => {
  const { client } = await stage.register();
  const { json } = await launchApp(stage, client, stage.patient);
  const { accountId } = stage.patient;
  const { owner } = served.database;
  const { rows } = await owner.query<{ consent: string }>(
    'select consent_id as consent from postern.app_consent where client_id = $1',
    [client.clientId],
  );
  const { consent } = rows[0]!;
  const grantId = `${practice}.${consent}`;
  const tokens = served.authorization.kept('AccessToken');
  const make = (jti: string) =>
    tokens.upsert(jti, { jti, grantId, accountId, clientId: client.clientId, scope: json.scope }, 600);
  const alive = () => count('from postern.session where client = $1 and ended_at is null', [client.clientId]);
  await make(newId());
  expect(await alive()).toBe(2);
  const ending = await owner.connect();
  try {
    // What stands of it is taken, and that it ended is not said yet.
    await ending.query('begin');
    await ending.query('update postern.app_consent set ended_at = now() where consent_id = $1', [consent]);
    const made = make(newId()).then(
      () => 'made',
      () => 'refused',
    );
    await expect.poll(alive).toBe(3);
    await new Promise((later) => setTimeout(later, 200));
    await ending.query('commit');
    expect(await made).toBe('refused');
  } finally {
    ending.release();
  }
  expect(await alive()).toBe(0);
});

test('who ends all others at once leaves no more than one session', async () => {
  const person: Person = await served.person(practice, { role: 'nurse' });
  const terms = { methods: ['passkey'], device: null, narrowing: null } as const;
  const { accountId } = person;
  const session = {
    practiceId: practice,
    accountId,
    purpose: 'sign-in',
    client: null,
    ttlSeconds: 600,
    terms,
  };
  const tokens = await times(4, () => served.gate.openSession(session));
  await times(4, (at) => served.ask(tokens[at]!, 'DELETE', '/account/sessions'));
  const states = await times(4, async (at) => served.ask(tokens[at]!, 'GET', '/session'));
  expect(states.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
});
