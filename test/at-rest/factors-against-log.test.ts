/**
 * Ways to sign in that the owner of the database puts back, takes away or makes by hand: what verification
 * says.
 */
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { AccountId } from '../../src/base/ids.ts';
import { verifyFactors } from '../../src/ledger/index.ts';
import { appCode, withPasskey } from '../support/account-attacks.ts';
import type { BrowserVisitor } from '../support/browser-visitor.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let browser: BrowserVisitor;
let accountId: AccountId;

beforeEach(async () => {
  await served?.close();
  served = await servePractices();
  const practice = await served.makePractice();
  ({ browser, accountId } = await withPasskey({ served, practice }));
});
afterAll(() => served.close());

interface FactorRow {
  readonly factor_id: string;
  readonly kind: string;
}

const rows = async () =>
  (await served.database.owner.query<FactorRow>('select * from postern.factor order by made_at')).rows;
const idOf = async (kind: string) => (await rows()).find((row) => row.kind === kind)!.factor_id;

async function findings() {
  const report = await verifyFactors(served.database.owner);
  expect(report.sound).toBe(report.findings.length === 0);
  return report.findings;
}

/** Keeps the rows as they stand now; what it answers puts one back as it was. */
async function copied(): Promise<(id: string) => Promise<unknown>> {
  const { owner } = served.database;
  await owner.query('create table postern.copy_of_factors as select * from postern.factor');
  return (id) =>
    owner.query('insert into postern.factor select * from postern.copy_of_factors where factor_id = $1', [
      id,
    ]);
}

const PASSPHRASE = 'seven herons stand in shallow water';

/** `current` is the one that stands, where one does. */
async function setPassphrase(passphrase = PASSPHRASE, current?: string): Promise<void> {
  const set = await browser.ask('PUT', '/account/passphrase', { passphrase, current });
  expect(set.status, set.text).toBe(204);
}

async function setCodes(): Promise<void> {
  const proposed = await browser.ask('POST', '/account/totp', {});
  const { ticket, secret } = proposed.json as unknown as { ticket: string; secret: string };
  const confirmed = await browser.ask('POST', '/account/totp/confirm', {
    ticket,
    code: appCode(secret, 0),
  });
  expect(confirmed.status, confirmed.text).toBe(200);
}

const finding = (kind: string, type: string, id: string) => [{ kind, type, id, accountId }];

describe('ways in that nobody touched', () => {
  test('are as the log says: added, renamed, changed, used, removed', async () => {
    expect((await browser.makePasskey('Second')).status).toBe(201);
    const first = await idOf('passkey');
    const renamed = await browser.ask('PATCH', `/account/passkeys/${first}`, { name: 'Desk' });
    expect(renamed.status, renamed.text).toBe(200);
    await setPassphrase();
    await setPassphrase('twelve herons stand in deep water', PASSPHRASE);
    await setCodes();
    expect((await browser.ask('POST', '/account/recovery-codes', {})).status).toBe(200);
    expect(await findings()).toEqual([]);
    expect((await verifyFactors(served.database.owner)).factors).toBe(5);
    expect((await browser.ask('DELETE', `/account/passkeys/${first}`)).status).toBe(204);
    expect((await browser.ask('DELETE', '/account/passphrase')).status).toBe(204);
    expect(await findings()).toEqual([]);
    expect((await rows()).map(({ kind }) => kind)).toEqual(['passkey']);
  });

  test('end with a recovery, each with its line', async () => {
    await setPassphrase();
    const { owner, server } = served.database;
    const recovery = 'c5a1d8a2-57f4-4c9e-8a1d-0d8c3f0c5a11';
    const put = "select postern.recovery_put($1, $2, now(), now() + interval '1 day', $3)";
    await server.query(put, [accountId, recovery, Buffer.alloc(64)]);
    const back = await copied();
    const old = await idOf('passkey');
    await server.query('select postern.recovery_finish($1, $2, 1, $3)', [
      accountId,
      recovery,
      Buffer.alloc(64),
    ]);
    expect(await rows()).toEqual([]);
    expect(await findings()).toEqual([]);
    const { rows: lines } = await owner.query(
      "select entries from postern.access_line where action = 'factor-remove' and purpose = 'recovery'",
    );
    expect(lines).toHaveLength(1);
    await back(old);
    expect(await findings()).toEqual(finding('returned', 'Passkey', old));
  });
});

describe('the owner of the database is found out who', () => {
  test('puts a passkey back that was removed, though it signs in', async () => {
    const old = await idOf('passkey');
    expect((await browser.makePasskey('New')).status).toBe(201);
    const back = await copied();
    expect((await browser.ask('DELETE', `/account/passkeys/${old}`)).status).toBe(204);
    await back(old);
    expect(await findings()).toEqual(finding('returned', 'Passkey', old));
  });

  test('puts a passphrase back in place of the one that followed it', async () => {
    await setPassphrase();
    const old = await idOf('passphrase');
    const back = await copied();
    await setPassphrase('twelve herons stand in deep water', PASSPHRASE);
    const changed = await idOf('passphrase');
    await served.database.owner.query('delete from postern.factor where factor_id = $1', [changed]);
    await back(old);
    expect(await findings()).toEqual([
      ...finding('missing', 'Passphrase', changed),
      ...finding('returned', 'Passphrase', old),
    ]);
  });

  test('puts an authenticator app and its recovery codes back after they were removed', async () => {
    await setPassphrase();
    await setCodes();
    const [app, codes] = [await idOf('totp'), await idOf('recovery-codes')];
    const back = await copied();
    expect((await browser.ask('DELETE', '/account/passphrase')).status).toBe(204);
    expect(await findings()).toEqual([]);
    await back(app);
    await back(codes);
    expect(await findings()).toEqual([
      ...finding('returned', 'CodeApp', app),
      ...finding('returned', 'RecoveryCodes', codes),
    ]);
  });

  test('takes one away, or gives it another account or name', async () => {
    const id = await idOf('passkey');
    const other = '7f5a3c1e-7c0e-4f58-9b43-7d1e5f0a9c21';
    const { owner } = served.database;
    await owner.query('update postern.factor set account_id = $2 where factor_id = $1', [id, other]);
    expect(await findings()).toEqual([
      ...finding('missing', 'Passkey', id),
      { kind: 'unexplained', type: 'Passkey', id, accountId: other },
    ]);
    await owner.query('delete from postern.factor');
    expect(await findings()).toEqual(finding('missing', 'Passkey', id));
  });
});

test('a change whose line is refused is none', async () => {
  const before = await rows();
  await served.database.owner.query(
    "alter table postern.access_line add check (action not in ('factor-add', 'factor-remove')) not valid",
  );
  expect((await browser.makePasskey('Second')).status).toBeGreaterThanOrEqual(400);
  const set = await browser.ask('PUT', '/account/passphrase', { passphrase: PASSPHRASE });
  expect(set.status).toBeGreaterThanOrEqual(400);
  expect(await rows()).toEqual(before);
});
