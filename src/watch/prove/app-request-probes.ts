/** Probes of apps that developers ask for: who takes none is not there, and the owner alone decides. */
import { newId } from '../../base/ids.ts';
import { CAST_WORDS, type Probe } from './stage.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

const post = (target: string, body: object) => ({
  method: 'POST',
  target,
  headers: JSON_TYPE,
  body: JSON.stringify(body),
});

/** No practice of that name, or none that wants any: nothing is said of which. */
const nothing =
  (method: 'GET' | 'POST', target: () => string, body: object = {}): Probe =>
  async (stage, route) => {
    const asking = method === 'GET' ? { method, target: target() } : post(target(), body);
    const told = await stage.outside.ask(null, asking);
    stage.judge.expect(
      'matrix',
      told.status === 404 || told.status === 429,
      route,
      `It answers ${told.status} where nothing is.`,
      'Answer it with 404.',
    );
    stage.expectNoLeak('matrix', route, told, null);
  };

/** Neither patients nor those who treat keep the apps of the practice; another practice keeps its own. */
const ownersAlone =
  (method: string, target: (id: string) => string, body?: object): Probe =>
  async (stage, route) => {
    for (const who of ['patient', 'doctor'] as const) {
      const asking =
        body === undefined ? { method, target: target(newId()) } : { ...post(target(newId()), body), method };
      const told = await stage.ask(who, asking);
      const sentence = `It answers ${told.status} to ${CAST_WORDS[who]}.`;
      stage.judge.expect('matrix', told.status === 404, route, sentence, 'Let the owner alone decide.');
      stage.expectNoLeak('matrix', route, told, who);
    }
  };

export const APP_REQUEST_PROBES: Readonly<Record<string, Probe>> = {
  'GET /app-requests/:practice': nothing('GET', () => `/app-requests/${newId()}`),
  'POST /app-requests/:practice': nothing('POST', () => `/app-requests/${newId()}`),
  'POST /app-receipts': nothing('POST', () => '/app-receipts', { receipt: 'postern-prove' }),
  'GET /practice/apps': ownersAlone('GET', () => '/practice/apps'),
  'POST /practice/apps/requests/:id': ownersAlone('POST', (id) => `/practice/apps/requests/${id}`, {
    approve: true,
  }),
  'PUT /practice/apps/:id/closed': ownersAlone('PUT', (id) => `/practice/apps/${id}/closed`, {
    closed: true,
  }),
  'DELETE /practice/apps/:id': ownersAlone('DELETE', (id) => `/practice/apps/${id}`),
};
