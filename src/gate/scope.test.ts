/** That a scope cannot be made, widened, or written out anywhere but in the gate. */
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type GatedPractice, type Held, openGatedPractice } from '../../test/support/gated-practice.ts';
import { type AccountId, type ChartId, newId } from '../base/ids.ts';
import { ACTIONS } from '../base/section.ts';
import { isScope } from './index.ts';
import { Scope, type ScopeParts } from './scope.ts';

let practice: GatedPractice;
const chartId = newId<ChartId>();
beforeAll(async () => {
  practice = await openGatedPractice();
});
afterAll(() => practice.close());

describe('a scope', () => {
  test('is made by the gate alone: not by constructor, subclass, copy or imitation', async () => {
    const { scope } = await practice.visitor({ role: 'patient', chartId });
    class Wider extends Scope {
      override allows(): boolean {
        return true;
      }
    }
    expect(isScope(scope)).toBe(true);
    expect(() => new Scope({} as ScopeParts)).toThrow('only the gate mints scopes');
    expect(() => new Wider({} as ScopeParts)).toThrow('only the gate mints scopes');
    const imitations = [
      { ...scope, allows: () => true },
      Object.create(scope) as object,
      Object.create(Scope.prototype) as object,
      new Proxy(scope, {}),
      JSON.parse(JSON.stringify({ scope })) as object,
      null,
      'scope',
    ];
    for (const imitation of imitations) expect(isScope(imitation)).toBe(false);
    expect(() =>
      (Object.create(Scope.prototype) as Scope).allows('read', 'clinical', chartId, null),
    ).toThrow();
    expect(() => structuredClone(scope)).not.toThrow();
    expect(isScope(structuredClone(scope))).toBe(false);
  });

  test('cannot be changed', async () => {
    const { scope } = await practice.visitor({ role: 'patient', chartId });
    expect(() => Object.assign(scope, { system: true })).toThrow(TypeError);
    expect(() => Object.assign(scope, { accountId: newId() })).toThrow(TypeError);
    expect(() => Object.defineProperty(scope, 'allows', { value: () => true })).toThrow(TypeError);
    (scope.reachable('read').pairs as Map<ChartId, number>).set(newId<ChartId>(), 127);
    expect(scope.reachable('read').pairs.size).toBe(1);
  });

  test('shows nothing of itself when it is printed or serialised', async () => {
    const visit = await practice.visitor({ role: 'patient', chartId });
    for (const text of [
      inspect(visit, { depth: 9, showHidden: true }),
      JSON.stringify(visit),
      `${visit.scope}`,
      inspect(visit.scope.keys),
    ]) {
      expect(text).not.toContain(visit.scope.sessionHash);
      expect(text).not.toContain(chartId);
    }
  });

  test('lets nobody read or open a canary', async () => {
    const { scope } = await practice.visitor(
      { role: 'owner' },
      { role: 'psychiatrist' },
      { role: 'patient', chartId },
      { role: 'privacy-officer' },
    );
    for (const action of ACTIONS) expect(scope.allows(action, 'canary', chartId, null)).toBe(false);
    await practice.gate.asJob(practice.practiceId, 'system-import', 'test', async (visit) => {
      expect(visit.scope.allows('write', 'canary', chartId, null)).toBe(true);
      expect(visit.scope.allows('read', 'canary', chartId, null)).toBe(false);
      expect(visit.scope.allows('open', 'canary', chartId, null)).toBe(false);
    });
  });
});

describe('psychotherapy notes', () => {
  test('are their author’s alone, by row policy and key ring, among psychiatrists too', async () => {
    const author = await practice.person({ role: 'psychiatrist' });
    const note = await practice.record({ section: 'psychotherapy', chartId, author: author.accountId });
    const mine = (await practice.gate.admit(author.token, null))!;
    expect(mine.scope.keys.open(note)?.bytes().toString()).toBe('{"note":"heron"}');
    expect(await practice.sees(mine, note)).toBe(true);
    for (const role of ['psychiatrist', 'doctor', 'owner', 'nurse'] as const) {
      const visit = await practice.visitor({ role });
      expect(visit.scope.keys.open(note)).toBeNull();
      expect(await practice.sees(visit, note)).toBe(false);
    }
    const patient = await practice.visitor({ role: 'patient', chartId });
    expect(patient.scope.keys.open(note)).toBeNull();
    expect(await practice.sees(patient, note)).toBe(false);
  });

  test('are closed to their author who is a psychiatrist no more', async () => {
    const author = await practice.person({ role: 'doctor' });
    const note = await practice.record({ section: 'psychotherapy', chartId, author: author.accountId });
    const visit = (await practice.gate.admit(author.token, null))!;
    expect(visit.scope.keys.open(note)).toBeNull();
    expect(await practice.sees(visit, note)).toBe(false);
  });
});

describe('access lines', () => {
  const canSee = async (...held: readonly Held[]) => {
    const { scope } = await practice.visitor(...held);
    const { rows } = await practice.database.owner.query<{ keys: string[] }>(
      'select keys from postern.reach where session_hash = $1',
      [Buffer.from(scope.sessionHash, 'hex')],
    );
    const lines = rows[0]!.keys.filter((key) => key.startsWith('l/'));
    expect(scope.seesLines).toBe(lines.includes(`l/${practice.practiceId}`));
    return lines;
  };

  test('of a practice are seen by the privacy officer, who sees no chart', async () => {
    expect(await canSee({ role: 'privacy-officer' })).toEqual([`l/${practice.practiceId}`]);
    const { scope } = await practice.visitor({ role: 'privacy-officer' });
    expect(scope.allows('read', 'administrative', chartId, null)).toBe(false);
  });

  test('of a chart are seen by the patient and by a proxy to whom no section is closed', async () => {
    expect(await canSee({ role: 'patient', chartId })).toEqual([`l/${chartId}`]);
    expect(await canSee({ role: 'proxy', chartId, sections: 127 })).toEqual([`l/${chartId}`]);
    expect(await canSee({ role: 'proxy', chartId })).toEqual([]);
    expect(await canSee({ role: 'doctor' })).toEqual([]);
  });
});

describe('a job', () => {
  test('of the system has its role’s rights, and none when it is over', async () => {
    const scope = await practice.gate.asJob(practice.practiceId, 'system-setup', 'test', async (visit) => {
      expect(visit.scope.system).toBe(true);
      expect(visit.scope.allows('administer', 'practice', null, null)).toBe(true);
      expect(visit.scope.allows('read', 'administrative', chartId, null)).toBe(false);
      return visit.scope;
    });
    expect(scope.ended).toBe(true);
    expect(await practice.gate.renew(scope)).toBeNull();
  });

  test('that fails ends as well', async () => {
    let kept: Scope | undefined;
    const failing = practice.gate.asJob(practice.practiceId, 'system-import', 'test', async ({ scope }) => {
      kept = scope;
      throw new Error('out of paper');
    });
    await expect(failing).rejects.toThrow('out of paper');
    expect(kept!.ended).toBe(true);
  });

  test('on behalf of a person has the grants of that person, and ends with the session', async () => {
    const { token } = await practice.person({ role: 'patient', chartId });
    const visit = (await practice.gate.admit(token, null))!;
    await practice.gate.jobFrom(visit, async ({ scope }) => {
      expect(scope.allows('read', 'clinical', chartId, null)).toBe(true);
      await practice.gate.endSession(token);
      expect(scope.ended).toBe(true);
    });
    await expect(practice.gate.jobFrom(visit, async () => undefined)).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });
});

describe('accounts', () => {
  test('are found by any spelling of their address, and sealed in the database', async () => {
    const { accounts } = practice.gate;
    const accountId = await accounts.createAccount({ email: ' Ana.Ruiz@Example.ORG ', name: 'Ana Ruiz' });
    expect(await accounts.findAccount('ana.ruiz@example.org')).toBe(accountId);
    expect(await accounts.findAccount('ana@example.org')).toBeNull();
    expect(await accounts.describeAccount(accountId)).toEqual({
      accountId,
      email: 'ana.ruiz@example.org',
      name: 'Ana Ruiz',
      language: null,
      disabled: false,
    });
    expect(await accounts.describeAccount(newId<AccountId>())).toBeNull();
    await expect(accounts.createAccount({ email: 'ANA.RUIZ@example.org', name: 'X' })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(accounts.createAccount({ email: 'ana', name: 'X' })).rejects.toMatchObject({
      code: 'invalid',
    });
    const { rows } = await practice.database.owner.query<{ row: string }>(
      "select encode(a.sealed, 'escape') || a::text as row from postern.account a",
    );
    for (const { row } of rows) expect(row.toLowerCase()).not.toMatch(/ruiz|example\.org/);
  });

  test('sign in by a code that works once and within its time', async () => {
    const { accounts } = practice.gate;
    const { accountId } = await practice.person();
    const code = await accounts.signinCode(accountId, 60);
    expect(await accounts.takeSigninCode(`${code}x`)).toBeNull();
    expect(await accounts.takeSigninCode(code)).toMatchObject({ accountId, secondsLeft: 60 });
    expect(await accounts.takeSigninCode(code)).toBeNull();
    const late = await accounts.signinCode(accountId, 60);
    await practice.database.owner.query(
      "update postern.signin_code set expires_at = now() - interval '1 second'",
    );
    expect(await accounts.takeSigninCode(late)).toBeNull();
  });
});
