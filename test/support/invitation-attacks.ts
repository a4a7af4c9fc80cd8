/**
 * Attacks on invitations: each lets the rightful in first, then everybody else with all that they have.
 * Counts of guesses are in `test/doors/invitations.test.ts`.
 */
import { expect } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { newSpokenCode } from '../../src/base/spoken-code.ts';
import type { Actor } from './attack-actors.ts';
import { type Attack, CANARY, type Stage, said } from './attack-stage.ts';
import { CANARIES } from './attack-world.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const BORN = '1951-03-04';
/** Who registers patients in the practice under attack. */
const registers = (stage: Stage) => (actor: Actor) =>
  actor.hasSession &&
  actor.practice === stage.practice &&
  actor.held.some(({ role }) => role === 'front-desk' || role === 'owner');

const post = (target: string, body: object) => ({
  method: 'POST',
  target,
  headers: JSON_TYPE,
  body: JSON.stringify(body),
});

/** A letter of the practice under attack, with its code. */
async function letter(stage: Stage, role: 'patient' | 'nurse' = 'patient') {
  const { served, practice } = stage;
  const chart = role === 'patient' ? await served.chart(practice, { birthDate: BORN }) : null;
  return served.gate.asJob(practice, 'system-setup', 'test', async (job) => {
    let code = '';
    const given = [{ sections: null, endsAt: null }];
    const terms = { role, chartId: chart, given, way: 'letter' } as const;
    const person = { name: CANARY, email: null, birthDate: chart === null ? null : BORN, language: null };
    const { invitationId } = await served.gate.invitations.make(
      job,
      { ...terms, ...person },
      async (_, made) => {
        code = made.code;
      },
    );
    return { code, invitationId };
  });
}

/** What is one of the practice's and what is none are one answer to everybody else. */
async function forRegistrars(
  stage: Stage,
  method: string,
  target: (id: string) => string,
  status: number,
): Promise<void> {
  let rightful = 0;
  for (const actor of stage.actors) {
    const { invitationId, code } = await letter(stage);
    const answer = await stage.ask(actor, { method, target: target(invitationId) });
    if (registers(stage)(actor)) {
      rightful += 1;
      expect([actor.name, answer.status]).toEqual([actor.name, status]);
      continue;
    }
    const absent = await stage.ask(actor, { method, target: target(newId()) });
    expect([actor.name, said(answer)]).toEqual([actor.name, said(absent)]);
    expect([actor.name, answer.status]).toEqual([actor.name, actor.hasSession ? 404 : 401]);
    expect(answer.text).not.toMatch(CANARIES);
    expect(answer.text).not.toContain(code);
  }
  expect(rightful).toBeGreaterThan(0);
}

/** Every code that works no more, or never did, is one answer. */
async function deadCodes(stage: Stage): Promise<string[]> {
  const taken = await letter(stage);
  await stage.served.gate.asJob(stage.practice, 'system-setup', 'test', (job) =>
    stage.served.gate.invitations.end(job, taken.invitationId),
  );
  return [taken.code, newSpokenCode(), 'x', '', CANARY, taken.invitationId];
}

export const INVITATION_ATTACKS: Readonly<Record<string, Attack>> = {
  'POST /invitations': async (stage) => {
    const { served, practice } = stage;
    const chart = await served.chart(practice, { birthDate: BORN });
    const body = { as: 'patient', way: 'letter', chart };
    for (const actor of stage.actors) {
      const answer = await stage.ask(actor, post('/invitations', body));
      const status = registers(stage)(actor) ? 201 : actor.hasSession ? 404 : 401;
      expect([actor.name, answer.status]).toEqual([actor.name, status]);
      if (status === 201) expect(answer.text).not.toMatch(/[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/);
      const raised = post('/invitations', { as: 'staff', role: 'owner', way: 'letter', name: 'x' });
      const owner = actor.held.some(({ role }) => role === 'owner') && actor.practice === practice;
      const answered = await stage.ask(actor, raised);
      expect([actor.name, answered.status === 201]).toEqual([actor.name, owner && actor.hasSession]);
    }
  },

  'GET /invitations': async (stage) => {
    await letter(stage);
    for (const actor of stage.actors) {
      const answer = await stage.ask(actor, { method: 'GET', target: '/invitations' });
      const foreign = actor.hasSession && actor.practice !== stage.practice;
      if (!registers(stage)(actor)) expect(answer.text).not.toMatch(CANARIES);
      if (foreign || registers(stage)(actor)) continue;
      expect([actor.name, answer.status]).toEqual([actor.name, actor.hasSession ? 404 : 401]);
    }
  },

  'DELETE /invitations/:id': (stage) => forRegistrars(stage, 'DELETE', (id) => `/invitations/${id}`, 204),

  'GET /invitations/:id/letter': (stage) =>
    forRegistrars(stage, 'GET', (id) => `/invitations/${id}/letter`, 200),

  'POST /invited': async (stage) => {
    const { code } = await letter(stage);
    const nobody = stage.actor('nobody');
    const answer = await stage.ask(nobody, post('/invited', { code }));
    expect(answer.status).toBe(200);
    expect(answer.text).not.toMatch(CANARIES);
    expect(answer.text).not.toContain(BORN);
    const refused = [];
    for (const dead of await deadCodes(stage))
      refused.push(await stage.ask(nobody, post('/invited', { code: dead })));
    for (const each of refused) expect([each.status, said(each)]).toEqual([400, said(refused[0]!)]);
  },

  'POST /invited/proof': async (stage) => {
    const { code } = await letter(stage);
    const nobody = stage.actor('nobody');
    const prove = (offered: string, birthDate: string, email = `${newId()}@mail.example`) =>
      stage.ask(nobody, post('/invited/proof', { code: offered, birthDate, email }));
    expect((await prove(code, BORN)).status).toBe(202);
    const wrong = await prove(code, '1951-03-05');
    expect([wrong.status, wrong.text.includes(BORN)]).toEqual([422, false]);
    const { email } = (await stage.served.gate.accounts.describeAccount(
      stage.actor('doctor').account as never,
    ))!;
    const [known, unknown] = [await prove(code, BORN, email), await prove(code, BORN)];
    expect(said(known)).toEqual(said(unknown));
    const refused = [];
    for (const dead of await deadCodes(stage)) refused.push(await prove(dead, BORN));
    for (const each of refused) expect([each.status, said(each)]).toEqual([400, said(refused[0]!)]);
  },

  'POST /invited/acceptance': async (stage) => {
    const { served, practice } = stage;
    const taking = await served.person(practice);
    const { code } = await letter(stage);
    const body = { code, birthDate: BORN };
    expect((await stage.ask(stage.actor('nobody'), post('/invited/acceptance', body))).status).toBe(401);
    const terms = { methods: ['link'], device: null, narrowing: null } as const;
    const { accountId } = taking;
    const session = {
      practiceId: practice,
      accountId,
      purpose: 'sign-in',
      client: null,
      ttlSeconds: 60,
      terms,
    };
    const below = await served.gate.openSession(session);
    const ask = (token: string) => served.ask(token, 'POST', '/invited/acceptance', post('', body));
    expect((await ask(below)).status).toBe(403);
    expect((await ask(taking.token)).status).toBe(200);
    const again = await served.person(practice);
    expect((await ask(again.token)).status).toBe(400);
  },
};
