/** Attacks on what a practice sets and keeps of files: its owner's and privacy officer's alone. */
import sharp from 'sharp';
import { expect } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import type { Asking } from '../../src/watch/index.ts';
import type { Actor } from './attack-actors.ts';
import { type Attack, type Stage, table } from './attack-stage.ts';
import { CANARIES } from './attack-world.ts';
import { PART, sendFile, uploadHeaders } from './file-requests.ts';
import { onlyFor } from './only-for.ts';

const HEADERS = { 'content-type': 'application/json' };
const send = (method: string, target: string, body: object): Asking => ({
  method,
  target,
  headers: HEADERS,
  body: JSON.stringify(body),
});

/** Anybody who is signed in is told what their own practice takes, and no record comes along. */
const toldToAll =
  (target: string): Attack =>
  async (stage) => {
    for (const actor of stage.actors) {
      const { status, text } = await stage.ask(actor, { method: 'GET', target });
      expect([actor.name, status]).toEqual([actor.name, actor.hasSession ? 200 : 401]);
      expect(text).not.toMatch(CANARIES);
    }
  };

const setByOwner =
  (target: string, body: object): Attack =>
  (stage) =>
    // It is looked at, and out of its limits: what stands is nobody's to change here.
    onlyFor(
      stage,
      ({ name }) => name === 'owner',
      () => send('PUT', target, body),
      400,
      async () => '',
    );

/** Whoever looks after files is told of none that is not there, like everybody else. */
const nothingThere =
  (asking: (id: string) => Asking): Attack =>
  async (stage) => {
    for (const actor of stage.actors) {
      const { status, text } = await stage.ask(actor, asking(newId()));
      const open = status === 404 || (status === 409 && OFFICES.includes(actor.name));
      expect([actor.name, actor.hasSession ? open : status]).toEqual([
        actor.name,
        actor.hasSession ? true : 401,
      ]);
      expect(text).not.toMatch(CANARIES);
    }
  };
/** The owner and the privacy officer are told, and see nothing of anybody's record. */
const forOffices = (stage: Stage, target: string) =>
  onlyFor(
    stage,
    ({ name }) => OFFICES.includes(name),
    () => ({ method: 'GET', target }),
    200,
    async () => '',
  );
const OFFICES = ['owner', 'privacy-officer'];

/** A photo of the chart with its original, which staff who write there may open and patients may not. */
async function photo(stage: Stage): Promise<string> {
  const owner = stage.actor('owner');
  const standing = await stage.ask(owner, { method: 'GET', target: '/practice/files' });
  const rules = { ...(JSON.parse(standing.text) as object), keepsOriginals: true };
  expect((await stage.ask(owner, send('PUT', '/practice/files', rules))).status).toBe(200);
  // While something of the record is on hold, nobody removes an original.
  const held = await stage.ask(owner, { method: 'GET', target: `/holds?chart=${stage.chart}` });
  for (const { id } of (JSON.parse(held.text) as { holds: { id: string }[] }).holds) {
    await stage.ask(owner, send('POST', `/holds/${id}/end`, { reason: 'It was settled.' }));
  }
  const content = Buffer.from(await jpegWithPlace());
  const doctor = await stage.actor('doctor').token();
  const said = { chart: stage.chart, filename: 'wound.jpg', type: 'photo' };
  const headers = uploadHeaders(content.length, said);
  const begun = await sendFile(stage.served, { token: doctor! }, 'POST', '/uploads', headers);
  const path = begun.headers.location!;
  const part = { ...PART, 'upload-offset': '0' };
  const done = await sendFile(stage.served, { token: doctor! }, 'PATCH', path, part, content);
  expect(done.status).toBe(204);
  const target = `/fhir/${done.headers['upload-document']}`;
  const { text } = await stage.ask(stage.actor('doctor'), { method: 'GET', target });
  return /"url":"Binary\/([^"]+)"/.exec(text)![1]!;
}

const original =
  (method: string): Attack =>
  async (stage) => {
    const clinical = { type: 'Binary', section: 'clinical', chart: stage.chart, author: '' };
    const may = ({ account, held, practice, hasSession, name }: Actor) =>
      hasSession &&
      practice === stage.practice &&
      !name.includes('app') &&
      table.may(account, held, 'write', clinical) &&
      table.may(account, held, 'read', clinical);
    const standing = await photo(stage);
    const made = method === 'GET' ? async () => standing : () => photo(stage);
    const asking = (id: string) => ({ method, target: `/files/${id}/original` });
    await onlyFor(stage, may, asking, 200, made);
  };

export const RULE_ATTACKS: Readonly<Record<string, Attack>> = {
  'GET /practice/files': toldToAll('/practice/files'),
  'GET /files-apart': (stage) => forOffices(stage, '/files-apart'),
  'DELETE /files-apart/:id': nothingThere((id) => ({ method: 'DELETE', target: `/files-apart/${id}` })),
  'POST /files-apart/:id/release': nothingThere((id) =>
    send('POST', `/files-apart/${id}/release`, { reason: 'A false alarm.' }),
  ),
  'GET /practice/retention': (stage) => forOffices(stage, '/practice/retention'),
  'PUT /practice/retention': setByOwner('/practice/retention', { version: 0, rules: [{}] }),
  'GET /retention/due': (stage) => forOffices(stage, '/retention/due'),
  'POST /retention/due': (stage) =>
    onlyFor(
      stage,
      ({ name }) => name === 'privacy-officer',
      () => send('POST', '/retention/due', { documents: [] }),
      400,
      async () => '',
    ),
  'GET /holds': (stage) => forOffices(stage, '/holds'),
  'POST /holds': (stage) =>
    onlyFor(
      stage,
      ({ name }) => OFFICES.includes(name),
      (chart) => send('POST', '/holds', { chart, reason: 'A lawsuit is coming.' }),
      201,
      async () => stage.chart,
    ),
  'POST /holds/:id/end': (stage) =>
    onlyFor(
      stage,
      ({ name }) => OFFICES.includes(name),
      (id) => send('POST', `/holds/${id}/end`, { reason: 'It was settled.' }),
      204,
      async () => {
        const held = send('POST', '/holds', { chart: stage.chart, reason: 'A lawsuit is coming.' });
        const { text } = await stage.ask(stage.actor('owner'), held);
        return (JSON.parse(text) as { id: string }).id;
      },
    ),
  'GET /files/:id/original': original('GET'),
  'DELETE /files/:id/original': original('DELETE'),
  'PUT /practice/files': setByOwner('/practice/files', { version: 0, limits: { bytesOfFile: 1 } }),
};

/** A photo that says where it was taken. */
export function jpegWithPlace(): Promise<Buffer> {
  const create = { width: 40, height: 20, channels: 3, background: 'teal' } as const;
  const exif = { IFD0: { Artist: 'Somebody' }, IFD3: { GPSLatitude: '51/1 30/1 0/1', GPSLatitudeRef: 'N' } };
  return sharp({ create }).jpeg().withExif(exif).toBuffer();
}
