/** Attacks on recoveries. Counts of guesses are in `test/doors/recovery.test.ts`. */
import { expect } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { type Attack, type Stage, said } from './attack-stage.ts';
import { CANARIES } from './attack-world.ts';

const post = (target: string, body: object) => ({
  method: 'POST',
  target,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** Whatever is offered that is none, the answer is one. */
async function oneRefusal(stage: Stage, target: string, bodies: readonly object[]): Promise<void> {
  const answers = [];
  for (const body of bodies) answers.push(await stage.ask(stage.actor('nobody'), post(target, body)));
  for (const answer of answers) {
    expect([answer.status, said(answer)]).toEqual([400, said(answers[0]!)]);
    expect(answer.text).not.toMatch(CANARIES);
  }
}

async function patient(stage: Stage) {
  const { served, practice } = stage;
  const chart = await served.chart(practice);
  const { accountId } = await served.person(practice, { role: 'patient', chartId: chart });
  return { account: accountId, chart, checked: 'Passport' };
}

const mayRegister = (stage: Stage) =>
  stage.actors.filter(
    ({ hasSession, practice, held }) =>
      hasSession && practice === stage.practice && held.some(({ role }) => /^(front-desk|owner)$/.test(role)),
  );

export const RECOVERY_ATTACKS: Readonly<Record<string, Attack>> = {
  'POST /recovery': async (stage) => {
    const nobody = stage.actor('nobody');
    const { account } = stage.actor('doctor');
    const { email } = (await stage.served.gate.accounts.describeAccount(account as never))!;
    const known = await stage.ask(nobody, post('/recovery', { email }));
    const unknown = await stage.ask(nobody, post('/recovery', { email: `${newId()}@mail.example` }));
    expect([known.status, said(known)]).toEqual([202, said(unknown)]);
  },

  'POST /recovery/begin': (stage) =>
    oneRefusal(
      stage,
      '/recovery/begin',
      ['', 'x', 'A'.repeat(300)].map((ticket) => ({ ticket })),
    ),

  'POST /recovery/stop': (stage) =>
    oneRefusal(
      stage,
      '/recovery/stop',
      ['', 'x', 'A'.repeat(300)].map((ticket) => ({ ticket })),
    ),

  'POST /recovery/finish': async (stage) => {
    const { account } = stage.actor('doctor');
    const { email } = (await stage.served.gate.accounts.describeAccount(account as never))!;
    const code = '0000-0000-000Z';
    await oneRefusal(stage, '/recovery/finish', [
      { email, code },
      { email: `${newId()}@mail.example`, code },
      { email, code: 'x' },
    ]);
  },

  'POST /recoveries': async (stage) => {
    const rightful = mayRegister(stage);
    expect(rightful.length).toBeGreaterThan(0);
    for (const actor of stage.actors) {
      const answer = await stage.ask(actor, post('/recoveries', await patient(stage)));
      const status = rightful.includes(actor) ? 201 : actor.hasSession ? 404 : 401;
      expect([actor.name, answer.status]).toEqual([actor.name, status]);
      if (!actor.hasSession) continue;
      const absent = await stage.ask(
        actor,
        post('/recoveries', { account: newId(), chart: stage.chart, checked: 'Passport' }),
      );
      expect([actor.name, absent.status]).toEqual([actor.name, 404]);
      if (status === 404) expect(said(answer)).toEqual(said(absent));
    }
  },

  'GET /recoveries': async (stage) => {
    const rightful = mayRegister(stage);
    const one = await patient(stage);
    expect((await stage.ask(rightful[0]!, post('/recoveries', one))).status).toBe(201);
    for (const actor of stage.actors) {
      const answer = await stage.ask(actor, { method: 'GET', target: '/recoveries' });
      const foreign = actor.hasSession && actor.practice !== stage.practice;
      const status = rightful.includes(actor) ? 200 : actor.hasSession ? 404 : 401;
      if (!foreign) expect([actor.name, answer.status]).toEqual([actor.name, status]);
      expect([actor.name, answer.text.includes(one.account)]).toEqual([actor.name, rightful.includes(actor)]);
    }
  },

  'DELETE /recoveries/:account': async (stage) => {
    const [first] = mayRegister(stage);
    for (const actor of stage.actors) {
      const one = await patient(stage);
      expect((await stage.ask(first!, post('/recoveries', one))).status).toBe(201);
      const answer = await stage.ask(actor, { method: 'DELETE', target: `/recoveries/${one.account}` });
      const status = mayRegister(stage).includes(actor) ? 204 : actor.hasSession ? 404 : 401;
      expect([actor.name, answer.status]).toEqual([actor.name, status]);
    }
  },
};
