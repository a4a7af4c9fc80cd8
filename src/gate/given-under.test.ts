/** What a proxy gave ends with the grant that let him give it, and with the one that let that be given. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GatedPractice, openGatedPractice } from '../../test/support/gated-practice.ts';
import { type AccountId, type ChartId, type GrantId, newId } from '../base/ids.ts';
import { maskOf, type SectionMask } from '../base/section.ts';
import { endingWith, type StandingGrant } from './grant-rules.ts';
import type { NewGrant, Visit } from './index.ts';

let practice: GatedPractice;
let chartId: ChartId;
beforeAll(async () => {
  practice = await openGatedPractice();
  chartId = newId<ChartId>();
});
afterAll(() => practice.close());

const CLINICAL = maskOf('clinical');
const FINANCIAL = maskOf('financial');

const proxyFor = (accountId: AccountId, sections: SectionMask): NewGrant => ({
  accountId,
  role: 'proxy',
  chartId,
  sections,
  startsAt: new Date(),
  endsAt: null,
  reason: null,
});

interface Proxy {
  readonly accountId: AccountId;
  readonly token: string;
  readonly grantId: GrantId;
}

async function proxyOf(giver: Visit, sections = CLINICAL): Promise<Proxy> {
  const { accountId, token } = await practice.person();
  const grantId = await practice.gate.grant(giver, proxyFor(accountId, sections));
  return { accountId, token, grantId };
}

const visitOf = async ({ token }: { token: string }) => (await practice.gate.admit(token, null))!;

const reads = async (person: { token: string }, section: 'clinical' | 'financial' = 'clinical') =>
  (await visitOf(person)).scope.allows('read', section, chartId, null);

test('a grant that is ended takes with it what was given under it, however far', async () => {
  const patient = await practice.visitor({ role: 'patient', chartId });
  const first = await proxyOf(patient);
  const second = await proxyOf(await visitOf(first));
  const third = await proxyOf(await visitOf(second));
  const beside = await proxyOf(patient);
  const [atWork, record] = [await visitOf(third), await practice.record({ section: 'clinical', chartId })];
  expect(await practice.sees(atWork, record)).toBe(true);
  expect(atWork.scope.keys.open(record)).not.toBeNull();

  expect(await practice.gate.endGrant(patient, first.grantId)).toBe(true);
  expect(await practice.sees(atWork, record)).toBe(false);
  for (const person of [first, second, third]) {
    await practice.gate.renew((await visitOf(person)).scope);
    expect(await reads(person)).toBe(false);
  }
  expect(await reads(beside)).toBe(true);
  expect(await practice.gate.endGrant(patient, third.grantId)).toBe(false);
});

test('one access line names all that ended, and whose they were', async () => {
  const patient = await practice.visitor({ role: 'patient', chartId });
  const first = await proxyOf(patient);
  const second = await proxyOf(await visitOf(first));
  await practice.gate.endGrant(patient, first.grantId);
  const { rows } = await practice.database.owner.query<{ entries: unknown }>(
    "select l.entries from postern.access_line l where l.action = 'end-grant' and l.account_id = $1",
    [patient.scope.accountId],
  );
  // Both began in the same second, so either may come first.
  const ended = [first, second].flatMap(({ grantId, accountId }) => [
    [chartId, 'Grant', grantId, null],
    [chartId, 'Account', accountId, null],
  ]);
  expect(rows).toEqual([{ entries: expect.arrayContaining(ended) }]);
  expect(rows[0]!.entries).toHaveLength(4);
});

test('a grant rests on as few of the giver as let him give it, and stands while those do', async () => {
  const patient = await practice.visitor({ role: 'patient', chartId });
  const { accountId, token } = await practice.person();
  const give = (sections: SectionMask) => practice.gate.grant(patient, proxyFor(accountId, sections));
  const [clinical, both, financial] = [
    await give(CLINICAL),
    await give(CLINICAL | FINANCIAL),
    await give(FINANCIAL),
  ];
  const under = await proxyOf(await visitOf({ token }), CLINICAL | FINANCIAL);
  await practice.gate.endGrant(patient, clinical);
  await practice.gate.endGrant(patient, financial);
  expect(await reads(under)).toBe(true);
  await practice.gate.endGrant(patient, both);
  await practice.gate.renew((await visitOf(under)).scope);
  expect(await reads(under)).toBe(false);
});

test('what needed two grants ends with either', async () => {
  const patient = await practice.visitor({ role: 'patient', chartId });
  const giver = await proxyOf(patient, CLINICAL);
  const other = await practice.gate.grant(patient, proxyFor(giver.accountId, FINANCIAL));
  const under = await proxyOf(await visitOf(giver), CLINICAL | FINANCIAL);
  expect(await reads(under, 'financial')).toBe(true);
  await practice.gate.endGrant(patient, other);
  await practice.gate.renew((await visitOf(under)).scope);
  expect([await reads(under, 'clinical'), await reads(under, 'financial')]).toEqual([false, false]);
});

test('what an administrator gave does not end with his own', async () => {
  const { accountId, token } = await practice.person({ role: 'owner' }, { role: 'proxy', chartId });
  const under = await proxyOf(await visitOf({ token }));
  await practice.gate.asJob(practice.practiceId, 'system-setup', 'test', async (visit) => {
    for (const { grantId, endedAt } of await practice.gate.grantsOf(visit, accountId)) {
      if (endedAt === null) await practice.gate.endGrant(visit, grantId);
    }
  });
  expect(await reads(under)).toBe(true);
});

test('what is given while the grant it rests on is being ended does not survive it', async () => {
  for (let round = 0; round < (process.env.SLOW === '1' ? 100 : 10); round += 1) {
    const patient = await practice.visitor({ role: 'patient', chartId });
    const giver = await proxyOf(patient);
    const visit = await visitOf(giver);
    const { accountId, token } = await practice.person();
    await Promise.all([
      practice.gate.endGrant(patient, giver.grantId),
      practice.gate.grant(visit, proxyFor(accountId, CLINICAL)).catch((error) => error.code),
    ]);
    await practice.gate.renew((await visitOf({ token })).scope);
    expect(await reads({ token })).toBe(false);
  }
});

test('the database ends none without those given under it, nor takes one under an ended one', async () => {
  const patient = await practice.visitor({ role: 'patient', chartId });
  const giver = await proxyOf(patient);
  await proxyOf(await visitOf(giver));
  const end = 'select postern.grants_end($1, $2, $3)';
  const alone = [practice.practiceId, [giver.grantId], giver.accountId];
  await expect(practice.database.server.query(end, alone)).rejects.toMatchObject({ code: 'PT001' });
  await practice.gate.endGrant(patient, giver.grantId);
  const put = `select postern.grant_put($1, $2, $3, 'proxy', $4, 4, now(), null, $3, $5, null, '')`;
  const late = [practice.practiceId, newId(), giver.accountId, chartId, [giver.grantId]];
  await expect(practice.database.server.query(put, late)).rejects.toMatchObject({ code: 'PT001' });
});

test('a circle of grants, which nobody can give, would end all the same', () => {
  const [a, b] = [newId<GrantId>(), newId<GrantId>()];
  const grant = (grantId: GrantId, under: GrantId): StandingGrant => ({
    grantId,
    role: 'proxy',
    chartId,
    sections: CLINICAL,
    startsAt: new Date(0),
    endsAt: null,
    givenUnder: [under],
    endedAt: null,
  });
  expect(endingWith(a, [grant(a, b), grant(b, a)])).toEqual([a, b]);
});
