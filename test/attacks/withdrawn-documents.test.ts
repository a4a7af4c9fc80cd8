/** Documents that were withdrawn, which may be somebody else's: what they hold themselves, without a file. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ChartId } from '../../src/base/ids.ts';
import { type ArchiveDesk, openArchiveDesk } from '../support/archive-desk.ts';
import { fileOf } from '../support/file-requests.ts';
import { askForLink, makeLink, openLink } from '../support/link-requests.ts';
import type { Person, ServedPractices } from '../support/served-practices.ts';

let desk: ArchiveDesk;
let served: ServedPractices;
let doctor: Person;
let patient: Person;
let chart: ChartId;

beforeAll(async () => {
  desk = await openArchiveDesk();
  ({ served, doctor } = desk);
});
afterAll(() => served.close());
beforeEach(async () => {
  chart = await served.chart(desk.practice, { name: [{ family: 'Okafor' }] });
  patient = await served.person(desk.practice, { role: 'patient', chartId: chart });
});

const documentOf = (file: string) => ({
  resourceType: 'DocumentReference',
  status: 'current',
  type: { coding: [{ system: 'http://loinc.org', code: '68608-9' }] },
  subject: { reference: `Patient/${chart}` },
  content: [{ attachment: { url: `Binary/${file}`, title: 'To Dr. Lam' } }],
});
const newFile = () => fileOf(served, doctor, `Patient/${chart}`, randomBytes(3000));

test('a link ends when its document is withdrawn, also one that holds its content itself', async () => {
  const attachment = { contentType: 'text/plain', data: Buffer.from('of somebody else').toString('base64') };
  const within = { ...documentOf('-'), content: [{ attachment }] };
  for (const body of [documentOf(await newFile()), within]) {
    const made = await served.ask(doctor.token, 'POST', '/fhir/DocumentReference', { body });
    expect(made.status, made.text).toBe(201);
    const id = String(made.json.id);
    const link = await makeLink(served, patient, { chart, documents: [id] });
    expect((await openLink(served, link.path)).status).toBe(200);
    const withdrawn = { ...body, id, status: 'entered-in-error' };
    const put = await served.ask(doctor.token, 'PUT', `/fhir/DocumentReference/${id}`, { body: withdrawn });
    expect(put.status, put.text).toBe(200);
    expect((await openLink(served, link.path)).status).toBe(404);
    const again = { chart, documents: [id], label: 'x' };
    expect((await askForLink(served, patient, again)).status).toBe(404);
  }
});

test('what a withdrawn document held itself comes by no way to who may not write there', async () => {
  const data = Buffer.from(`of somebody else ${randomBytes(20).toString('hex')}`).toString('base64');
  const body = { ...documentOf('-'), content: [{ attachment: { contentType: 'text/plain', data } }] };
  const made = await served.ask(doctor.token, 'POST', '/fhir/DocumentReference', { body });
  const id = String(made.json.id);
  const at = `/fhir/DocumentReference/${id}`;
  const entry = [{ request: { method: 'GET', url: `DocumentReference/${id}` } }];
  const ways: readonly (readonly [string, string, object?])[] = [
    ['GET', at],
    ['GET', `${at}/_history/1`],
    ['GET', `${at}/_history`],
    ['GET', `/fhir/DocumentReference?_id=${id}`],
    ['GET', `/fhir/DocumentReference?patient=${chart}&_elements=content`],
    ['GET', `/fhir/Patient?_id=${chart}&_revinclude=DocumentReference:subject`],
    ['GET', `/fhir/Patient/${chart}/$everything`],
    ['POST', '/fhir', { resourceType: 'Bundle', type: 'batch', entry }],
    ['POST', '/fhir', { resourceType: 'Bundle', type: 'transaction', entry }],
  ];
  const told = async (who: Person) => {
    const found: boolean[] = [];
    for (const [method, target, asked] of ways) {
      const options = asked === undefined ? {} : { body: asked };
      found.push((await served.ask(who.token, method, target, options)).text.includes(data));
    }
    return found;
  };
  const carer = await served.person(desk.practice, { role: 'carer', chartId: chart });
  for (const who of [patient, carer]) expect(await told(who)).toEqual(ways.map(() => true));
  const withdrawn = { ...body, id, status: 'entered-in-error' };
  expect((await served.ask(doctor.token, 'PUT', at, { body: withdrawn })).status).toBe(200);
  for (const who of [patient, carer]) expect(await told(who)).toEqual(ways.map(() => false));
  expect((await served.ask(patient.token, 'GET', at)).json).toMatchObject({ status: 'entered-in-error' });
  const zip = await desk.entries(patient, await desk.made(patient, chart));
  expect([...zip.values()].some(({ bytes }) => bytes.includes('of somebody else'))).toBe(false);
  expect(await told(doctor)).toEqual(ways.map(() => true));
  expect((await served.ask(doctor.token, 'PUT', at, { body: { ...body, id } })).status).toBe(200);
  expect(await told(patient)).toEqual(ways.map(() => true));
});
