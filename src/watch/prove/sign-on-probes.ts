/** Probes of single sign-on: without a provider's word nobody comes in, and the owner says whose counts. */
import { ownProbe } from './account-probes.ts';
import { closedProbe } from './family-probes.ts';
import type { Probe } from './stage.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const EVIL = {
  issuer: 'https://canary.invalid',
  clientId: 'x',
  clientSecret: 'postern prove is not a client',
};

/** What is said at the door without a flow of one's own signs nobody in. */
function doorProbe(targets: readonly string[], status: number): Probe {
  return async (stage, route) => {
    for (const target of targets) {
      const told = await stage.outside.ask(null, { method: 'GET', target });
      stage.judge.expect(
        'matrix',
        told.status === status || told.status === 429,
        route,
        `It answers ${told.status} to what no provider said.`,
        'Take the server off the network, and find whom it lets in.',
      );
      stage.expectNoLeak('matrix', route, told, null);
    }
  };
}

export const SIGN_ON_PROBES: Readonly<Record<string, Probe>> = {
  'GET /signin/single-sign-on': doorProbe(
    ['/signin/single-sign-on', '/signin/single-sign-on?practice=canary-nowhere&provider=x'],
    404,
  ),
  'GET /signin/single-sign-on/return/:slug/:provider': doorProbe(
    [
      '/signin/single-sign-on/return/canary-nowhere/main?code=x&state=y',
      '/signin/single-sign-on/return/canary-nowhere/main?error=access_denied&to=//canary.invalid',
    ],
    400,
  ),
  'POST /signin/single-sign-on/logout/:slug/:provider': async (stage, route) => {
    const told = await stage.outside.ask(null, {
      method: 'POST',
      target: '/signin/single-sign-on/logout/canary-nowhere/main',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'logout_token=eyJhbGciOiJub25lIn0.e30.',
    });
    const fits = told.status === 400 || told.status === 429;
    const sentence = `It answers ${told.status} to what nobody signed.`;
    stage.judge.expect('matrix', fits, route, sentence, 'Take the server off the network, and find why.');
    stage.expectNoLeak('matrix', route, told, null);
  },
  'GET /account/single-sign-on': ownProbe('GET', '/account/single-sign-on'),
  'POST /account/single-sign-on': ownProbe('POST', '/account/single-sign-on', {}),
  'DELETE /account/single-sign-on': ownProbe('DELETE', '/account/single-sign-on'),
  'GET /practice/single-sign-on': closedProbe({ method: 'GET', target: '/practice/single-sign-on' }),
  'PUT /practice/single-sign-on': closedProbe({
    method: 'PUT',
    target: '/practice/single-sign-on',
    headers: JSON_TYPE,
    body: JSON.stringify(EVIL),
  }),
  'DELETE /practice/single-sign-on': closedProbe({ method: 'DELETE', target: '/practice/single-sign-on' }),
};
