/** Bursts are incidents, with counts, and whoever watches over the practice hears of them by mail. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import { newId, type PracticeId } from '../../src/base/ids.ts';
import { LIMITS } from '../../src/doors/index.ts';
import { type Letter, Post } from '../../src/post/index.ts';
import { IncidentMails } from '../../src/watch/index.ts';
import { BrowserVisitor } from '../support/browser-visitor.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

type Told = { readonly to: unknown } & Letter;

const clock = new ManualClock(new Date());
let served: ServedPractices;
let told: Told[];
let alarms: IncidentMails;
let practice: PracticeId;
let officer: Person;
beforeAll(async () => {
  served = await servePractices({ clock });
});
afterAll(() => served.close());
beforeEach(async () => {
  practice = await served.makePractice();
  officer = await served.person(practice, { role: 'privacy-officer' });
  await served.person(practice, { role: 'owner' });
  const post = new Post({ keys: () => served.keychain.installation(), clock, sends: true });
  told = [];
  alarms = new IncidentMails({
    owner: served.database.owner,
    post: {
      // The real post, looked at on the way: what a mail says is sealed in its row.
      enqueue: (tx, mail) => {
        told.push(mail as Told);
        return post.enqueue(tx, mail);
      },
    },
    configuration: { publicUrl: served.publicUrl, securityContacts: ['mailto:watch@care.example'] },
    clock,
    onError: (what, error) => {
      throw new Error(what, { cause: error });
    },
  });
  await alarms.round();
  told = [];
});

async function mailed() {
  await alarms.round();
  return told.splice(0);
}

const incidents = async (kind: string) => {
  const { rows } = await served.database.owner.query<{ account_id: string | null; practice_id: string }>(
    'select i.account_id, i.practice_id from postern.incident i where i.kind = $1 order by i.at',
    [kind],
  );
  return rows;
};

test('the 61st refusal in five minutes locks the session, and the privacy officer is told', async () => {
  const { token, accountId } = await served.person(practice, { role: 'doctor' });
  const statuses: number[] = [];
  const look = async () => statuses.push((await served.ask(token, 'GET', `/fhir/Patient/${newId()}`)).status);
  for (let round = 0; round < 4; round += 1) {
    for (let count = 0; count < 20; count += 1) await look();
    clock.advance(61);
  }
  expect(statuses).toEqual([...Array(60).fill(404), ...Array(20).fill(401)]);
  expect(await incidents('refusals')).toEqual([{ account_id: accountId, practice_id: practice }]);
  const { rows } = await served.database.owner.query(
    `select l.action, l.purpose from postern.access_line l
     where l.practice_id = $1 and l.purpose = 'refusals' order by l.action`,
    [practice],
  );
  expect(rows).toEqual([
    { action: 'end-session', purpose: 'refusals' },
    { action: 'incident', purpose: 'refusals' },
  ]);
  expect(await mailed()).toMatchObject([
    { kind: 'incident', to: { accountId: officer.accountId }, facts: { what: 'refusals', times: '1' } },
  ]);
  expect(await mailed()).toEqual([]);
});

test('more of a kind wait for an hour and are told together; owners where no officer is', async () => {
  const owner = await served.person(await served.makePractice(), { role: 'owner' });
  const { rows } = await served.database.owner.query<{ practice_id: PracticeId }>(
    'select g.practice_id from postern.access_grant g where g.account_id = $1',
    [owner.accountId],
  );
  const open = (kind: string) =>
    served.database.server.query('select postern.incident_open($1, $2, null, null, null)', [
      rows[0]!.practice_id,
      kind,
    ]);
  await open('canary');
  expect(await mailed()).toMatchObject([{ to: { accountId: owner.accountId }, facts: { times: '1' } }]);
  await open('canary');
  await open('canary');
  await open('key-ring');
  expect(await mailed()).toMatchObject([{ facts: { what: 'key-ring' } }]);
  clock.advance(3601);
  expect(await mailed()).toMatchObject([{ facts: { what: 'canary', times: '2' } }]);
});

describe('failed sign-ins', () => {
  const fail = async (email: string, at: number) => {
    const stranger = new BrowserVisitor(served, { address: `198.18.${at}.1` });
    const tried = { email, passphrase: `a leaked passphrase of theirs ${at}` };
    expect((await stranger.ask('POST', '/signin/passphrase', tried)).status).toBe(400);
  };

  test('on one account: the tenth, from ten networks, is an incident of its practices', async () => {
    const { accountId } = await served.person(practice, { role: 'nurse' });
    const { email } = (await served.gate.accounts.describeAccount(accountId))!;
    for (let count = 0; count < LIMITS['account-burst'].most; count += 1) await fail(email, count);
    expect(await incidents('sign-in-burst')).toEqual([]);
    await fail(email, 99);
    await vi.waitFor(async () =>
      expect(await incidents('sign-in-burst')).toEqual([{ account_id: accountId, practice_id: practice }]),
    );
    expect(await mailed()).toMatchObject([
      { to: { accountId: officer.accountId }, facts: { what: 'sign-in-burst' } },
    ]);
    const { rows } = await served.database.owner.query(
      "select count(*)::integer as mails from postern.mail where kind = 'sign-in-burst'",
    );
    expect(rows).toEqual([{ mails: 1 }]);
    // Once is enough.
    clock.advance(LIMITS.passphrase.seconds);
    await fail(email, 100);
    expect(await incidents('sign-in-burst')).toHaveLength(1);
  });

  test('over many accounts and networks: every practice hears of more than a hundred', async () => {
    clock.advance(24 * 3600);
    const before = (await incidents('sign-in-burst')).length;
    const stuff = (at: number) => {
      const browser = new BrowserVisitor(served, { address: `203.0.${at}.7` });
      return browser.ask('POST', '/signin/passkey', {
        response: { id: 'AAAA', response: { clientDataJSON: 'e30' } },
      });
    };
    for (let at = 0; at < LIMITS.burst.most; at += 1) expect((await stuff(at)).status).toBe(400);
    expect(await incidents('sign-in-burst')).toHaveLength(before);
    await stuff(200);
    await vi.waitFor(async () => expect((await incidents('sign-in-burst')).length).toBeGreaterThan(before));
    const opened = (await incidents('sign-in-burst')).slice(before);
    expect(opened.map((each) => each.account_id)).toEqual(opened.map(() => null));
    const places = opened.map((each) => each.practice_id);
    expect(places).toContain(practice);
    expect(places).toContain('00000000-0000-0000-0000-000000000000');
    const to = (await mailed()).map((mail) => mail.to);
    expect(to).toContainEqual({ accountId: officer.accountId });
    expect(to).toContainEqual({ address: 'watch@care.example' });
  });
});
