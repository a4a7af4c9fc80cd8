/** What SQL that is run as the server's role does with the gate's functions, without the process. */
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GatedPractice, openGatedPractice } from '../../test/support/gated-practice.ts';
import { type AccountId, type ChartId, newId } from '../base/ids.ts';
import { connectionSettings, inSession } from '../db/index.ts';
import { secretTokenHash } from '../seal/index.ts';
import type { Visit } from './index.ts';

let practice: GatedPractice;
const chartId = newId<ChartId>();
beforeAll(async () => {
  practice = await openGatedPractice();
});
afterAll(() => practice.close());

describe('a session', () => {
  const lineOf = (hash: string, account_id: AccountId, id = newId()) =>
    JSON.stringify([
      { id, session_hash: hash, account_id, purpose: 'sign-in', action: 'read', outcome: 'ok', entries: [] },
    ]);
  const write = (line: string) =>
    practice.database.server.query('select t as id from postern.ledger_append_lines($1, $2) t', [
      practice.practiceId,
      line,
    ]);

  test('that we opened lets its account write lines', async () => {
    const { accountId, token } = await practice.person({ role: 'doctor' });
    expect((await write(lineOf(secretTokenHash(token), accountId))).rowCount).toBe(1);
  });

  test('is not opened with SQL, so that no line can be written in the name of another', async () => {
    const { server } = practice.database;
    const { accountId: victim } = await practice.person({ role: 'doctor' });
    const session = createHash('sha256').update('made up').digest('hex');
    const payload = JSON.stringify({
      practice: practice.practiceId,
      session,
      account: victim,
      system: null,
      purpose: 'sign-in',
      client: null,
      expires: Math.floor(Date.now() / 1000) + 3600,
      mac: '',
    });
    for (const signature of [null, Buffer.alloc(0), Buffer.alloc(32), randomBytes(32)]) {
      const opened = server.query('select postern.session_open($1, $2)', [payload, signature]);
      await expect(opened).rejects.toMatchObject({ code: '42501' });
    }
    expect((await write(lineOf(session, victim))).rowCount).toBe(0);
  });

  test('is not opened by what was signed as a reach or as a ticket', async () => {
    const signer = await practice.keychain.reachSigner();
    const payload = JSON.stringify({ practice: practice.practiceId, session: '00'.repeat(32) });
    for (const signed of [payload, `ledger/${payload}`]) {
      const opened = practice.database.server.query('select postern.session_open($1, $2)', [
        payload,
        signer.sign(signed),
      ]);
      await expect(opened).rejects.toMatchObject({ code: '42501' });
    }
  });
});

describe('the list of grants', () => {
  const seen = async (visit: Visit, account: AccountId | null = null) => {
    const { rows } = await inSession(practice.database.server, visit.scope.handle, (tx) =>
      tx.query<{ account_id: AccountId }>('select g.account_id from postern.grant_list($1, $2, null) g', [
        practice.practiceId,
        account,
      ]),
    );
    return new Set(rows.map(({ account_id }) => account_id));
  };

  test('shows a session its own grants, and all of them to who administers or sees lines', async () => {
    const nurse = await practice.visitor({ role: 'nurse' });
    const patient = await practice.visitor({ role: 'patient', chartId });
    const everybody = [nurse.scope.accountId, patient.scope.accountId];
    for (const role of ['owner', 'privacy-officer'] as const) {
      const reviewer = await practice.visitor({ role });
      expect([...(await seen(reviewer))]).toEqual(expect.arrayContaining(everybody));
    }
    expect(await seen(nurse)).toEqual(new Set([nurse.scope.accountId]));
    expect(await seen(nurse, patient.scope.accountId)).toEqual(new Set());
  });

  test('shows who shares a chart the grants on it, and those alone', async () => {
    const here = newId<ChartId>();
    const patient = await practice.visitor({ role: 'patient', chartId: here });
    const proxy = await practice.visitor({ role: 'proxy', chartId: here });
    const client = await practice.visitor({ role: 'client', chartId: here });
    await practice.visitor({ role: 'proxy', chartId: newId<ChartId>() });
    const onChart = new Set([patient, proxy, client].map(({ scope }) => scope.accountId));
    for (const sharer of [patient, proxy]) expect(await seen(sharer)).toEqual(onChart);
    expect(await seen(client), 'who may not share').toEqual(new Set([client.scope.accountId]));
  });
});

test('a notice that reach has changed names no account, no practice and no session', async () => {
  const heard: string[] = [];
  const listener = new pg.Client(connectionSettings(practice.database.serverConnection, 0));
  await listener.connect();
  listener.on('notification', ({ payload }) => heard.push(payload!));
  await listener.query('listen postern_reach');
  const { accountId, token } = await practice.person({ role: 'nurse' });
  await practice.gate.admit(token, null);
  await practice.give(accountId, { role: 'nurse' });
  await practice.gate.endSession(token);
  while (!heard.includes(secretTokenHash(secretTokenHash(token)))) await delay(5);
  await listener.end();
  for (const payload of heard) expect(payload).toMatch(/^[0-9a-f]{64}$/);
  const all = heard.join();
  for (const told of [accountId, practice.practiceId, secretTokenHash(token)])
    expect(all).not.toContain(told);
});
