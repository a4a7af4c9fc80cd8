/** Probes of the door and of one's own account: what is none of one's own is as if it were not there. */
import { newId } from '../../base/ids.ts';
import type { Asking, Told } from './outside.ts';
import { type Probe, plain, type Stage } from './stage.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

const asking = (method: string, target: string, body?: object): Asking =>
  body === undefined
    ? { method, target }
    : { method, target, headers: JSON_TYPE, body: JSON.stringify(body) };

/** Whatever is offered, nobody comes in, and the answer does not say why. */
function refusedProbe(bodies: readonly object[], target: string): Probe {
  return async (stage, route) => {
    const answers: Told[] = [];
    for (const body of bodies) answers.push(await stage.outside.ask(null, asking('POST', target, body)));
    for (const answer of answers) {
      stage.judge.expect(
        'revocation',
        answer.status === 400 || answer.status === 429,
        route,
        `It answers ${answer.status} to what signs nobody in.`,
        'Take the server off the network, and find whom it lets in.',
      );
      stage.judge.expect(
        'noninterference',
        answer.status === 429 || plain(answer) === plain(answers[0]!),
        route,
        'It says of one wrong sign-in something else than of another.',
        'Give one answer to whatever is wrong: the difference tells who has an account.',
      );
      stage.expectNoLeak('matrix', route, answer, null);
    }
  };
}

/** Anybody is told the same, and nobody is named. */
async function options(stage: Stage, route: string): Promise<void> {
  const told = await stage.outside.ask(null, asking('POST', '/signin/passkey/options', {}));
  stage.judge.expect(
    'matrix',
    told.status === 200 || told.status === 409,
    route,
    `It answers ${told.status}.`,
    'See the server log for what failed.',
  );
  stage.judge.expect(
    'noninterference',
    !told.text.includes('allowCredentials'),
    route,
    'It names passkeys to whoever asks.',
    'Ask for discoverable passkeys: a list of them tells who has an account.',
  );
  stage.expectNoLeak('matrix', route, told, null);
}

/** What one asks of one's own account holds nothing of anybody else's. */
export function ownProbe(method: string, target: string, body?: object): Probe {
  return async (stage, route) => {
    for (const who of ['patient', 'foreigner'] as const) {
      const told = await stage.ask(who, asking(method, target, body));
      stage.judge.expect(
        'matrix',
        told.status < 500,
        route,
        `It answers ${told.status}.`,
        'See the server log for what failed.',
      );
      stage.expectNoLeak('matrix', route, told, null);
    }
  };
}

/** What is somebody's and what is nobody's are refused in the same words. */
function namedProbe(method: string, target: (id: string) => string, body?: object): Probe {
  return async (stage, route) => {
    for (const who of ['patient', 'foreigner'] as const) {
      const answers: Told[] = [];
      for (const id of [newId(), '0'.repeat(64)]) {
        answers.push(await stage.ask(who, asking(method, target(id), body)));
      }
      stage.judge.expect(
        'matrix',
        answers.every((told) => told.status === 404 && plain(told) === plain(answers[0]!)),
        route,
        `It answers ${answers.map(({ status }) => status).join(' and ')} to what is not there.`,
        'Answer 404 in the same words to whatever is not the asker’s own.',
      );
    }
  };
}

const CEREMONY = { id: 'AAAA', rawId: 'AAAA', type: 'public-key', response: { clientDataJSON: 'e30' } };

export const ACCOUNT_PROBES: Readonly<Record<string, Probe>> = {
  'POST /signin/passkey/options': options,
  'POST /signin/passkey': refusedProbe(
    [
      { response: CEREMONY },
      { response: { ...CEREMONY, id: 'BBBB', rawId: 'BBBB' } },
      { response: { ...CEREMONY, response: { clientDataJSON: '' } } },
    ],
    '/signin/passkey',
  ),
  'POST /signin/passphrase': refusedProbe(
    ['one', 'two'].map((name) => ({
      email: `${name}@canary.invalid`,
      passphrase: 'postern prove tries the door',
    })),
    '/signin/passphrase',
  ),
  'POST /signin/second': refusedProbe(
    ['A'.repeat(200), 'none'].map((ticket) => ({ ticket, code: '000000' })),
    '/signin/second',
  ),
  'GET /account/factors': ownProbe('GET', '/account/factors'),
  'POST /account/passkeys/options': ownProbe('POST', '/account/passkeys/options', {}),
  'POST /account/passkeys': ownProbe('POST', '/account/passkeys', { response: CEREMONY }),
  'PATCH /account/passkeys/:id': namedProbe('PATCH', (id) => `/account/passkeys/${id}`, { name: 'Prove' }),
  'DELETE /account/passkeys/:id': namedProbe('DELETE', (id) => `/account/passkeys/${id}`),
  'PUT /account/passphrase': ownProbe('PUT', '/account/passphrase', { passphrase: 'short' }),
  'DELETE /account/passphrase': ownProbe('DELETE', '/account/passphrase'),
  'POST /account/totp': ownProbe('POST', '/account/totp', {}),
  'POST /account/totp/confirm': ownProbe('POST', '/account/totp/confirm', { ticket: 'none', code: '000000' }),
  // Without content nothing is made: the probe's people keep what they have.
  'POST /account/recovery-codes': ownProbe('POST', '/account/recovery-codes'),
  'GET /account/sessions': ownProbe('GET', '/account/sessions'),
  'DELETE /account/sessions/:id': namedProbe('DELETE', (id) => `/account/sessions/${id}`),
  // Ending all others would end those that other probes ask with, so it is asked without a session alone.
  'DELETE /account/sessions': async () => undefined,
  'POST /account/touch/options': ownProbe('POST', '/account/touch/options', {}),
  'POST /account/touch': ownProbe('POST', '/account/touch', { response: CEREMONY }),
  'GET /account/addresses': ownProbe('GET', '/account/addresses'),
  'POST /account/addresses': ownProbe('POST', '/account/addresses', { email: 'none' }),
  'POST /account/addresses/confirm': ownProbe('POST', '/account/addresses/confirm', { ticket: 'none' }),
  'POST /account/addresses/:id/first': namedProbe('POST', (id) => `/account/addresses/${id}/first`, {}),
  'DELETE /account/addresses/:id': namedProbe('DELETE', (id) => `/account/addresses/${id}`),
  'PUT /account/language': ownProbe('PUT', '/account/language', { language: 'none' }),
  'POST /account/practice': ownProbe('POST', '/account/practice', { practice: 'nowhere' }),
};
