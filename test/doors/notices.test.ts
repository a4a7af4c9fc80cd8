/** What the owner of an account is told by mail, since it may be somebody else who did it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId, type PracticeId } from '../../src/base/ids.ts';
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
  // They were given a role first.
  expect(await mails()).toEqual(['access-given', 'factor-added']);
  await browser.ask('DELETE', `/account/passkeys/${passkey}`);
  await browser.makePasskey('Forged', { userVerified: false });
  await browser.ask('PUT', '/account/passphrase', { passphrase: 'short' });
  expect(await mails()).toEqual([]);
  await browser.makePasskey('Another');
  await browser.ask('DELETE', `/account/passkeys/${passkey}`);
  await browser.ask('PUT', '/account/passphrase', { passphrase: PASSPHRASE });
  expect(await mails()).toEqual(['factor-added', 'factor-added', 'factor-removed']);
});

describe('whoever comes by an invitation', () => {
  const invited = async () => {
    const chartId = await served.chart(practice, { birthDate: '1951-03-04' });
    let code = '';
    await served.gate.asJob(practice, 'system-setup', 'test', async (job) => {
      const given = [{ sections: null, endsAt: null }];
      const terms = {
        role: 'patient',
        chartId,
        given,
        way: 'mail',
        birthDate: null,
        language: null,
      } as const;
      const person = { name: 'Kim', email: `${newId()}@mail.example` };
      await served.gate.invitations.make(job, { ...terms, ...person }, async (_, made) => {
        code = made.code;
      });
    });
    await mails();
    return code;
  };
  const arrives = async (code: string) => {
    const browser = new BrowserVisitor(served);
    expect((await browser.ask('POST', '/invited/proof', { code, cookie: true })).status).toBe(201);
    return browser;
  };

  test('is told once of all that follows of itself, and of everything after it', async () => {
    const browser = await arrives(await invited());
    expect((await browser.makePasskey()).status).toBe(201);
    expect((await browser.signInByPasskey()).status).toBe(201);
    expect(await mails()).toEqual(['invitation-used']);
    expect((await browser.makePasskey('Another')).status).toBe(201);
    expect(await mails()).toEqual(['factor-added']);
  });

  test('and goes on elsewhere, is told of that device and of the passkey that is made there', async () => {
    const code = await invited();
    await arrives(code);
    expect(await mails()).toEqual(['invitation-used']);
    expect((await (await arrives(code)).makePasskey()).status).toBe(201);
    expect(await mails()).toEqual(['factor-added', 'new-device']);
  });

  test('and sets a passphrase, is told of what comes after there is a way in', async () => {
    const browser = await arrives(await invited());
    expect((await browser.ask('PUT', '/account/passphrase', { passphrase: PASSPHRASE })).status).toBe(204);
    expect(await mails()).toEqual(['invitation-used']);
  });
});

describe('grants', () => {
  test('that were given, changed and ended: whoever holds them, once', async () => {
    const owner = await served.person(practice, { role: 'owner' });
    const { accountId } = await served.person(practice, { role: 'nurse' });
    await mails();
    const ask = (method: string, path: string, body: object = {}) =>
      served.ask(owner.token, method, `/staff/${accountId}/${path}`, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const given = (await ask('POST', 'roles', { role: 'billing' })).json.id;
    expect(await mails()).toEqual(['access-given']);
    const changed = (await ask('POST', 'roles', { role: 'hygienist', instead: given })).json.id;
    expect(await mails()).toEqual(['access-changed']);
    expect((await ask('POST', 'roles', { role: 'hygienist' })).status).toBe(409);
    expect(await mails()).toEqual([]);
    expect((await ask('DELETE', `roles/${changed}`)).status).toBe(204);
    expect(await mails()).toEqual(['access-ended']);
    expect((await ask('POST', 'leave')).status).toBe(204);
    expect(await mails()).toEqual(['access-ended']);
  });

  test('on a record: who shares it as well, and nobody of themselves', async () => {
    const chartId = await served.chart(practice);
    const sam = await served.person(practice, { role: 'patient', chartId });
    expect(await mails()).toEqual(['access-given']);
    await served.person(practice, { role: 'guardian', chartId });
    expect(await mails()).toEqual(['access-given', 'proxy-given']);
    const { rows } = await served.database.owner.query<{ grant_id: string }>(
      "select g.grant_id from postern.access_grant g where g.chart_id = $1 and g.role = 'guardian'",
      [chartId],
    );
    await served.gate.asJob(practice, 'system-setup', 'test', (job) =>
      served.gate.endGrant(job, rows[0]!.grant_id as never),
    );
    expect(await mails()).toEqual(['access-ended', 'proxy-ended']);
    // Broken glass is an incident, of which officers are told.
    const doctor = await served.person(practice, { role: 'doctor' });
    await mails();
    const visit = (await served.gate.admit(doctor.token, null))!;
    await served.gate.breakGlass(visit, { chartId, reason: 'Unconscious in the waiting room' });
    expect(await mails()).toEqual([]);
    expect(sam.accountId).toBeTruthy();
  });

  test('that came by an invitation: who shares the record', async () => {
    const chartId = await served.chart(practice, { birthDate: '1951-03-04' });
    await served.person(practice, { role: 'patient', chartId });
    let code = '';
    await served.gate.asJob(practice, 'system-setup', 'test', async (job) => {
      const given = [{ sections: null, endsAt: null }];
      const terms = { role: 'proxy', chartId, given, way: 'mail', birthDate: null, language: null } as const;
      const person = { name: 'Kim', email: 'kim@mail.example' };
      await served.gate.invitations.make(job, { ...terms, ...person }, async (_, made) => {
        code = made.code;
      });
    });
    await mails();
    expect((await new BrowserVisitor(served).ask('POST', '/invited/proof', { code })).status).toBe(201);
    // One mail to whoever came; it stands for the device as well.
    expect(await mails()).toEqual(['invitation-used', 'proxy-given']);
  });

  test('that came by a code: whose record it is, also where somebody passed it on', async () => {
    const chartId = await served.chart(practice);
    const sam = await served.person(practice, { role: 'patient', chartId });
    const [sister, neighbour] = [await served.person(practice), await served.person(practice)];
    const ask = (who: { token: string }, path: string, body: object) =>
      served.ask(who.token, 'POST', path, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const handOver = async (from: { token: string }, to: { token: string }) => {
      const offered = await ask(from, '/family', { chart: chartId, sections: ['clinical'] });
      expect(offered.status, offered.text).toBe(201);
      const { code } = offered.json;
      await mails();
      expect((await ask(to, '/family/accept', { code })).status).toBe(201);
      // As the notice of the change does where somebody listens.
      await served.gate.renew((await served.gate.admit(to.token, null))!.scope);
      return mails();
    };
    expect(await handOver(sam, sister)).toEqual(['proxy-given']);
    expect(await handOver(sister, neighbour)).toEqual(['proxy-given']);
  });
});
