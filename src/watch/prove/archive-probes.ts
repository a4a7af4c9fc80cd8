/** Probes of zips of whole charts: begun of one's own charts alone, and whose they are alone. */
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '../../base/ids.ts';
import type { Asking, Told } from './outside.ts';
import { CAST_WORDS, type CastName, type Probe, type Stage } from './stage.ts';

const begin = (chart: string): Asking => ({ method: 'POST', target: '/archives', body: { chart } });
const get = (target: string): Asking => ({ method: 'GET', target });
const end = (target: string): Asking => ({ method: 'DELETE', target });
const STRANGERS: readonly CastName[] = ['doctor', 'billing', 'foreigner', 'partner'];

/** A chart that is not the asker's to pass on is one that has never been. */
async function beginProbe(stage: Stage, route: string): Promise<void> {
  for (const [who, place] of [
    ['patient', 'other'],
    ['patient', 'elsewhere'],
    ['doctor', 'elsewhere'],
    ['foreigner', 'other'],
    ['billing', 'own'],
  ] as const) {
    const hidden = await stage.ask(who, begin(stage.world.charts[place]));
    const absent = await stage.ask(who, begin(newId()));
    stage.expectHidden(`${route}: ${CAST_WORDS[who]}, ${place}`, hidden, absent, who);
  }
}

/** A patient's own: theirs to follow, fetch and remove, and nobody else's. */
async function ownProbe(stage: Stage, route: string): Promise<void> {
  const begun = await stage.ask('patient', begin(stage.world.charts.own));
  stage.expectRightful(`${route}: a patient`, begun, 202, null);
  const location = /\/archives\/[0-9a-f-]{36}/.exec(JSON.stringify(begun.headers))?.[0];
  if (location === undefined) return;
  await finished(stage, location);
  const file = `${location}/record.zip`;
  const absent = `/archives/${newId()}`;
  for (const who of STRANGERS) {
    for (const [asking, none] of [
      [get(location), get(absent)],
      [end(location), end(absent)],
      [get(file), get(`${absent}/record.zip`)],
    ] as const) {
      const where = `${route}: ${asking.method} by ${CAST_WORDS[who]}`;
      stage.expectHidden(where, await stage.ask(who, asking), await stage.ask(who, none), who);
    }
    const listed = await stage.ask(who, get('/archives'));
    stage.expectNoLeak('matrix', `${route}: ${CAST_WORDS[who]}`, listed, who);
  }
  stage.expectRightful(`${route}: a patient`, await stage.ask('patient', get('/archives')), 200, null);
  stage.expectRightful(`${route}: a patient`, await stage.ask('patient', end(location)), 204, null);
  const gone = await stage.ask('patient', get(location));
  stage.expectHidden(`${route}: removed`, gone, await stage.ask('patient', get(absent)), 'patient');
}

/** As it is after some seconds at most: a busy server may take longer. */
async function finished(stage: Stage, location: string): Promise<Told> {
  for (let tried = 0; ; tried += 1) {
    const told = await stage.ask('patient', get(location));
    if (!/"(waiting|working)"/.test(told.text) || tried === 10) return told;
    await delay(300);
  }
}

/** A chart has one zip, so what asks for all of them is done once for all the routes that it is about. */
const done = new WeakMap<Stage, Promise<void>>();
async function onceProbe(stage: Stage, route: string): Promise<void> {
  const begun = done.get(stage) ?? ownProbe(stage, route);
  done.set(stage, begun);
  await begun;
}

export const ARCHIVE_PROBES: Readonly<Record<string, Probe>> = {
  'POST /archives': beginProbe,
  'GET /archives': onceProbe,
  'GET /archives/:job': onceProbe,
  'DELETE /archives/:job': onceProbe,
  'GET /archives/:job/record.zip': onceProbe,
};
