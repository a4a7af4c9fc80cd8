/** Probes of exports: what is asked is asked within reach, and what was made is whose it is alone. */
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '../../base/ids.ts';
import type { Asking, Told } from './outside.ts';
import { CAST_WORDS, type CastName, type Probe, type Stage } from './stage.ts';

const ASYNC = { prefer: 'respond-async', accept: 'application/fhir+json' };

type Method = 'GET' | 'POST';

function kickOff(method: Method, target: string): Asking {
  const body = { resourceType: 'Parameters' };
  return method === 'GET' ? { method, target, headers: ASYNC } : { method, target, headers: ASYNC, body };
}

/** Those who may not take records out are told what whoever names nothing is. */
function refusedProbe(method: Method, target: string): Probe {
  return async (stage, route) => {
    for (const who of ['billing', 'partner'] as const) {
      const told = await stage.ask(who, kickOff(method, target));
      const absent = await stage.ask(who, kickOff(method, `/fhir/Patient/${newId()}/$export`));
      stage.expectHidden(`${route}: ${CAST_WORDS[who]}`, told, absent, who);
    }
  };
}

/** A chart or group that is not the asker's to see is one that has never been. */
function namedProbe(method: Method, target: (id: string) => string): Probe {
  return async (stage, route) => {
    for (const [who, place] of [
      ['patient', 'other'],
      ['doctor', 'elsewhere'],
      ['foreigner', 'other'],
    ] as const) {
      const hidden = await stage.ask(who, kickOff(method, target(stage.world.charts[place])));
      const absent = await stage.ask(who, kickOff(method, target(newId())));
      stage.expectHidden(`${route}: ${CAST_WORDS[who]}, ${place}`, hidden, absent, who);
    }
  };
}

const STRANGERS: readonly CastName[] = ['doctor', 'billing', 'foreigner', 'partner'];

/** A patient's own export: theirs to follow, fetch and remove, and nobody else's. */
async function ownExport(stage: Stage, route: string): Promise<void> {
  const begun = await stage.ask('patient', kickOff('GET', '/fhir/Patient/$export'));
  stage.expectRightful(`${route}: a patient`, begun, 202, null);
  const location = /\/bulk\/[0-9a-f-]{36}/.exec(JSON.stringify(begun.headers))?.[0];
  if (location === undefined) return;
  const done = await finished(stage, location);
  const files = [...done.text.matchAll(/\/bulk\/[0-9a-f-]{36}\/[0-9a-f-]{36}/g)].map(([path]) => path);
  const askings: (readonly [Asking, Asking])[] = [
    [get(location), get(`/bulk/${newId()}`)],
    [remove(location), remove(`/bulk/${newId()}`)],
    [get(files[0] ?? `${location}/${newId()}`), get(`/bulk/${newId()}/${newId()}`)],
  ];
  for (const who of STRANGERS) {
    for (const [asking, absent] of askings) {
      const where = `${route}: ${asking.method} by ${CAST_WORDS[who]}`;
      stage.expectHidden(where, await stage.ask(who, asking), await stage.ask(who, absent), who);
    }
  }
  for (const file of files) {
    stage.expectNoLeak('matrix', route, await stage.ask('patient', get(file)), 'patient');
  }
  stage.expectRightful(`${route}: a patient`, await stage.ask('patient', remove(location)), 202, null);
  const gone = await stage.ask('patient', get(location));
  stage.expectHidden(
    `${route}: removed`,
    gone,
    await stage.ask('patient', get(`/bulk/${newId()}`)),
    'patient',
  );
}

/** The export as it is after some seconds at most: a busy server may take longer. */
async function finished(stage: Stage, location: string): Promise<Told> {
  for (let tried = 0; ; tried += 1) {
    const told = await stage.ask('patient', get(location));
    if (told.status !== 202 || tried === 10) return told;
    await delay(300);
  }
}

const get = (target: string): Asking => ({ method: 'GET', target });
const remove = (target: string): Asking => ({ method: 'DELETE', target });

export const EXPORT_PROBES: Readonly<Record<string, Probe>> = {
  'GET /fhir/$export': refusedProbe('GET', '/fhir/$export'),
  'POST /fhir/$export': refusedProbe('POST', '/fhir/$export'),
  'GET /fhir/Patient/$export': refusedProbe('GET', '/fhir/Patient/$export'),
  'POST /fhir/Patient/$export': refusedProbe('POST', '/fhir/Patient/$export'),
  'GET /fhir/Patient/:id/$export': namedProbe('GET', (id) => `/fhir/Patient/${id}/$export`),
  'POST /fhir/Patient/:id/$export': namedProbe('POST', (id) => `/fhir/Patient/${id}/$export`),
  'GET /fhir/Group/:id/$export': namedProbe('GET', (id) => `/fhir/Group/${id}/$export`),
  'POST /fhir/Group/:id/$export': namedProbe('POST', (id) => `/fhir/Group/${id}/$export`),
  'GET /bulk/:job': ownExport,
  'DELETE /bulk/:job': ownExport,
  'GET /bulk/:job/:file': ownExport,
};
