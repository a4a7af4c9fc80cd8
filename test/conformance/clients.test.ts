/**
 * Clients that others wrote, unmodified, do all that they can do against the running server over a socket.
 * What they could ask and servers need not offer (compartments, GraphQL, subscriptions) is left out.
 */
import { MedplumClient, OperationOutcomeError } from '@medplum/core';
import type { Bundle, Observation, Patient } from '@medplum/fhirtypes';
import { Client as KitClient } from 'fhir-kit-client';
import FHIR from 'fhirclient';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId } from '../../src/base/ids.ts';
import { freePort } from '../support/free-port.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let base: string;
let chart: ChartId;
let doctor: Person;
let patient: Person;

beforeAll(async () => {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  base = `${origin}/fhir`;
  served = await servePractices({ publicUrl: origin, port });
  const practice = await served.makePractice();
  chart = await served.chart(practice, {
    name: [{ family: 'Okafor', given: ['Adaeze'] }],
    birthDate: '1980-05-06',
    identifier: [{ system: 'urn:mrn', value: 'A-17' }],
  });
  doctor = await served.person(practice, { role: 'doctor' });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
  await served.server.listen();
});
afterAll(() => served.close());

function observation(extra: Partial<Observation> = {}): Observation {
  return {
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }], text: 'pulse' },
    subject: { reference: `Patient/${chart}` },
    effectiveDateTime: '2026-02-03T04:05:06Z',
    valueQuantity: { value: 72, unit: '/min' },
    ...extra,
  };
}

const bundleOf = (type: 'batch' | 'transaction'): Bundle => ({
  resourceType: 'Bundle',
  type,
  entry: [
    { request: { method: 'POST', url: 'Observation' }, resource: observation() },
    { request: { method: 'GET', url: `Patient/${chart}` } },
  ],
});

describe('fhir-kit-client', () => {
  const kit = () => new KitClient({ baseUrl: base, bearerToken: doctor.token });
  const resourceType = 'Observation';

  test('reads what the server can', async () => {
    const anyone = new KitClient({ baseUrl: base });
    expect(await anyone.capabilityStatement()).toMatchObject({ fhirVersion: '4.0.1', kind: 'instance' });
  });

  test('makes, reads, changes, patches and deletes', async () => {
    const client = kit();
    const made = await client.create({ resourceType, body: observation() as never });
    const id = made.id as string;
    expect(await client.read({ resourceType, id })).toEqual(made);
    const changed = await client.update({ resourceType, id, body: { ...made, status: 'amended' } as never });
    expect(changed).toMatchObject({ status: 'amended', meta: { versionId: '2' } });
    const jsonPatch = [{ op: 'replace', path: '/status', value: 'corrected' }];
    expect(await client.patch({ resourceType, id, jsonPatch: jsonPatch as never })).toMatchObject({
      status: 'corrected',
    });
    expect(await client.vread({ resourceType, id, version: '1' })).toEqual(made);
    await client.delete({ resourceType, id });
    await expect(client.read({ resourceType, id })).rejects.toMatchObject({ response: { status: 410 } });
    expect(await client.history({ resourceType, id })).toMatchObject({
      type: 'history',
      entry: { length: 4 },
    });
    expect(await client.resourceHistory({ resourceType, id })).toMatchObject({ entry: { length: 4 } });
    expect(await client.typeHistory({ resourceType })).toMatchObject({ type: 'history' });
    expect(await client.systemHistory()).toMatchObject({ type: 'history' });
  });

  test('changes by condition', async () => {
    const value = newId();
    const body = observation({ identifier: [{ system: 'urn:lab', value }] }) as never;
    const searchParams = { identifier: `urn:lab|${value}` };
    const made = await kit().update({ resourceType, searchParams, body });
    expect(await kit().update({ resourceType, searchParams, body })).toMatchObject({
      id: made.id,
      meta: { versionId: '2' },
    });
  });

  test('searches, by POST too, and turns pages', async () => {
    const client = kit();
    for (const _ of [1, 2, 3]) await client.create({ resourceType, body: observation() as never });
    const searchParams = { patient: chart, _count: '2' };
    const first = await client.search({ resourceType, searchParams });
    expect(first).toMatchObject({ type: 'searchset', entry: { length: 2 } });
    expect(await client.nextPage({ bundle: first as never })).toMatchObject({ type: 'searchset' });
    const posted = await client.resourceSearch({
      resourceType,
      searchParams,
      options: { postSearch: true } as never,
    });
    expect(posted).toMatchObject({ entry: { length: 2 } });
  });

  test('sends batches and transactions, and asks operations', async () => {
    const client = kit();
    expect(await client.batch({ body: bundleOf('batch') as never })).toMatchObject({
      type: 'batch-response',
      entry: [{ response: { status: '201' } }, { resource: { id: chart } }],
    });
    expect(await client.transaction({ body: bundleOf('transaction') as never })).toMatchObject({
      type: 'transaction-response',
      entry: [{ response: { status: '201' } }, { resource: { id: chart } }],
    });
    const everything = await client.operation({
      name: 'everything',
      resourceType: 'Patient',
      id: chart,
      method: 'GET',
    });
    expect(everything).toMatchObject({ type: 'searchset' });
    const input = { resourceType: 'Patient', name: [{ family: 'Okafor' }], birthDate: '1980-05-06' };
    const matched = await client.operation({ name: 'match', resourceType: 'Patient', input: input as never });
    expect(matched).toMatchObject({ entry: [{ resource: { id: chart } }] });
  });

  test('resolves references', async () => {
    const found = await kit().resolve({ reference: `Patient/${chart}` });
    expect(found).toMatchObject({ id: chart });
    expect(await kit().resolve({ reference: `${base}/Patient/${chart}` })).toMatchObject({ id: chart });
  });
});

describe('fhirclient', () => {
  const smart = (who = doctor) =>
    FHIR({} as never, {} as never).client({
      serverUrl: base,
      tokenResponse: { access_token: who.token, patient: chart },
    } as never);

  test('makes, reads, changes, patches and deletes', async () => {
    const client = smart();
    const made = await client.create(observation() as never);
    const { id } = made as { id: string };
    expect(await client.request(`Observation/${id}`)).toEqual(made);
    expect(await client.update({ ...(made as object), status: 'amended' } as never)).toMatchObject({
      status: 'amended',
    });
    const patched = await client.patch(`Observation/${id}`, [
      { op: 'replace', path: '/status', value: 'corrected' },
    ]);
    expect(patched).toMatchObject({ status: 'corrected' });
    await client.delete(`Observation/${id}`);
    await expect(client.request(`Observation/${id}`)).rejects.toMatchObject({ status: 410 });
  });

  test('reads its patient, pages and references', async () => {
    const client = smart(patient);
    expect(await client.patient.read()).toMatchObject({ id: chart });
    await smart().create(observation() as never);
    const pages = await client.request(`Observation?patient=${chart}&_count=1`, { pageLimit: 2, flat: true });
    expect(pages).toHaveLength(2);
    const resolved = await client.request(`Observation?patient=${chart}&_count=1`, {
      flat: true,
      resolveReferences: ['subject'],
    });
    expect(resolved[0].subject).toMatchObject({ id: chart, birthDate: '1980-05-06' });
    const own = await client.patient.request('Observation');
    expect(own).toMatchObject({ type: 'searchset' });
  });

  test('learns the version of FHIR', async () => {
    expect(await smart().getFhirVersion()).toBe('4.0.1');
    expect(await smart().getFhirRelease()).toBe(4);
  });
});

describe('MedplumClient', () => {
  const medplum = (options: object = {}) => {
    const { origin } = new URL(base);
    const client = new MedplumClient({
      baseUrl: `${origin}/`,
      fhirUrlPath: 'fhir',
      cacheTime: 0,
      ...options,
    });
    client.setAccessToken(doctor.token);
    return client;
  };

  test('makes, reads, changes, patches and deletes', async () => {
    const client = medplum();
    const made = await client.createResource(observation());
    expect(await client.readResource('Observation', made.id)).toEqual(made);
    expect(await client.readReference({ reference: `Observation/${made.id}` })).toEqual(made);
    expect(await client.updateResource({ ...made, status: 'amended' })).toMatchObject({ status: 'amended' });
    const patched = await client.patchResource('Observation', made.id, [
      { op: 'replace', path: '/status', value: 'corrected' },
    ]);
    expect(patched.status).toBe('corrected');
    expect(await client.readHistory('Observation', made.id)).toMatchObject({ entry: { length: 3 } });
    expect(await client.readVersion('Observation', made.id, '1')).toEqual(made);
    await client.deleteResource('Observation', made.id);
    await expect(client.readResource('Observation', made.id)).rejects.toBeInstanceOf(OperationOutcomeError);
  });

  test('makes on condition', async () => {
    const client = medplum();
    const value = newId();
    const resource = observation({ identifier: [{ system: 'urn:lab', value }] });
    const query = `identifier=urn:lab|${value}`;
    const made = await client.createResourceIfNoneExist(resource, query);
    expect((await client.createResourceIfNoneExist(resource, query)).id).toBe(made.id);
    expect(await client.upsertResource({ ...resource, status: 'amended' }, query)).toMatchObject({
      id: made.id,
      status: 'amended',
    });
  });

  test('searches and turns pages', async () => {
    const client = medplum();
    for (const _ of [1, 2]) await client.createResource(observation());
    expect(await client.search('Observation', { patient: chart })).toMatchObject({ type: 'searchset' });
    expect(await client.searchOne('Patient', 'name=okafor')).toMatchObject({ id: chart });
    expect((await client.searchResources('Patient', 'birthdate=1980-05-06')).map(({ id }) => id)).toEqual([
      chart,
    ]);
    let pages = 0;
    for await (const page of client.searchResourcePages('Observation', `patient=${chart}&_count=1`)) {
      expect(page).toHaveLength(1);
      pages += 1;
      if (pages === 3) break;
    }
    expect(pages).toBe(3);
  });

  test('sends batches and transactions, and asks operations', async () => {
    const client = medplum();
    expect(await client.executeBatch(bundleOf('batch'))).toMatchObject({
      type: 'batch-response',
      entry: { length: 2 },
    });
    expect(await client.executeBatch(bundleOf('transaction'))).toMatchObject({
      type: 'transaction-response',
    });
    expect(await client.readPatientEverything(chart)).toMatchObject({ type: 'searchset' });
    expect((await client.validateResource(observation())).issue[0]!.severity).toBe('information');
    const bad = { resourceType: 'Patient', gender: 'x' } as unknown as Patient;
    expect((await client.validateResource(bad)).issue[0]!.expression).toEqual(['Patient.gender']);
  });

  test('gathers its own reads into batches', async () => {
    const client = medplum({ autoBatchTime: 20 });
    const [one, other] = await Promise.all([
      client.readResource('Patient', chart),
      client.searchOne('Patient', 'name=okafor'),
    ]);
    expect([one.id, other?.id]).toEqual([chart, chart]);
  });

  test('makes files', async () => {
    const client = medplum();
    const binary = await client.createResource({
      resourceType: 'Binary',
      contentType: 'text/plain',
      data: btoa('hello'),
      securityContext: { reference: `Patient/${chart}` },
    });
    expect(await client.readResource('Binary', binary.id)).toMatchObject({ data: btoa('hello') });
  });
});
