/**
 * Probes of the authorization server and of what people let in: its words are the same for everybody, nobody
 * gets a token or learns of one without being a client, and no session opens another's.
 */
import { newId } from '../../base/ids.ts';
import { pageProbe } from './page-probes.ts';
import { CAST_WORDS, type Probe, plain } from './stage.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** Whoever is no client is told the same of a live token as of one that never was, and gets none. */
function clientsOnly(target: string, fields: (token: string) => Record<string, string>): Probe {
  return async (stage, route) => {
    const live = await stage.cast.patient.token();
    const told = await Promise.all(
      [live, `${live.slice(0, -1)}!`].map((token) =>
        stage.outside.ask(null, {
          method: 'POST',
          target,
          headers: FORM,
          body: new URLSearchParams(fields(token)).toString(),
        }),
      ),
    );
    const [first, second] = told;
    const refused = first!.status >= 400 && first!.status < 500;
    const sentence = `Whoever is no client is answered ${first!.status}.`;
    stage.judge.expect('matrix', refused, route, sentence, 'Let clients alone in here: postern client list.');
    // Who proves again and again comes to the limit between the two, and waits like anybody.
    const waits = told.some(({ status }) => status === 429);
    stage.judge.expect(
      'noninterference',
      waits || plain(first!) === plain(second!),
      route,
      'A live token is answered differently from one that never was.',
      'Authenticate the client before its token is looked at.',
    );
  };
}

/** What was begun in another browser, or never, is not there; nor what another person let in. */
function nothingThere(method: string, target: (id: string) => string, body?: object): Probe {
  return async (stage, route) => {
    const asking = (id: string) => ({
      method,
      target: target(id),
      ...(body === undefined ? {} : { headers: JSON_TYPE, body: JSON.stringify(body) }),
    });
    for (const who of ['patient', 'doctor', 'foreigner'] as const) {
      const hidden = await stage.ask(who, asking(stage.world.charts.other));
      const absent = await stage.ask(who, asking(newId()));
      stage.expectHidden(`${route}: ${CAST_WORDS[who]}`, hidden, absent, who);
      const sentence = `What is not there is answered ${hidden.status}.`;
      stage.judge.expect('matrix', hidden.status === 404, route, sentence, 'Answer it with 404.');
    }
  };
}

const launches: Probe = async (stage, route) => {
  const asking = (patient: string) => ({
    method: 'POST',
    target: '/launches',
    headers: JSON_TYPE,
    body: JSON.stringify({ client: 'postern-prove', patient }),
  });
  for (const who of ['patient', 'doctor', 'foreigner'] as const) {
    const hidden = await stage.ask(who, asking(stage.world.charts.elsewhere));
    stage.expectHidden(`${route}: ${CAST_WORDS[who]}`, hidden, await stage.ask(who, asking(newId())), who);
  }
};

/** Everybody is told of apps, and of nobody's record by it. */
const listed =
  (target: string): Probe =>
  async (stage, route) => {
    for (const who of ['patient', 'doctor', 'foreigner'] as const) {
      const told = await stage.ask(who, { method: 'GET', target });
      stage.expectRightful(`${route}: ${CAST_WORDS[who]}`, told, 200, null);
      stage.expectNoLeak('matrix', route, told, who);
    }
  };

const SAME = [
  '/.well-known/smart-configuration',
  '/fhir/.well-known/smart-configuration',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/oauth/jwks',
  '/oauth/style.json',
];

export const APP_PROBES: Readonly<Record<string, Probe>> = {
  ...Object.fromEntries(SAME.map((path) => [`GET ${path}`, pageProbe(() => path)])),
  'GET /oauth/authorize': pageProbe(
    (chart) => `/oauth/authorize?response_type=code&client_id=${chart}&redirect_uri=https://away.example/`,
  ),
  'GET /oauth/authorize/:uid': pageProbe((chart) => `/oauth/authorize/${chart}`),
  'GET /oauth/interaction/:uid': pageProbe((chart) => `/oauth/interaction/${chart}`),
  'GET /oauth/interaction/:uid/question': nothingThere('GET', (id) => `/oauth/interaction/${id}/question`),
  'POST /oauth/interaction/:uid/answer': nothingThere('POST', (id) => `/oauth/interaction/${id}/answer`, {
    allow: true,
  }),
  'POST /oauth/token': clientsOnly('/oauth/token', (token) => ({
    grant_type: 'refresh_token',
    refresh_token: token,
    client_id: 'postern-prove',
  })),
  'POST /oauth/introspect': clientsOnly('/oauth/introspect', (token) => ({ token })),
  'POST /oauth/revoke': clientsOnly('/oauth/revoke', (token) => ({ token })),
  'POST /launches': launches,
  'GET /launches': listed('/launches'),
  'GET /apps': listed('/apps'),
  'PATCH /apps/:id': nothingThere('PATCH', (id) => `/apps/${id}`, {
    categories: ['person'],
    writes: false,
    sensitive: false,
  }),
  'DELETE /apps/:id': nothingThere('DELETE', (id) => `/apps/${id}`),
};
