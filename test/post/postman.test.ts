/** Mails to people: sealed rows that go out once, over a real listener that is down and up again. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AccountId, newId } from '../../src/base/ids.ts';
import { withoutSession } from '../../src/db/index.ts';
import { LANGUAGES, type Letter, listMails, type NewMail, Post, Postman } from '../../src/post/index.ts';
import { type GatedPractice, openGatedPractice } from '../support/gated-practice.ts';
import { type MailListener, mailListener } from '../support/mail-listener.ts';

const MINUTE = 60_000;
const LINK = 'https://care.practice.org/invited#cnry-secret-code';

let practice: GatedPractice;
let listener: MailListener;
let post: Post;
let postman: Postman;
let faults: string[];
let later: number;
const clock = { now: () => new Date(Date.now() + later) };

function newPostman(settings: { smtpUrl?: string | null; mailFrom?: string | null } = {}): Postman {
  const { database, keychain, gate } = practice;
  return new Postman({
    owner: database.owner,
    keys: () => keychain.installation(),
    configuration: {
      publicUrl: 'https://care.practice.org',
      securityContacts: [],
      smtpUrl: `smtp://127.0.0.1:${listener.port}`,
      mailFrom: 'care@practice.org',
      ...settings,
    },
    clock,
    addressOf: async (accountId) => {
      const account = await gate.accounts.describeAccount(accountId);
      return account === null || account.disabled ? null : { address: account.email, language: 'es' };
    },
    timeZoneOf: async (whose) => {
      if ('practiceId' in whose) return gate.settings.timeZoneOf([whose.practiceId]);
      const practices = await gate.accounts.practicesOf(whose.accountId);
      return gate.settings.timeZoneOf(practices.map(({ practiceId }) => practiceId));
    },
    onError: (what, error) => void faults.push(`${what} ${(error as Error).message}`),
  });
}

beforeEach(async () => {
  [practice, listener] = await Promise.all([openGatedPractice(), mailListener()]);
  later = 0;
  faults = [];
  post = new Post({ keys: () => practice.keychain.installation(), clock, sends: true });
  postman = newPostman();
});
afterEach(async () => {
  await listener.stop();
  await practice.close();
});

const invitation = (): Letter => ({
  kind: 'invitation',
  facts: { practice: 'Hillside', link: LINK, until: new Date('2027-01-02T15:30:00Z') },
});
const put = (mail: NewMail) =>
  withoutSession(practice.database.server, (tx) => post.enqueue(tx as never, mail));
const states = async () => (await listMails(practice.database.owner, 9)).map(({ state }) => state);

test('a mail goes out once, to its address, in its language, and its content is gone then', async () => {
  await listener.start();
  await put({ ...invitation(), to: { address: 'sam@mail.example' }, language: 'de' });
  expect(await Promise.all([postman.round(), newPostman().round()])).toHaveLength(2);
  expect(await postman.round()).toBe(0);
  expect(listener.mails.map(({ to, from }) => [to, from])).toEqual([
    [['sam@mail.example'], 'care@practice.org'],
  ]);
  const text = listener.mails[0]!.text;
  expect(text).toContain(LINK);
  expect(text).toMatch(/2\. Januar 2027/);
  expect(text).toMatch(/^Auto-Submitted: auto-generated/im);
  expect(await states()).toEqual(['sent']);
  const { rows } = await practice.database.owner.query('select m.sealed from postern.mail m');
  expect(rows).toEqual([{ sealed: null }]);
  expect(faults).toEqual([]);
});

test('a mail to an account goes to the address it has then, and not where it is disabled', async () => {
  await listener.start();
  const { accounts } = practice.gate;
  const [open, closed] = await Promise.all(
    ['open', 'closed'].map((name) => accounts.createAccount({ email: `${name}@mail.example`, name })),
  );
  const letter: Letter = { kind: 'factor-added', facts: { factor: 'passkey', at: clock.now() } };
  for (const accountId of [open!, closed!, newId<AccountId>()]) await put({ ...letter, to: { accountId } });
  await accounts.disableAccount(practice.database.owner, closed!, 'test');
  await postman.round();
  expect(listener.mails.map(({ to }) => to)).toEqual([['open@mail.example']]);
  expect(listener.mails[0]!.text).toMatch(/llave\s+de\s+acceso/);
  expect((await states()).sort()).toEqual(['given up', 'given up', 'sent']);
});

test('a mail of a transaction that was rolled back was never there', async () => {
  const failing = withoutSession(practice.database.server, async (tx) => {
    await post.enqueue(tx as never, { ...invitation(), to: { address: 'sam@mail.example' } });
    throw new Error('undone');
  });
  await expect(failing).rejects.toThrow('undone');
  expect(await states()).toEqual([]);
});

test('while the mail server is away a mail waits, and goes out once it is back', async () => {
  await put({ ...invitation(), to: { address: 'sam@mail.example' } });
  expect(await postman.round()).toBe(0);
  expect(await postman.round()).toBe(0);
  expect(faults).toHaveLength(1);
  expect(faults[0]).not.toMatch(/sam@|cnry|invited#/);
  await listener.start();
  later = 0.5 * MINUTE;
  expect(await postman.round()).toBe(0);
  later = 2 * MINUTE;
  expect(await postman.round()).toBe(1);
});

test('what a mail tells of has passed: it is given up, and its link is gone', async () => {
  await put({ ...invitation(), to: { address: 'sam@mail.example' }, until: new Date(Date.now() + MINUTE) });
  await postman.round();
  await listener.start();
  later = 90 * MINUTE;
  expect(await postman.round()).toBe(0);
  expect(listener.mails).toEqual([]);
  expect(await states()).toEqual(['given up']);
});

test('an address that is not taken keeps nobody else waiting', async () => {
  await listener.stop();
  const picky = await mailListener({
    onRcptTo: ({ address }, _session, done) =>
      address.startsWith('gone') ? done(new Error('550 no such mailbox')) : done(),
  });
  await picky.start();
  postman = newPostman({ smtpUrl: `smtp://127.0.0.1:${picky.port}` });
  await put({ ...invitation(), to: { address: 'gone@mail.example' } });
  await put({ ...invitation(), to: { address: 'sam@mail.example' } });
  expect(await postman.round()).toBe(1);
  expect(picky.mails.map(({ to }) => to)).toEqual([['sam@mail.example']]);
  expect(faults.join()).not.toMatch(/gone@/);
  await picky.stop();
});

test('times are told by the clock of the practice, with its zone; in UTC where none is known', async () => {
  await listener.start();
  const { gate, practiceId } = practice;
  const owner = await practice.visitor({ role: 'owner' });
  const { setAt: _, version, ...settings } = await gate.settings.of(practiceId);
  await gate.settings.set(owner, { ...settings, timeZone: 'America/New_York' }, version);
  const to = { address: 'sam@mail.example' };
  const told = async (mail: NewMail) => {
    await put(mail);
    await postman.round();
    return listener.mails.at(-1)!.text.replaceAll('=\r\n', '').replaceAll(/\s+/g, ' ');
  };
  const time = (day: string, zone: string) => expect.stringContaining(`${day} ${zone}.`);
  expect(await told({ ...invitation(), to })).toEqual(time('January 2, 2027 at 3:30 PM', 'UTC'));
  const here = { ...invitation(), to, practiceId };
  expect(await told(here)).toEqual(time('January 2, 2027 at 10:30 AM', 'EST'));
  expect(await told({ ...here, language: 'de' })).toContain('2. Januar 2027 um 10:30 GMT-5');
  expect(await told({ ...here, language: 'es' })).toContain('2 de enero de 2027 a las 10:30 GMT-5');
  // Of the account alone: by the one practice that it is in.
  const at = new Date('2027-01-02T15:30:00Z');
  const notice = { kind: 'factor-added', facts: { factor: 'passkey', at }, language: 'en' } as const;
  const { accountId } = await practice.person({ role: 'nurse' });
  expect(await told({ ...notice, to: { accountId } })).toContain('January 2, 2027 at 10:30 AM EST');
  const nowhere = await gate.accounts.createAccount({ email: 'pat@mail.example', name: 'Pat' });
  expect(await told({ ...notice, to: { accountId: nowhere } })).toContain('January 2, 2027 at 3:30 PM UTC');
});

test('without a mail server or a sender mails wait, and nothing is tried', async () => {
  await put({ ...invitation(), to: { address: 'sam@mail.example' } });
  for (const settings of [{ smtpUrl: null }, { mailFrom: null }]) {
    expect(await newPostman(settings).round()).toBe(0);
  }
  const [mail] = await listMails(practice.database.owner, 9);
  expect(mail).toMatchObject({ state: 'waits', tried: 0 });
});

describe('whoever reaches the database', () => {
  test('reads no address, no link and no name in it', async () => {
    await put({ ...invitation(), to: { address: 'cnry-sam@mail.example' } });
    const { rows } = await practice.database.owner.query(
      'select m::text as row, m.sealed from postern.mail m',
    );
    const held = `${rows[0].row} ${rows[0].sealed.toString('latin1')}`;
    expect(held).not.toMatch(/cnry|Hillside|mail\.example/);
  });

  test('as the server role, can put in what is not sent, and reads nothing', async () => {
    await listener.start();
    const { server } = practice.database;
    const forged = [newId(), 'invitation', Buffer.alloc(300, 7), new Date(), new Date(Date.now() + MINUTE)];
    await server.query('select postern.mail_put($1, $2, $3, $4, $5)', forged);
    await expect(server.query('select from postern.mail')).rejects.toMatchObject({ code: '42501' });
    await postman.round();
    expect(listener.mails).toEqual([]);
    expect(faults[0]).toMatch(/nobody of us made/);
    expect(await states()).toEqual(['given up']);
  });

  test('sends no mail to another by moving its content to another row', async () => {
    await listener.start();
    await put({ ...invitation(), to: { address: 'sam@mail.example' } });
    await practice.database.owner.query('update postern.mail set mail_id = gen_random_uuid()');
    await postman.round();
    expect(listener.mails).toEqual([]);
  });
});

const at = new Date('2027-01-02T15:30:00Z');
const EVERY: readonly Letter[] = [
  invitation(),
  { kind: 'invitation-used', facts: { practice: 'Hillside', device: 'Firefox, Linux', at } },
  { kind: 'new-device', facts: { device: 'Firefox, Linux\r\nBcc: all@mail.example', at } },
  { kind: 'factor-added', facts: { factor: 'authenticator', at } },
  { kind: 'factor-removed', facts: { factor: 'recovery-codes', at } },
  { kind: 'recovery-asked', facts: { link: LINK, until: at } },
  { kind: 'recovery-started', facts: { ready: at, stop: LINK } },
  { kind: 'recovery-ready', facts: { link: LINK, until: at, stop: LINK } },
  { kind: 'recovery-done', facts: { at } },
  { kind: 'recovery-stopped', facts: { at } },
  { kind: 'app-connected', facts: { practice: 'Hillside', app: 'Heart\nsubject: you won', at } },
  { kind: 'app-approved', facts: { practice: 'Hillside', app: 'Heart\r\nBcc: all@x', clientId: 'c-1', at } },
  { kind: 'app-refused', facts: { practice: 'Hillside', at } },
  { kind: 'access-given', facts: { practice: 'Hillside', at } },
  { kind: 'access-changed', facts: { practice: 'Hillside', at } },
  { kind: 'access-ended', facts: { practice: 'Hillside', at } },
  { kind: 'proxy-given', facts: { practice: 'Hillside', at } },
  { kind: 'proxy-changed', facts: { practice: 'Hillside', at } },
  { kind: 'proxy-ended', facts: { practice: 'Hillside', at } },
  { kind: 'ends-soon', facts: { practice: 'Hillside' } },
  { kind: 'sign-in-burst', facts: { at } },
  { kind: 'address-confirm', facts: { link: LINK, until: at } },
  { kind: 'address-added', facts: { address: 'sam@work.example', at } },
  { kind: 'address-removed', facts: { address: 'sam@work.example', at } },
  { kind: 'address-primary', facts: { address: 'sam@work.example', at } },
  { kind: 'incident', facts: { practice: 'Hillside', what: 'sign-in-burst', times: '3', at } },
];

test('every letter is whole in every language, and a name in it makes no line of its own', async () => {
  await listener.start();
  for (const language of LANGUAGES) {
    for (const letter of EVERY) await put({ ...letter, to: { address: 'sam@mail.example' }, language });
  }
  expect(await postman.round()).toBe(3 * EVERY.length);
  const texts = listener.mails.map(({ text }) => text);
  expect(new Set(texts.map((text) => text.split('\r\n\r\n').slice(1).join())).size).toBe(3 * EVERY.length);
  for (const text of texts) {
    expect(text).not.toMatch(/undefined|\[object|\$\{/);
    expect(text.split('\r\n\r\n')[0]).not.toMatch(/^(bcc:|subject: you won)/im);
  }
  // Who gets one that says of no day is told so little by design.
  const undated = EVERY.filter(({ facts }) => !['at', 'until', 'ready'].some((name) => name in facts));
  expect(undated.map(({ kind }) => kind)).toEqual(['ends-soon']);
  expect(texts.filter((text) => !text.includes('2027'))).toHaveLength(3);
});
