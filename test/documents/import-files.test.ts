/** Files that changed at their source are brought anew by whoever opens none of them. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId, type ResourceId } from '../../src/base/ids.ts';
import type { FhirResource } from '../../src/chart/index.ts';
import { fileOf } from '../support/file-requests.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let doctor: Person;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice, { name: [{ family: 'Okafor' }] });
  doctor = await served.person(practice, { role: 'doctor' });
});
afterAll(() => served.close());

const binary = (
  id: string,
  data: Buffer | null,
  context = `Patient/${chart}`,
): FhirResource & { id: string } => ({
  resourceType: 'Binary',
  id,
  contentType: 'text/plain',
  securityContext: { reference: context },
  ...(data === null ? {} : { data: data.toString('base64') }),
});

async function imported(id: string, data: Buffer | null, context?: string): Promise<string> {
  return served.gate.asJob(practice, 'system-import', 'test', async (visit) => {
    const draft = {
      id: id as ResourceId,
      resource: binary(id, data, context),
      section: null,
      author: visit.scope.accountId,
      digest: randomBytes(32),
    };
    const [outcome] = await served.store.importBatch(visit, [draft]);
    return outcome!.kind === 'written' ? `version ${outcome!.stored.version}` : outcome!.error.code;
  });
}

const text = async (path: string) => (await served.ask(doctor.token, 'GET', path)).text;

test('a file that changed is a new version, and the one before is still there', async () => {
  const id = newId();
  expect(await imported(id, Buffer.from('as it was'))).toBe('version 1');
  expect(await imported(id, Buffer.from('as it is'))).toBe('version 2');
  expect(await text(`/fhir/Binary/${id}`)).toBe('as it is');
  expect(await text(`/fhir/Binary/${id}/_history/1`)).toBe('as it was');
  expect(await imported(id, Buffer.from('as it will be'))).toBe('version 3');
  expect(await text(`/fhir/Binary/${id}/_history/2`)).toBe('as it is');
});

test('the import does not see what it replaces', async () => {
  const id = newId();
  await imported(id, Buffer.from('as it was'));
  await served.gate.asJob(practice, 'system-import', 'test', async (visit) => {
    expect(await served.store.read(visit, 'Binary', id)).toBeNull();
    expect(await served.store.readFile(visit, id, 1)).toBeNull();
  });
});

test('two imports at once make two versions, or the second is told', async () => {
  const id = newId();
  await imported(id, Buffer.from('as it was'));
  const tried = await Promise.allSettled([1, 2, 3].map((n) => imported(id, Buffer.from(`try ${n}`))));
  const { rows } = await served.database.owner.query<{ version: number; kept: string }>(
    `select r.version, (select count(*) from postern.resource_version v where v.id = r.id) as kept
     from postern.resource r where r.id = $1`,
    [id],
  );
  const made = tried.filter((one) => one.status === 'fulfilled' && one.value.startsWith('version')).length;
  expect(made).toBeGreaterThan(0);
  expect(rows[0]!.version).toBe(1 + made);
  expect(Number(rows[0]!.kept)).toBe(made);
});

test('what somebody here wrote is not replaced by an import that never brought it', async () => {
  const id = await fileOf(served, doctor, `Patient/${chart}`, Buffer.from('written here'));
  await expect(imported(id, Buffer.from('from elsewhere'))).rejects.toThrow();
  expect(await text(`/fhir/Binary/${id}`)).toBe('written here');
});

test('a file does not change its patient by an import', async () => {
  const other = await served.chart(practice, {});
  const id = newId();
  await imported(id, Buffer.from('as it was'));
  expect(await imported(id, Buffer.from('moved'), `Patient/${other}`)).toBe('not-processable');
  expect(await text(`/fhir/Binary/${id}`)).toBe('as it was');
});
