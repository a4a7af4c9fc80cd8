/**
 * A probe for every route that is not about one record of the type registry; those are in `record-ways.ts`.
 * Prove fails on a route that has neither, so whoever adds one says here how it is attacked.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '../../base/ids.ts';
import { ACCOUNT_PROBES } from './account-probes.ts';
import { APP_PROBES } from './app-probes.ts';
import { APP_REQUEST_PROBES } from './app-request-probes.ts';
import { ARCHIVE_PROBES } from './archive-probes.ts';
import { DEPOSIT_PROBES } from './deposit-probes.ts';
import { EXPORT_PROBES } from './export-probes.ts';
import { FAMILY_PROBES } from './family-probes.ts';
import { INVITATION_PROBES } from './invitation-probes.ts';
import { LINK_PROBES } from './link-probes.ts';
import type { Asking } from './outside.ts';
import { PAGE_PROBES } from './page-probes.ts';
import { RULE_PROBES } from './rule-probes.ts';
import { SIGN_ON_PROBES } from './sign-on-probes.ts';
import { CAST_WORDS, type CastName, type Probe, plain, type Stage } from './stage.ts';
import { UPLOAD_PROBES } from './upload-probes.ts';
import { IDENTIFIER_SYSTEM, newCanary, type Place, surnameOf } from './world.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

const post = (target: string, body: object): Asking => ({ method: 'POST', target, body });
const get = (target: string): Asking => ({ method: 'GET', target });
const parameters = (...parameter: object[]) => ({ resourceType: 'Parameters', parameter });

/** Who asks for which chart that is not theirs. */
const STRANGERS: readonly (readonly [CastName, Place])[] = [
  ['patient', 'other'],
  ['patient', 'elsewhere'],
  ['doctor', 'elsewhere'],
  ['foreigner', 'other'],
];

/** What names a chart: hidden from strangers like one that has never been. */
function chartProbe(asking: (chart: string) => Asking, rightful: CastName | null): Probe {
  return async (stage, route) => {
    for (const [who, place] of STRANGERS) {
      const hidden = await stage.ask(who, asking(stage.world.charts[place]));
      const absent = await stage.ask(who, asking(newId()));
      stage.expectHidden(`${route}: ${CAST_WORDS[who]}, ${place}`, hidden, absent, who);
    }
    if (rightful === null) return;
    const place = rightful === 'patient' ? 'own' : 'spare';
    const told = await stage.ask(rightful, asking(stage.world.charts[place]));
    stage.expectRightful(`${route}: ${CAST_WORDS[rightful]}`, told, 200, null);
    stage.expectNoLeak('matrix', route, told, rightful);
  };
}

/** What goes through many records: one's own are in it, and no others. */
function wideProbe(asking: Asking, shows: boolean): Probe {
  return async (stage, route) => {
    for (const who of ['patient', 'doctor', 'foreigner', 'partner'] as const) {
      const told = await stage.ask(who, asking);
      const place = who === 'patient' ? 'own' : who === 'doctor' ? 'spare' : 'elsewhere';
      const holds = shows && who !== 'partner' ? stage.world.patient(place).canary : null;
      stage.expectRightful(`${route}: ${CAST_WORDS[who]}`, told, 200, holds);
      stage.expectNoLeak('matrix', `${route}: ${CAST_WORDS[who]}`, told, who);
    }
  };
}

/** What names a document, of which its own patient gets that status. */
function documentProbe(asking: (id: string) => Asking, status: number): Probe {
  return async (stage, route) => {
    for (const [who, place] of STRANGERS) {
      const hidden = await stage.ask(who, asking(stage.world.at('DocumentReference', place).id));
      const absent = await stage.ask(who, asking(newId()));
      stage.expectHidden(`${route}: ${CAST_WORDS[who]}, ${place}`, hidden, absent, who);
    }
    const told = await stage.ask('patient', asking(stage.world.at('DocumentReference', 'own').id));
    stage.expectRightful(`${route}: a patient`, told, status, null);
    stage.expectNoLeak('matrix', route, told, 'patient');
  };
}

/** What names a file; those of canaries are text, which has no preview even for whoever may open it. */
async function previewProbe(stage: Stage, route: string): Promise<void> {
  const asking = (id: string) => get(`/fhir/Binary/${id}/$preview`);
  for (const [who, place] of STRANGERS) {
    const hidden = await stage.ask(who, asking(stage.world.at('Binary', place).id));
    const absent = await stage.ask(who, asking(newId()));
    stage.expectHidden(`${route}: ${CAST_WORDS[who]}, ${place}`, hidden, absent, who);
  }
  const told = await stage.ask('patient', asking(stage.world.at('Binary', 'own').id));
  stage.expectRightful(`${route}: a patient`, told, 422, null);
}

/** Those of canaries are no cards, which is told to whoever may open them alone. */
async function revealProbe(stage: Stage, route: string): Promise<void> {
  const asking = (id: string) =>
    post(`/fhir/Binary/${id}/$reveal`, {
      resourceType: 'Parameters',
      parameter: [{ name: 'purpose', valueCode: 'own' }],
    });
  for (const [who, place] of STRANGERS) {
    const hidden = await stage.ask(who, asking(stage.world.at('Binary', place).id));
    const absent = await stage.ask(who, asking(newId()));
    stage.expectHidden(`${route}: ${CAST_WORDS[who]}, ${place}`, hidden, absent, who);
  }
  const told = await stage.ask('patient', asking(stage.world.at('Binary', 'own').id));
  stage.expectRightful(`${route}: a patient`, told, 422, null);
}

/** A value that somebody else's patient has answers as one that nobody has. */
function valueProbe(asking: (value: string) => Asking): Probe {
  return async (stage, route) => {
    for (const [who, place] of STRANGERS) {
      const hidden = await stage.ask(who, asking(stage.world.patient(place).canary));
      const absent = await stage.ask(who, asking(newCanary()));
      stage.expectHidden(`${route}: ${CAST_WORDS[who]}, ${place}`, hidden, absent, who);
    }
  };
}

const bundle = (target: string, type: string) => (chart: string) =>
  post(target, {
    resourceType: 'Bundle',
    type,
    entry: [{ request: { method: 'GET', url: `Patient/${chart}` } }],
  });

const bundles =
  (target: string): Probe =>
  async (stage, route) => {
    for (const type of ['batch', 'transaction']) {
      await chartProbe(bundle(target, type), 'patient')(stage, `${route} (${type})`);
    }
  };

const REASON = { name: 'reason', valueString: 'postern prove tries whether the glass is there.' };

const FHIR_PROBES: Readonly<Record<string, Probe>> = {
  'POST /fhir': bundles('/fhir'),
  'POST /fhir/': bundles('/fhir/'),
  'GET /fhir/_history': wideProbe(get('/fhir/_history?_count=200'), false),
  'GET /fhir': wideProbe(get('/fhir?_type=Patient,Observation&_count=200'), true),
  'POST /fhir/_search': wideProbe(
    { method: 'POST', target: '/fhir/_search', headers: FORM, body: '_type=Patient&_count=200' },
    true,
  ),
  'PUT /fhir/:type': valueProbe((value) => ({
    method: 'PUT',
    target: `/fhir/Patient?identifier=${encodeURIComponent(`${IDENTIFIER_SYSTEM}|${value}`)}`,
    headers: { 'if-match': 'W/"9"' },
    body: { resourceType: 'Patient', active: true },
  })),
  'POST /fhir/Patient/$match': valueProbe((value) =>
    post('/fhir/Patient/$match', { resourceType: 'Patient', name: [{ family: surnameOf(value) }] }),
  ),
  'POST /fhir/Patient/:id/$break-glass': chartProbe(
    (chart) => post(`/fhir/Patient/${chart}/$break-glass`, parameters(REASON)),
    null,
  ),
  'GET /fhir/Patient/$everything': wideProbe(get('/fhir/Patient/$everything?_type=Patient'), false),
  'POST /fhir/Patient/$everything': wideProbe(
    { method: 'POST', target: '/fhir/Patient/$everything?_type=Patient' },
    false,
  ),
  'GET /fhir/Patient/:id/$everything': chartProbe(
    (chart) => get(`/fhir/Patient/${chart}/$everything?_count=200`),
    'patient',
  ),
  'POST /fhir/Patient/:id/$everything': chartProbe(
    (chart) => ({ method: 'POST', target: `/fhir/Patient/${chart}/$everything` }),
    'doctor',
  ),
  'GET /fhir/Binary/:id/$preview': previewProbe,
  'GET /fhir/DocumentReference/:id/$changes': documentProbe(
    (id) => get(`/fhir/DocumentReference/${id}/$changes`),
    200,
  ),
  // Staff filed it: its patient may read it, and changes nothing.
  'POST /fhir/DocumentReference/:id/$amend': documentProbe(
    (id) =>
      post(
        `/fhir/DocumentReference/${id}/$amend`,
        parameters({ name: 'title', valueString: 'What postern prove tries' }),
      ),
    404,
  ),
  'POST /fhir/Binary/:id/$reveal': revealProbe,
  // Patients look at no card of theirs for the desk.
  'POST /fhir/Patient/:id/$check-card': chartProbe(
    (chart) =>
      post(`/fhir/Patient/${chart}/$check-card`, parameters({ name: 'kind', valueCode: 'photo-id' })),
    null,
  ),
  'POST /fhir/:type/$validate': chartProbe(
    (chart) =>
      post('/fhir/Patient/$validate', {
        resourceType: 'Patient',
        link: [{ type: 'seealso', other: { reference: `Patient/${chart}` } }],
      }),
    'doctor',
  ),
  'POST /fhir/:type/:id/$validate': chartProbe(
    (chart) => ({ method: 'POST', target: `/fhir/Patient/${chart}/$validate?mode=delete` }),
    'doctor',
  ),
  'GET /fhir/AuditEvent': chartProbe((chart) => get(`/fhir/AuditEvent?patient=${chart}`), 'patient'),
  'GET /fhir/AuditEvent/:id': lineProbe,
  'POST /fhir/Subscription': refusedAlike('POST'),
  'GET /fhir/Subscription': refusedAlike('GET'),
};

/** A line about somebody else's chart is one that has never been; the patient reads those of the own. */
async function lineProbe(stage: Stage, route: string): Promise<void> {
  const id = (await ownLine(stage)) ?? newId();
  const told = await stage.ask('patient', get(`/fhir/AuditEvent/${id}`));
  stage.expectRightful(`${route}: a patient`, told, 200, null);
  for (const who of ['doctor', 'foreigner', 'partner'] as const) {
    const hidden = await stage.ask(who, get(`/fhir/AuditEvent/${id}`));
    const absent = await stage.ask(who, get(`/fhir/AuditEvent/${newId()}`));
    stage.expectHidden(`${route}: ${CAST_WORDS[who]}`, hidden, absent, who);
  }
}

/** A line is listed once it is signed, within a second. */
async function ownLine(stage: Stage): Promise<string | null> {
  for (let tried = 0; tried < 15; tried += 1) {
    const told = await stage.ask(
      'patient',
      get(`/fhir/AuditEvent?patient=${stage.world.charts.own}&_count=1`),
    );
    const id = /AuditEvent\/([0-9a-f-]{36})/.exec(told.text)?.[1];
    if (id !== undefined) return id;
    await delay(300);
  }
  return null;
}

function refusedAlike(method: string): Probe {
  return async (stage, route) => {
    const body = {
      resourceType: 'Subscription',
      criteria: `Observation?patient=${stage.world.charts.other}`,
    };
    const asking = { method, target: '/fhir/Subscription', ...(method === 'POST' ? { body } : {}) };
    const told = await Promise.all(
      (['patient', 'doctor', 'foreigner'] as const).map((who) => stage.ask(who, asking)),
    );
    for (const one of told) {
      stage.judge.expect(
        'noninterference',
        plain(one) === plain(told[0]!) && one.status === 404,
        route,
        'It answers one session differently from another.',
        'See which session differs, and why: everybody is refused alike here.',
      );
    }
  };
}

export const ROUTE_PROBES: Readonly<Record<string, Probe>> = {
  ...PAGE_PROBES,
  ...ACCOUNT_PROBES,
  ...INVITATION_PROBES,
  ...SIGN_ON_PROBES,
  ...FHIR_PROBES,
  ...DEPOSIT_PROBES,
  ...EXPORT_PROBES,
  ...ARCHIVE_PROBES,
  ...APP_PROBES,
  ...APP_REQUEST_PROBES,
  ...FAMILY_PROBES,
  ...UPLOAD_PROBES,
  ...RULE_PROBES,
  ...LINK_PROBES,
};
