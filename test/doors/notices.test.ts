/** What the owner of an account is told by mail, since it may be somebody else who did it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PracticeId } from '../../src/base/ids.ts';
import { PASSPHRASE, withPasskey } from '../support/account-attacks.ts';
import { BrowserVisitor } from '../support/browser-visitor.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
});
afterAll(() => served.close());

/** Kinds of the mails that were put in since the last time, in their order. */
async function mails(): Promise<string[]> {
  const { rows } = await served.database.owner.query<{ kind: string }>(
    'delete from postern.mail returning kind, made_at',
  );
  return rows.map(({ kind }) => kind).sort();
}

test('a device that is new, once; and nothing of one that is known', async () => {
  const { browser } = await withPasskey({ served, practice });
  await mails();
  await browser.signInByPasskey();
  expect(await mails()).toEqual(['new-device']);
  await browser.signInByPasskey();
  expect(await mails()).toEqual([]);
  const other = new BrowserVisitor(served);
  other.authenticator.passkeys.push(...browser.authenticator.passkeys);
  await other.signInByPasskey();
  expect(await mails()).toEqual(['new-device']);
  await other.signInByPasskey({ userVerified: false });
  expect(await mails()).toEqual([]);
});

test('factors that came and went, and none that stayed as they were', async () => {
  const { browser, passkey } = await withPasskey({ served, practice });
  expect(await mails()).toEqual(['factor-added']);
  await browser.ask('DELETE', `/account/passkeys/${passkey}`);
  await browser.makePasskey('Forged', { userVerified: false });
  await browser.ask('PUT', '/account/passphrase', { passphrase: 'short' });
  expect(await mails()).toEqual([]);
  await browser.makePasskey('Another');
  await browser.ask('DELETE', `/account/passkeys/${passkey}`);
  await browser.ask('PUT', '/account/passphrase', { passphrase: PASSPHRASE });
  expect(await mails()).toEqual(['factor-added', 'factor-added', 'factor-removed']);
});
