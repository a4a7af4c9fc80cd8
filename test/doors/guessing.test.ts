/** Guessing, with counts: what a stuffer of credentials, a guesser of codes and a planter of cookies get. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ManualClock } from '../../src/base/clock.ts';
import type { PracticeId } from '../../src/base/ids.ts';
import { LIMITS } from '../../src/doors/index.ts';
import { appCode, PASSPHRASE, withPassphrase } from '../support/account-attacks.ts';
import { BrowserVisitor } from '../support/browser-visitor.ts';
import { type Answered, type ServedPractices, servePractices } from '../support/served-practices.ts';

const clock = new ManualClock(new Date());
let served: ServedPractices;
let practice: PracticeId;
beforeAll(async () => {
  served = await servePractices({ clock });
  practice = await served.makePractice();
});
afterAll(() => served.close());

const OFFICE = '203.0.113.9';
const ATTACKER = '198.51.100.66';

const NO_PASSKEY = { id: 'AAAA', response: { clientDataJSON: 'e30' } };

const tries = (browser: BrowserVisitor, email: string, passphrase: string) =>
  browser.ask('POST', '/signin/passphrase', { email, passphrase });

function counted(answers: readonly Answered[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** So many at once that all of them are under way before the first is answered. */
async function inBatches(count: number, ask: (at: number) => Promise<Answered>): Promise<Answered[]> {
  const answers: Answered[] = [];
  for (let at = 0; at < count; at += 15) {
    const batch = Array.from({ length: Math.min(15, count - at) }, (_, index) => ask(at + index));
    answers.push(...(await Promise.all(batch)));
  }
  return answers;
}

describe('credential stuffing', () => {
  test('of one account from many networks gets ten tries, whoever asks at once', async () => {
    const { email } = await withPassphrase({ served, practice }, { address: OFFICE });
    const answers = await inBatches(30, (at) => {
      const browser = new BrowserVisitor(served, { address: `198.18.${at}.1` });
      return tries(browser, email, `a leaked passphrase of theirs ${at}`);
    });
    expect(counted(answers)).toEqual({ 400: LIMITS.passphrase.most, 429: 30 - LIMITS.passphrase.most });
    const wait = Number(answers.find(({ status }) => status === 429)!.headers['retry-after']);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(LIMITS.passphrase.seconds);
    // It is one more after the time that was told, and no more.
    clock.advance(wait);
    const later = await inBatches(3, () => tries(new BrowserVisitor(served), email, 'a leaked passphrase'));
    expect(counted(later)).toEqual({ 400: 1, 429: 2 });
  });

  test('is answered alike for an account and for none, also where it is too much', async () => {
    const { email } = await withPassphrase({ served, practice }, { address: OFFICE });
    const seen: unknown[] = [];
    for (const address of [email, 'nobody.at.all@care.example']) {
      const browser = new BrowserVisitor(served, { address: `198.19.0.${seen.length + 1}` });
      const answers = await inBatches(12, () => tries(browser, address, 'a leaked passphrase'));
      seen.push(answers.map(({ status, text }) => [status, text]).sort());
    }
    expect(seen[0]).toEqual(seen[1]);
  });

  test('does not keep the owner out, who comes from a device that is known', async () => {
    const owner = await withPassphrase({ served, practice }, { address: OFFICE });
    // The device is known from here on.
    expect((await owner.browser.signInByPasskey()).status).toBe(201);
    const stuffed = await inBatches(15, (at) =>
      tries(new BrowserVisitor(served, { address: `198.18.${at}.2` }), owner.email, 'a leaked passphrase'),
    );
    expect(counted(stuffed)).toEqual({ 400: 10, 429: 5 });
    expect((await tries(owner.browser, owner.email, PASSPHRASE)).status).toBe(200);
    expect((await tries(new BrowserVisitor(served), owner.email, PASSPHRASE)).status).toBe(429);
  });

  test('from one network over many accounts gets sixty tries, and its own people go on', async () => {
    const address = ATTACKER;
    const colleague = await withPassphrase({ served, practice }, { address });
    expect((await colleague.browser.signInByPasskey()).status).toBe(201);
    const most = LIMITS.network.most;
    const answers = await inBatches(most + 10, (at) => {
      const browser = new BrowserVisitor(served, { address });
      // Passkeys that are none cost less of a test's time, and are counted the same.
      if (at % 6 > 0) return browser.ask('POST', '/signin/passkey', { response: NO_PASSKEY });
      return tries(browser, `person${at}@care.example`, 'a leaked passphrase');
    });
    expect(counted(answers)).toEqual({ 400: most, 429: 10 });
    expect((await tries(colleague.browser, colleague.email, PASSPHRASE)).status).toBe(200);
    const elsewhere = new BrowserVisitor(served, { address: '192.0.2.77' });
    expect((await tries(elsewhere, colleague.email, PASSPHRASE)).status).toBe(200);
  });

  test('leaves a line for each failure, in the installation’s log, with whom it was tried on', async () => {
    const person = await withPassphrase({ served, practice }, { address: OFFICE });
    const browser = new BrowserVisitor(served, { address: '192.0.2.99' });
    await tries(browser, person.email, 'a leaked passphrase');
    await tries(browser, 'nobody@care.example', 'a leaked passphrase');
    const { rows } = await served.database.owner.query(
      `select entries, outcome, client from postern.access_line
       where action = 'sign-in-failed' and address = '192.0.2.99' order by at`,
    );
    expect(rows).toEqual([
      { entries: [[null, 'Account', person.accountId, null]], outcome: 'refused', client: 'passphrase' },
      { entries: [], outcome: 'refused', client: 'passphrase' },
    ]);
  });
});

test('people of an office sign in all day from one address: successes are not counted', async () => {
  const options = { address: '192.0.2.50', synced: true };
  const person = await withPassphrase({ served, practice }, options);
  const answers = await inBatches(LIMITS.network.most + 5, () => {
    const desk = new BrowserVisitor(served, options);
    desk.authenticator.passkeys.push(...person.browser.authenticator.passkeys);
    return desk.signInByPasskey();
  });
  expect(counted(answers)).toEqual({ 201: LIMITS.network.most + 5 });
});

describe('guessing codes', () => {
  test('gets five tries for a ticket and ten for an account, with the right passphrase', async () => {
    const person = await withPassphrase({ served, practice }, { address: OFFICE });
    clock.advance(60);
    const guesser = new BrowserVisitor(served, { address: '192.0.2.61' });
    const ticketOf = async () => (await tries(guesser, person.email, PASSPHRASE)).json.ticket;
    const right = new Set([-1, 0, 1].map((steps) => appCode(person.secret, steps, clock.now().getTime())));
    const wrong = Array.from({ length: 40 }, (_, at) => String(111_111 + at)).filter(
      (code) => !right.has(code),
    );
    const statuses: number[][] = [];
    for (let round = 0; round < 3; round += 1) {
      const ticket = await ticketOf();
      const answers: Answered[] = [];
      for (const code of wrong.slice(8 * round, 8 * round + 8)) {
        answers.push(await guesser.ask('POST', '/signin/second', { ticket, code }));
      }
      statuses.push([counted(answers)[400] ?? 0, counted(answers)[429] ?? 0]);
    }
    expect(statuses).toEqual([
      [5, 3],
      [5, 3],
      [0, 8],
    ]);
    // The right code does not work either, until the time is over: nobody learns which it is.
    const ticket = await ticketOf();
    const code = appCode(person.secret, 0, clock.now().getTime());
    expect((await guesser.ask('POST', '/signin/second', { ticket, code })).status).toBe(429);
  });

  test('costs the owner nothing on a device that is known', async () => {
    const person = await withPassphrase({ served, practice }, { address: OFFICE });
    expect((await person.browser.signInByPasskey()).status).toBe(201);
    const guesser = new BrowserVisitor(served, { address: '192.0.2.62' });
    for (let round = 0; round < 3; round += 1) {
      const { ticket } = (await tries(guesser, person.email, PASSPHRASE)).json;
      for (const code of ['000000', '000001', '000002', '000003']) {
        await guesser.ask('POST', '/signin/second', { ticket, code });
      }
    }
    const { ticket } = (await tries(person.browser, person.email, PASSPHRASE)).json;
    const [code] = person.recoveryCodes;
    const offer = (browser: BrowserVisitor) => browser.ask('POST', '/signin/second', { ticket, code });
    expect((await offer(guesser)).status).toBe(429);
    expect((await offer(person.browser)).status).toBe(201);
  });
});

describe('session fixation', () => {
  test('a session that was planted before signing in is ended by it, and never carried on', async () => {
    const victim = await withPassphrase({ served, practice }, { address: OFFICE });
    const attacker = await withPassphrase({ served, practice }, { address: ATTACKER.replace('66', '67') });
    const planted = attacker.browser.token!;
    for (const [name, value] of attacker.browser.cookies) victim.browser.cookies.set(name, value);
    expect((await victim.browser.signInByPasskey()).status).toBe(201);
    expect(victim.browser.token).not.toBe(planted);
    expect((await served.ask(planted, 'GET', '/session')).status).toBe(401);
    const session = await victim.browser.ask('GET', '/session');
    expect(session.json.account).toMatchObject({ id: victim.accountId });
  });

  test('a device that was planted is replaced, and gives its planter no tries', async () => {
    const victim = await withPassphrase({ served, practice }, { address: OFFICE });
    const device = [...victim.browser.cookies.keys()].find((name) => name.endsWith('-device'));
    expect(device).toBeUndefined();
    const planted = 'A'.repeat(43);
    victim.browser.cookies.set('__Host-postern-device', planted);
    expect((await victim.browser.signInByPasskey()).status).toBe(201);
    const given = victim.browser.cookies.get('__Host-postern-device');
    expect(given).toMatch(/^[\w-]{43}$/);
    expect(given).not.toBe(planted);
    // From then on it is kept.
    expect((await victim.browser.signInByPasskey()).status).toBe(201);
    expect(victim.browser.cookies.get('__Host-postern-device')).toBe(given);
  });

  test('a page of another site signs nobody in', async () => {
    const person = await withPassphrase({ served, practice }, { address: OFFICE });
    const asked = await person.browser.ask('POST', '/signin/passkey/options', {});
    const response = person.browser.authenticator.get(asked.json.options as never);
    for (const headers of [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'postern-page': 'x' },
      { origin: 'https://care.example', 'sec-fetch-site': 'same-origin' },
    ]) {
      const told = await served.ask(null, 'POST', '/signin/passkey', {
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ response, cookie: true }),
      });
      expect([told.status, told.headers['set-cookie'], told.cookies]).toEqual([403, undefined, []]);
    }
  });
});
