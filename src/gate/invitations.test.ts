/** Who may ask whom into a practice, and that a code gives what was promised to one person, once. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type GatedPractice, openGatedPractice } from '../../test/support/gated-practice.ts';
import { type AccountId, type ChartId, newId } from '../base/ids.ts';
import { newSpokenCode } from '../base/spoken-code.ts';
import type { FoundInvitation, NewInvitation, RoleName, Visit } from './index.ts';

const HOURS = 3600;
/** It takes the time for so many seconds later than it is. */
let later = 0;
const clock = { now: () => new Date(Date.now() + later * 1000) };
let practice: GatedPractice;
let chartId: ChartId;
let desk: Visit;
let owner: Visit;
beforeAll(async () => {
  practice = await openGatedPractice({ clock });
});
afterAll(() => practice.close());
beforeEach(async () => {
  later = 0;
  chartId = newId<ChartId>();
  [desk, owner] = [await practice.visitor({ role: 'front-desk' }), await practice.visitor({ role: 'owner' })];
});

const asked = (more: Partial<NewInvitation> = {}): NewInvitation => ({
  role: 'patient',
  chartId,
  given: [{ sections: null, endsAt: null }],
  way: 'mail',
  name: 'cnry-Sam Rivers',
  email: 'cnry-sam@mail.example',
  birthDate: '1951-03-04',
  language: null,
  ...more,
});
const staff = (role: RoleName): NewInvitation => asked({ role, chartId: null, birthDate: null });

async function invite(visit: Visit, more: NewInvitation = asked()) {
  let code = '';
  const invitation = await practice.gate.invitations.make(visit, more, async (_, made) => {
    code = made.code;
  });
  return { ...invitation, code };
}

const found = async (code: string) => (await practice.gate.invitations.byCode(code))!;
const account = () =>
  practice.gate.accounts.createAccount({ email: `${newId()}@hillside.example`, name: 'Sam' });

async function reads(accountId: AccountId, section: 'clinical' | 'sensitive' = 'clinical'): Promise<boolean> {
  const visit = await practice.gate.admit(await practice.session(accountId), null);
  return visit!.scope.allows('read', section, chartId, null);
}

const linesOf = async (invitationId: string) => {
  const { rows } = await practice.database.owner.query<{ action: string; outcome: string }>(
    `select l.action, l.outcome
     from postern.access_line l
     where l.entries::text like '%' || $1 || '%'
     order by l.at, l.id`,
    [invitationId],
  );
  return rows.map(({ action, outcome }) => `${action} ${outcome}`);
};

test('a code gives what was promised, to one account, and each step is a line', async () => {
  const { code, invitationId } = await invite(desk);
  const promised = await found(` ${code.toLowerCase().replaceAll('-', ' ')} `);
  expect(promised).toMatchObject({ practiceId: practice.practiceId, mailed: true, triesLeft: 5 });
  expect(await practice.gate.invitations.checkProof(promised, '1951-03-04')).toBe(true);
  const [sam, other] = [await account(), await account()];
  await practice.gate.invitations.give(promised, sam);
  expect([await reads(sam), await reads(other)]).toEqual([true, false]);
  await expect(practice.gate.invitations.give(promised, other)).rejects.toMatchObject({ code: 'invalid' });
  const again = await found(code);
  expect(again.accountId).toBe(sam);
  await expect(practice.gate.invitations.give(again, other)).rejects.toMatchObject({ code: 'invalid' });
  await practice.gate.invitations.give(again, sam);
  await practice.gate.invitations.use(again);
  expect(await found(code)).toBeNull();
  expect(await reads(other)).toBe(false);
  const { rows } = await practice.database.owner.query(
    'select from postern.access_grant g where g.account_id = $1',
    [sam],
  );
  expect(rows).toHaveLength(1);
  expect(await linesOf(invitationId)).toEqual(['invite ok', 'invite-used ok', 'invite-used ok']);
});

test('of many who bring one code at once, one is let in', async () => {
  const { code } = await invite(desk);
  const accounts = await Promise.all(Array.from({ length: 8 }, account));
  const promised = await Promise.all(accounts.map(() => found(code)));
  const given = await Promise.allSettled(
    accounts.map((each, at) => practice.gate.invitations.give(promised[at]!, each)),
  );
  expect(given.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const open = await Promise.all(accounts.map((each) => reads(each)));
  expect(open.filter(Boolean)).toHaveLength(1);
});

test('five wrong dates end it, however many are tried at once', async () => {
  const { code, invitationId } = await invite(desk);
  const promised = await found(code);
  const { invitations } = practice.gate;
  const guesses = Array.from({ length: 40 }, (_, day) => `1951-01-${String(day).padStart(2, '0')}`);
  const answers = await Promise.allSettled(guesses.map((date) => invitations.checkProof(promised, date)));
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  expect(await found(code)).toBeNull();
  await expect(invitations.checkProof(promised, '1951-03-04')).rejects.toMatchObject({ code: 'invalid' });
  await expect(invitations.give(promised, await account())).rejects.toMatchObject({ code: 'invalid' });
  const [listed] = await invitations.list(desk);
  expect(listed).toMatchObject({ invitationId, state: 'ended' });
  expect((await linesOf(invitationId)).filter((line) => line === 'invite-failed refused')).toHaveLength(5);
});

test('four wrong dates and a right one do not', async () => {
  const { code } = await invite(desk);
  const { invitations } = practice.gate;
  for (let count = 0; count < 4; count += 1) {
    expect(await invitations.checkProof(await found(code), '1951-03-05')).toBe(false);
  }
  expect((await found(code)).triesLeft).toBe(1);
  expect(await invitations.checkProof(await found(code), '1951-03-04')).toBe(true);
  const sam = await account();
  await invitations.give(await found(code), sam);
  expect(await found(code)).toMatchObject({ accountId: sam, triesLeft: 5 });
});

test.each([
  ['mail', 72],
  ['letter', 14 * 24],
] as const)('a code by %s works for %i hours', async (way, hours) => {
  const { code } = await invite(desk, asked({ way }));
  later = hours * HOURS - 60;
  expect(await found(code)).not.toBeNull();
  later = hours * HOURS + 1;
  expect(await found(code)).toBeNull();
  const session = await practice.session(desk.scope.accountId, 30 * 24 * HOURS);
  const [listed] = await practice.gate.invitations.list((await practice.gate.admit(session, null))!);
  expect(listed?.state).toBe('expired');
});

describe('who invites', () => {
  const MAY: readonly [RoleName, RoleName, boolean][] = [
    ['front-desk', 'patient', true],
    ['front-desk', 'parent', true],
    ['front-desk', 'proxy', true],
    ['front-desk', 'nurse', false],
    ['front-desk', 'owner', false],
    ['front-desk', 'privacy-officer', false],
    ['owner', 'doctor', true],
    ['owner', 'patient', true],
    ['owner', 'break-glass', false],
    ['owner', 'client', false],
    ['doctor', 'patient', false],
    ['billing', 'patient', false],
    ['privacy-officer', 'patient', false],
    ['partner', 'patient', false],
  ];
  test.each(MAY)('%s to %s: %s', async (inviter, role, may) => {
    const visit = await practice.visitor({ role: inviter });
    const spans = ['patient', 'parent', 'proxy', 'break-glass', 'client'].includes(role);
    const tried = invite(visit, spans ? asked({ role }) : staff(role));
    if (may) expect((await tried).state).toBe('open');
    else await expect(tried).rejects.toMatchObject({ code: 'not-found' });
  });

  test('a patient invites nobody, and sees and ends no invitation', async () => {
    const patient = await practice.visitor({ role: 'patient', chartId });
    const { invitationId } = await invite(desk);
    const { invitations } = practice.gate;
    const refused = [
      () => invite(patient),
      () => invitations.list(patient),
      () => invitations.find(patient, invitationId),
      () => invitations.end(patient, invitationId),
    ];
    for (const each of refused) await expect(each()).rejects.toMatchObject({ code: 'not-found' });
  });

  test('the front desk sees that the owner invites staff, and cannot end or print it', async () => {
    const { invitationId } = await invite(owner, staff('doctor'));
    const { invitations } = practice.gate;
    expect((await invitations.list(desk)).map((each) => each.invitationId)).toContain(invitationId);
    expect(await invitations.find(desk, invitationId)).toBeNull();
    expect(await invitations.end(desk, invitationId)).toBe(false);
    expect(await invitations.end(owner, invitationId)).toBe(true);
  });

  test('an invitation that is taken back works no more, and is no letter to print', async () => {
    const { code, invitationId } = await invite(desk, asked({ way: 'letter' }));
    const { invitations } = practice.gate;
    expect((await invitations.find(desk, invitationId))?.content.code).toBe(code);
    const promised = await found(code);
    expect(await invitations.end(desk, invitationId)).toBe(true);
    expect([await found(code), await invitations.find(desk, invitationId)]).toEqual([null, null]);
    expect(await invitations.end(desk, invitationId)).toBe(false);
    await expect(invitations.give(promised, await account())).rejects.toMatchObject({ code: 'invalid' });
  });

  test('an invitation ends with the role of whoever made it', async () => {
    const { accountId, token } = await practice.person({ role: 'front-desk' });
    const visit = (await practice.gate.admit(token, null))!;
    const { code, invitationId } = await invite(visit);
    const promised = await found(code);
    await practice.gate.asJob(practice.practiceId, 'system-setup', 'test', async (job) => {
      for (const grant of await practice.gate.grantsOf(job, accountId)) {
        await practice.gate.endGrant(job, grant.grantId);
      }
    });
    expect(await found(code)).toBeNull();
    const sam = await account();
    await expect(practice.gate.invitations.give(promised, sam)).rejects.toMatchObject({ code: 'invalid' });
    expect(await reads(sam)).toBe(false);
    const listed = await practice.gate.invitations.list(desk);
    expect(listed.find((each) => each.invitationId === invitationId)?.state).toBe('ended');
  });

  test('an invitation by the operator stands by itself', async () => {
    const code = await practice.gate.asJob(practice.practiceId, 'system-setup', 'test', async (job) => {
      const { code: made } = await invite(job, staff('owner'));
      return made;
    });
    const ada = await account();
    await practice.gate.invitations.give(await found(code), ada);
    const visit = await practice.gate.admit(await practice.session(ada), null);
    expect(visit!.scope.roles).toEqual(['owner']);
  });
});

describe('whoever reaches the database', () => {
  const raw = (text: string, values: unknown[] = []) => practice.database.owner.query(text, values);

  test('finds no code, name, address or date in it', async () => {
    const { code } = await invite(desk, asked({ way: 'letter' }));
    const { rows } = await raw(
      'select i::text as one, i.sealed, c::text as two from postern.invitation i, postern.invitation_code c',
    );
    const held = rows.map(({ one, two, sealed }) => `${one}${two}${sealed.toString('latin1')}`).join();
    expect(held).not.toMatch(/cnry|1951-03-04/);
    expect(held).not.toContain(code);
    expect(held).not.toContain(code.replaceAll('-', ''));
  });

  test.each([
    ['a code for another invitation', 'update postern.invitation_code set invitation_id = $1'],
    ['a code that came by letter for one by mail', 'update postern.invitation_code set mailed = not mailed'],
    [
      'a later end of a code',
      "update postern.invitation_code set expires_at = expires_at + interval '1 day'",
    ],
    ['another inviter', 'update postern.invitation set invited_by = gen_random_uuid()'],
    ['no condition', "update postern.invitation set under = '{}'"],
    ['a later end', "update postern.invitation set expires_at = expires_at + interval '1 day'"],
  ])('makes nothing of writing %s, and alarms', async (_, change) => {
    const other = await invite(owner, staff('owner'));
    const mine = await invite(desk);
    const before = await practice.incidents('key-ring');
    const changed = await raw(
      `${change} where invitation_id = '${mine.invitationId}'`,
      change.includes('$1') ? [other.invitationId] : [],
    );
    expect(changed.rowCount).toBe(1);
    expect(await found(mine.code)).toBeNull();
    expect(await practice.incidents('key-ring')).toBe(before + 1);
  });

  test('opens none again that was closed', async () => {
    const { code, invitationId } = await invite(desk);
    const { rows } = await raw('select * from postern.invitation_code c where c.invitation_id = $1', [
      invitationId,
    ]);
    await practice.gate.invitations.end(desk, invitationId);
    const [row] = rows;
    await raw('insert into postern.invitation_code values ($1, $2, $3, $4, $5, $6)', [
      row.code_mac,
      row.practice_id,
      row.invitation_id,
      row.mailed,
      row.expires_at,
      row.mac,
    ]);
    await raw("update postern.invitation set state = 'open' where invitation_id = $1", [invitationId]);
    expect(await found(code)).toBeNull();
  });

  test('as the server role puts none in without a session that may', async () => {
    const { server } = practice.database;
    const put = 'select postern.invitation_put($1, $2, $3, null, now(), now(), $4) as put';
    const { rows } = await server.query(put, [newId(), desk.scope.accountId, [], Buffer.alloc(9)]);
    expect(rows).toEqual([{ put: false }]);
    await expect(server.query('select from postern.invitation')).rejects.toMatchObject({ code: '42501' });
  });
});

test('another practice neither lists, prints nor ends it', async () => {
  const { invitationId } = await invite(desk, asked({ way: 'letter' }));
  const { keychain, database, gate } = practice;
  const away = await keychain.createPractice(database.owner, {
    slug: `away-${newId().slice(0, 8)}`,
    name: 'A',
  });
  const stranger = await gate.accounts.createAccount({ email: `${newId()}@away.example`, name: 'Owner' });
  await gate.asJob(away, 'system-setup', 'test', (job) => {
    const terms = { accountId: stranger, role: 'owner', chartId: null, sections: null } as const;
    return gate.grant(job, { ...terms, startsAt: clock.now(), endsAt: null, reason: null });
  });
  const session = { practiceId: away, accountId: stranger, purpose: 'test', client: null, ttlSeconds: 60 };
  const visit = (await gate.admit(await gate.openSession(session), null))!;
  expect(await gate.invitations.list(visit)).toEqual([]);
  expect(await gate.invitations.find(visit, invitationId)).toBeNull();
  expect(await gate.invitations.end(visit, invitationId)).toBe(false);
});

test('of a thousand made-up codes none is one', async () => {
  await invite(desk);
  const guessed: (FoundInvitation | null)[] = [];
  for (let count = 0; count < 1000; count += 1) {
    guessed.push(await practice.gate.invitations.byCode(newSpokenCode()));
  }
  guessed.push(await practice.gate.invitations.byCode('x'), await practice.gate.invitations.byCode(''));
  expect(guessed.every((each) => each === null)).toBe(true);
});
