/**
 * Attacks on what is drawn out of files, which is for whoever may open the file, kept already or not; and on
 * files that are being sent, which are their sender's.
 */
import sharp from 'sharp';
import { expect } from 'vitest';
import type { ResourceId } from '../../src/base/ids.ts';
import { newId } from '../../src/base/ids.ts';
import type { Actor } from './attack-actors.ts';
import { type Attack, readsPatient, type Stage, said, table } from './attack-stage.ts';
import { onlyFor } from './only-for.ts';

/** A file of the chart under attack, with a picture in it. */
async function filed({ served, practice, chart }: Stage): Promise<string> {
  const create = { width: 40, height: 20, channels: 3, background: 'teal' } as const;
  const data = (await sharp({ create }).png().toBuffer()).toString('base64');
  const id = newId<ResourceId>();
  const securityContext = { reference: `Patient/${chart}` };
  await served.deposit(practice, {
    resourceType: 'Binary',
    id,
    contentType: 'image/png',
    securityContext,
    data,
  });
  return id;
}

/** The same as a card, whose picture is masked. */
async function filedCard(stage: Stage): Promise<string> {
  const id = await filed(stage);
  await stage.served.deposit(stage.practice, {
    resourceType: 'DocumentReference',
    id: newId<ResourceId>(),
    status: 'current',
    type: { coding: [{ system: 'http://loinc.org', code: '53245-7' }] },
    subject: { reference: `Patient/${stage.chart}` },
    content: [{ attachment: { url: `Binary/${id}` } }],
  });
  return id;
}

const FOR_IDENTITY = {
  resourceType: 'Parameters',
  parameter: [{ name: 'purpose', valueCode: 'identity' }],
};

export const FILE_ATTACKS: Readonly<Record<string, Attack>> = {
  'GET /fhir/Binary/:id/$preview': async (stage) => {
    const record = { type: 'Binary', section: 'clinical', chart: stage.chart, author: '' };
    const opens = (actor: (typeof stage.actors)[number]) =>
      actor.hasSession &&
      actor.practice === stage.practice &&
      table.may(actor.account, actor.held, 'read', record);
    const id = await filed(stage);
    const asking = (of: string) => ({ method: 'GET', target: `/fhir/Binary/${of}/$preview` });
    // Whoever may opens it first, so that what is kept is tried by all others.
    await stage.ask(stage.actor('doctor'), asking(id));
    await onlyFor(stage, opens, asking, 200, async () => id);
    const fresh = await filed(stage);
    const others = {
      ...stage,
      actors: stage.actors.filter((actor) => actor.name === 'doctor' || !opens(actor)),
    };
    await onlyFor(others, opens, asking, 200, async () => fresh);
  },
  'POST /fhir/DocumentReference/:id/$amend': async (stage) => {
    const parameter = [{ name: 'title', valueString: 'What hurts' }];
    const asking = (of: string) => ({
      method: 'POST',
      target: `/fhir/DocumentReference/${of}/$amend`,
      body: { resourceType: 'Parameters', parameter },
    });
    const { sender, id } = await sentDocument(stage);
    const others = { ...stage, actors: [sender, ...stage.actors] };
    await onlyFor(
      others,
      (actor) => actor === sender,
      asking,
      200,
      async () => id,
    );
  },
  'GET /fhir/DocumentReference/:id/$changes': async (stage) => {
    const record = { type: 'DocumentReference', section: 'clinical', chart: stage.chart, author: '' };
    const reads = (actor: Actor) =>
      actor.hasSession &&
      actor.practice === stage.practice &&
      table.may(actor.account, actor.held, 'read', record);
    const { sender, id } = await sentDocument(stage);
    const asking = (of: string) => ({ method: 'GET', target: `/fhir/DocumentReference/${of}/$changes` });
    await onlyFor({ ...stage, actors: [sender, ...stage.actors] }, reads, asking, 200, async () => id);
  },
  'POST /fhir/Binary/:id/$reveal': async (stage) => {
    const record = { type: 'Binary', section: 'clinical', chart: stage.chart, author: '' };
    const opens = (actor: (typeof stage.actors)[number]) =>
      actor.hasSession &&
      actor.practice === stage.practice &&
      table.may(actor.account, actor.held, 'read', record);
    const id = await filedCard(stage);
    const asking = (of: string) => ({
      method: 'POST',
      target: `/fhir/Binary/${of}/$reveal`,
      body: FOR_IDENTITY,
    });
    await onlyFor(stage, opens, asking, 200, async () => id);
  },
  'POST /fhir/Patient/:id/$check-card': async (stage) => {
    const record = { type: 'DocumentReference', section: 'administrative', chart: stage.chart, author: '' };
    const files = (actor: Actor) =>
      actor.hasSession &&
      actor.practice === stage.practice &&
      table.may(actor.account, actor.held, 'write', record);
    const asking = (of: string) => ({
      method: 'POST',
      target: `/fhir/Patient/${of}/$check-card`,
      body: { resourceType: 'Parameters', parameter: [{ name: 'kind', valueCode: 'photo-id' }] },
    });
    await onlyFor(stage, files, asking, 201, async () => stage.chart);
  },
  'POST /uploads': async (stage) => {
    const doctor = await stage.ask(stage.actor('doctor'), begin(stage.chart));
    expect(doctor.status).toBe(201);
    for (const actor of stage.actors.filter((one) => !readsPatient(stage, one))) {
      const [hidden, absent] = [
        await stage.ask(actor, begin(stage.chart)),
        await stage.ask(actor, begin(newId())),
      ];
      expect([actor.name, said(hidden)]).toEqual([actor.name, said(absent)]);
      expect([actor.name, hidden.status]).not.toEqual([actor.name, 201]);
    }
  },
  'GET /uploads/:id': (stage) => ownUpload(stage, 'GET', 200),
  'PATCH /uploads/:id': (stage) => ownUpload(stage, 'PATCH', 204),
  'DELETE /uploads/:id': (stage) => ownUpload(stage, 'DELETE', 204),
};

const TUS = { 'tus-resumable': '1.0.0' };
const TEXT = 'What hurts, since when, and how much.';
const base64 = (text: string) => Buffer.from(text).toString('base64');

function begin(chart: string) {
  const metadata = `chart ${base64(chart)},filename ${base64('pain.txt')}`;
  const headers = { ...TUS, 'upload-length': String(TEXT.length), 'upload-metadata': metadata };
  return { method: 'POST', target: '/uploads', headers };
}

/** What the patient of the chart under attack sent, whole. */
async function sentDocument({ served, practice, chart, ask }: Stage): Promise<{ sender: Actor; id: string }> {
  const { accountId, token } = await served.person(practice, { role: 'patient', chartId: chart });
  const sender: Actor = {
    name: 'the patient who sent it',
    practice,
    account: accountId,
    held: [{ role: 'patient', chart }],
    ownChart: chart,
    hasSession: true,
    token: async () => token,
  };
  const { headers, ...asking } = begin(chart);
  const told = await ask(sender, {
    ...asking,
    headers: { ...headers, 'content-type': 'application/offset+octet-stream' },
    body: TEXT,
  });
  expect(told.status).toBe(201);
  return { sender, id: told.headers['upload-document']!.slice('DocumentReference/'.length) };
}

/** A doctor's upload into the chart under attack, which the doctor's own session goes on with. */
async function ownUpload(stage: Stage, method: string, status: number): Promise<void> {
  const doctor = stage.actor('doctor');
  const part = { ...TUS, 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
  const asking = (id: string) => ({
    method,
    target: `/uploads/${id}`,
    ...(method === 'PATCH' ? { headers: part, body: TEXT } : { headers: TUS }),
  });
  const others = { ...stage, actors: stage.actors.filter((one) => one.account !== doctor.account) };
  const fresh = async () => {
    const { headers } = await stage.ask(doctor, begin(stage.chart));
    return headers.location!.slice('/uploads/'.length);
  };
  // The doctor ends or finishes the first; all others are asked about one that stands.
  const first = await fresh();
  const standing = await fresh();
  let asked = 0;
  const made = async () => {
    asked += 1;
    return asked === 1 ? first : standing;
  };
  await onlyFor(
    { ...others, actors: [doctor, ...others.actors] },
    (one) => one === doctor,
    asking,
    status,
    made,
  );
}
