/** Invitations to act for a patient: what a parent is given, and what the desk says it was shown. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GrantId, PracticeId } from '../../src/base/ids.ts';
import { openReason } from '../../src/gate/index.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

const SHOWN = 'Shown the birth certificate';
let served: ServedPractices;
let practice: PracticeId;
let desk: string;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  desk = (await served.person(practice, { role: 'front-desk' })).token;
});
afterAll(() => served.close());

const post = (token: string | null, target: string, body: object) =>
  served.ask(token, 'POST', target, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** A code as a letter shows it. */
async function letterCode(body: object): Promise<string> {
  const { json } = await post(desk, '/invitations', body);
  const page = await served.ask(desk, 'GET', String(json.letter));
  expect(page.status).toBe(200);
  return /class="code">([\w-]+)</.exec(page.text)![1]!;
}

test('a parent of a child is let in by the age that the practice sets', async () => {
  const year = new Date().getUTCFullYear();
  for (const [age, sees] of [
    [5, true],
    [15, false],
  ] as const) {
    const child = await served.chart(practice, { birthDate: `${year - age}-01-01` });
    const parent = { as: 'proxy', role: 'parent', way: 'letter', name: 'Kim', reason: SHOWN };
    const code = await letterCode({ ...parent, chart: child });
    const { token, accountId } = await served.person(practice);
    expect((await post(null, '/invited', { code })).json.prove).toBe('patients-birth-date');
    await post(token, '/invited/acceptance', { code, birthDate: `${year - age}-01-01` });
    const session = { practiceId: practice, accountId, purpose: 'test', client: null, ttlSeconds: 60 };
    const { scope } = (await served.gate.admit(await served.gate.openSession(session), null))!;
    expect([
      scope.allows('read', 'clinical', child, null),
      scope.allows('read', 'sensitive', child, null),
    ]).toEqual([true, sees]);
    expect(scope.until.getTime()).toBeLessThan(Date.UTC(year - age + 19, 0, 1));
  }
  const grown = await served.chart(practice, { birthDate: `${year - 30}-01-01` });
  const answer = await post(desk, '/invitations', {
    as: 'proxy',
    role: 'parent',
    chart: grown,
    way: 'letter',
    name: 'Kim',
    reason: SHOWN,
  });
  expect([answer.status, answer.text]).toEqual([422, expect.stringContaining('of age')]);
});

test('what the desk was shown is kept with the invitation and with each grant, sealed', async () => {
  const birthDate = `${new Date().getUTCFullYear() - 5}-01-01`;
  const child = await served.chart(practice, { birthDate });
  const asked = { as: 'proxy', role: 'parent', way: 'letter', name: 'Kim', chart: child };
  for (const reason of [undefined, 'yes', '     ']) {
    const answer = await post(desk, '/invitations', { ...asked, reason });
    expect([answer.status, answer.text]).toEqual([422, expect.stringContaining('what you were shown')]);
  }
  const code = await letterCode({ ...asked, reason: SHOWN });
  const { token, accountId } = await served.person(practice);
  expect((await post(token, '/invited/acceptance', { code, birthDate })).status).toBe(200);
  const keys = await served.keychain.of(practice);
  const { rows: grants } = await served.database.owner.query<{ grant_id: GrantId; reason: Buffer }>(
    'select g.grant_id, g.reason from postern.access_grant g where g.account_id = $1 and g.chart_id = $2',
    [accountId, child],
  );
  expect(grants).toHaveLength(2);
  for (const { grant_id: id, reason } of grants) expect(openReason(keys, id, reason)).toBe(SHOWN);
  const { rows: lines } = await served.database.owner.query<{ id: string; detail: Buffer }>(
    `select l.entries -> 0 ->> 2 as id, l.detail from postern.access_line l
     where l.action = 'invite' and l.entries -> 0 ->> 0 = $1`,
    [child],
  );
  expect(lines.map(({ id, detail }) => openReason(keys, id, detail))).toEqual([SHOWN]);
  const kept = [...grants.map(({ reason }) => reason), ...lines.map(({ detail }) => detail)];
  expect(kept.some((sealed) => sealed.includes('certificate'))).toBe(false);
});
