/** Probes of uploads: begun within one's own reach alone, and whose they are alone. */
import { newId } from '../../base/ids.ts';
import type { Asking } from './outside.ts';
import { CAST_WORDS, type Probe, type Stage } from './stage.ts';

const TUS = { 'tus-resumable': '1.0.0' };
const CONTENT = 'What postern prove sends, and takes back before it is whole.';

const base64 = (text: string) => Buffer.from(text).toString('base64');

function begin(chart: string): Asking {
  const metadata = `chart ${base64(chart)},filename ${base64('prove.txt')},type ${base64('other')}`;
  const headers = { ...TUS, 'upload-length': String(CONTENT.length), 'upload-metadata': metadata };
  return { method: 'POST', target: '/uploads', headers };
}

const look = (id: string): Asking => ({ method: 'GET', target: `/uploads/${id}`, headers: TUS });
const end = (id: string): Asking => ({ method: 'DELETE', target: `/uploads/${id}`, headers: TUS });
const send = (id: string): Asking => ({
  method: 'PATCH',
  target: `/uploads/${id}`,
  headers: { ...TUS, 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' },
  body: CONTENT.slice(0, 10),
});

/** A chart that is not the asker's takes nothing, like one that has never been. */
async function beginProbe(stage: Stage, route: string): Promise<void> {
  for (const [who, place] of [
    ['patient', 'other'],
    ['patient', 'elsewhere'],
    ['doctor', 'elsewhere'],
    ['foreigner', 'other'],
  ] as const) {
    const hidden = await stage.ask(who, begin(stage.world.charts[place]));
    const absent = await stage.ask(who, begin(newId()));
    stage.expectHidden(`${route}: ${CAST_WORDS[who]}, ${place}`, hidden, absent, who);
  }
  const id = await begun(stage, route);
  if (id !== null) await stage.ask('patient', end(id));
}

/** A patient's own upload: theirs to look at, go on with and end, and nobody else's. */
async function ownProbe(stage: Stage, route: string): Promise<void> {
  const id = await begun(stage, route);
  if (id === null) return;
  for (const who of ['doctor', 'billing', 'foreigner', 'partner'] as const) {
    for (const asking of [look, send, end]) {
      const [hidden, absent] = [await stage.ask(who, asking(id)), await stage.ask(who, asking(newId()))];
      stage.expectHidden(`${route}: ${asking(id).method} by ${CAST_WORDS[who]}`, hidden, absent, who);
    }
  }
  stage.expectRightful(`${route}: a patient`, await stage.ask('patient', look(id)), 200, null);
  stage.expectRightful(`${route}: a patient`, await stage.ask('patient', send(id)), 204, null);
  stage.expectRightful(`${route}: a patient`, await stage.ask('patient', end(id)), 204, null);
  const gone = await stage.ask('patient', look(id));
  stage.expectHidden(`${route}: ended`, gone, await stage.ask('patient', look(newId())), 'patient');
}

async function begun(stage: Stage, route: string): Promise<string | null> {
  const told = await stage.ask('patient', begin(stage.world.charts.own));
  stage.expectRightful(`${route}: a patient`, told, 201, null);
  return /\/uploads\/([0-9a-f-]{36})/.exec(String(told.headers.location))?.[1] ?? null;
}

export const UPLOAD_PROBES: Readonly<Record<string, Probe>> = {
  'POST /uploads': beginProbe,
  'GET /uploads/:id': ownProbe,
  'PATCH /uploads/:id': ownProbe,
  'DELETE /uploads/:id': ownProbe,
};
