/**
 * Probes of invitations and recoveries: what is no code opens nothing, and what is another practice's is not
 * there.
 */
import { newId } from '../../base/ids.ts';
import type { Asking, Told } from './outside.ts';
import { type Probe, plain } from './stage.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

const asking = (method: string, target: string, body?: object): Asking =>
  body === undefined
    ? { method, target }
    : { method, target, headers: JSON_TYPE, body: JSON.stringify(body) };

/** Codes that nobody made, in every form in which somebody may try one. */
const GUESSES = ['0000-0000-0000', 'postern', 'A'.repeat(300)];

/** Whatever is guessed, the answer is one. */
function guessed(target: string): Probe {
  return async (stage, route) => {
    const answers: Told[] = [];
    for (const code of GUESSES) {
      const body = { code, ticket: code, birthDate: '1951-03-04', email: 'one@canary.invalid' };
      answers.push(await stage.outside.ask(null, asking('POST', target, body)));
    }
    const held = answers.filter(({ status }) => status !== 429);
    stage.judge.expect(
      'noninterference',
      held.every((told) => told.status === 400 && plain(told) === plain(held[0]!)),
      route,
      `It answers ${answers.map(({ status }) => status).join(', ')} to codes that nobody made.`,
      'Take the server off the network, and find whom it lets in.',
    );
    for (const told of answers) stage.expectNoLeak('matrix', route, told, null);
  };
}

/** A patient, and whoever is of another practice, invites nobody here and sees no invitation. */
function refused(method: string, target: (id: string) => string, body?: (chart: string) => object): Probe {
  return async (stage, route) => {
    for (const who of ['patient', 'foreigner'] as const) {
      const content = body?.(stage.world.charts.other);
      const told = await stage.ask(who, asking(method, target(newId()), content));
      stage.judge.expect(
        'matrix',
        // Who has guessed too often, as one who proves again and again has, is told to wait.
        told.status === 404 || told.status === 400 || told.status === 429,
        route,
        `It answers ${told.status} to a ${who}.`,
        'Let invitations be for those who register patients in that practice alone.',
      );
      stage.expectNoLeak('matrix', route, told, null);
    }
  };
}

export const INVITATION_PROBES: Readonly<Record<string, Probe>> = {
  'POST /invitations': refused(
    'POST',
    () => '/invitations',
    (chart) => ({ as: 'patient', way: 'letter', chart }),
  ),
  'GET /invitations': async (stage, route) => {
    const told = await stage.ask('patient', asking('GET', '/invitations'));
    stage.judge.expect(
      'matrix',
      told.status === 404,
      route,
      `It answers ${told.status} to a patient.`,
      'Let the list be for those who register patients alone.',
    );
    const foreign = await stage.ask('foreigner', asking('GET', '/invitations'));
    stage.expectNoLeak('matrix', route, foreign, null);
  },
  'DELETE /invitations/:id': refused('DELETE', (id) => `/invitations/${id}`),
  'GET /invitations/:id/letter': refused('GET', (id) => `/invitations/${id}/letter`),
  'POST /recovery': async (stage, route) => {
    const email = `prove-${newId()}@canary.invalid`;
    const told = await stage.outside.ask(null, asking('POST', '/recovery', { email }));
    stage.judge.expect(
      'noninterference',
      told.status === 202 || told.status === 429,
      route,
      `It answers ${told.status} to an address that nobody has.`,
      'Answer whoever asks alike: the difference tells who has an account.',
    );
    stage.expectNoLeak('matrix', route, told, null);
  },
  'POST /recovery/begin': guessed('/recovery/begin'),
  'POST /recovery/finish': guessed('/recovery/finish'),
  'POST /recovery/stop': guessed('/recovery/stop'),
  'POST /recoveries': refused(
    'POST',
    () => '/recoveries',
    (chart) => ({ account: newId(), chart, checked: 'Passport' }),
  ),
  'GET /recoveries': async (stage, route) => {
    const told = await stage.ask('patient', asking('GET', '/recoveries'));
    stage.judge.expect(
      'matrix',
      told.status === 404,
      route,
      `It answers ${told.status} to a patient.`,
      'Let the list be for those who register patients alone.',
    );
    const foreign = await stage.ask('foreigner', asking('GET', '/recoveries'));
    stage.expectNoLeak('matrix', route, foreign, null);
  },
  'DELETE /recoveries/:account': refused('DELETE', (id) => `/recoveries/${id}`),
  'POST /invited': guessed('/invited'),
  'POST /invited/proof': guessed('/invited/proof'),
  'POST /invited/acceptance': refused(
    'POST',
    () => '/invited/acceptance',
    () => ({ code: GUESSES[0] }),
  ),
};
