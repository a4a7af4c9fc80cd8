/**
 * Whether an address has an account here is nobody's to find out: at every door that takes one, known and
 * unknown are the same answer and the same work, to the statement, so that no clock tells them apart.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, type PracticeId } from '../../src/base/ids.ts';
import { withPasskey, withPassphrase } from '../support/account-attacks.ts';
import { type Answered, type ServedPractices, servePractices } from '../support/served-practices.ts';
import { type StatementTap, tapStatements } from '../support/statement-tap.ts';

let served: ServedPractices;
let practice: PracticeId;
let tap: StatementTap;
const addresses = new Map<string, string>();
beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  addresses.set('with a passphrase', (await withPassphrase({ served, practice })).email);
  const { accountId } = await withPasskey({ served, practice });
  addresses.set('with a passkey', (await served.gate.accounts.describeAccount(accountId))!.email);
  const disabled = await withPassphrase({ served, practice });
  await served.database.owner.query(
    'update postern.account set disabled_at = clock_timestamp() where account_id = $1',
    [disabled.accountId],
  );
  addresses.set('disabled', disabled.email);
  tap = tapStatements();
});
afterAll(async () => {
  tap.close();
  await served.close();
});

let networks = 0;
async function ask(target: string, body: object): Promise<{ answer: Answered; asked: string[] }> {
  networks += 1;
  tap.take();
  const answer = await served.ask(null, 'POST', target, {
    address: `198.51.100.${networks}`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  // Lines are written by many at once, and who writes them is not told by when.
  return { answer, asked: tap.take().sort() };
}

const DOORS: readonly (readonly [string, (email: string) => object])[] = [
  ['/signin/passphrase', (email) => ({ email, passphrase: 'not the one that it is' })],
  ['/recovery', (email) => ({ email })],
  ['/recovery/finish', (email) => ({ email, code: '0000-0000-0000' })],
];

test.each(DOORS)('POST %s answers and works alike for every address', async (target, bodyOf) => {
  // What is done the first time alone is done.
  await ask(target, bodyOf(`${newId()}@mail.example`));
  const unknown = await ask(target, bodyOf(`${newId()}@mail.example`));
  for (const [kind, email] of addresses) {
    const known = await ask(target, bodyOf(email));
    const { status, headers, text } = known.answer;
    expect([kind, status, headers, text]).toEqual([
      ...[kind, unknown.answer.status, unknown.answer.headers],
      unknown.answer.text,
    ]);
    expect([kind, known.asked]).toEqual([kind, unknown.asked]);
  }
});
