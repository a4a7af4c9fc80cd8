/**
 * A client that knows the Bulk Data Access specification and nothing of Postern fetches a Group from the
 * running server, and what it gets is what searches find
 * (https://hl7.org/fhir/uv/bulkdata/STU2/export.html).
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { newId } from '../../src/base/ids.ts';
import { exportKind } from '../../src/fhir/index.ts';
import { JobWorker } from '../../src/jobs/index.ts';
import { type ExportDesk, openExportDesk } from '../support/export-desk.ts';
import { freePort } from '../support/free-port.ts';
import { PlainClient } from '../support/plain-bulk-client.ts';

let desk: ExportDesk;
let worker: JobWorker;
let base: string;
const group = newId();
beforeAll(async () => {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  base = `${publicUrl}/fhir`;
  desk = await openExportDesk({ publicUrl, port, clock: systemClock });
  const { served, practice, charts } = desk;
  await served.deposit(practice, {
    resourceType: 'Group',
    id: group,
    type: 'person',
    actual: true,
    member: [0, 2].map((at) => ({ entity: { reference: `Patient/${charts[at]}` } })),
  });
  worker = new JobWorker({
    jobs: served.jobs,
    kinds: [exportKind({ store: served.store, base })],
    onError: (what, error) => console.error(what, error),
  });
  worker.start();
  await served.server.listen();
});
afterAll(async () => {
  await worker.stop();
  await desk.served.close();
});

test('a client that knows only the specification fetches a Group, and removes what it left', async () => {
  const client = new PlainClient(async () => desk.doctor.token);
  const statement = (await (await client.ask(`${base}/metadata`)).json()) as {
    instantiates: string[];
    rest: { resource: { type: string; operation: { name: string; definition: string }[] }[] }[];
  };
  expect(statement.instantiates).toContain('http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data');
  const operations = statement.rest[0]!.resource.find(({ type }) => type === 'Group')!.operation;
  expect(operations).toContainEqual({
    name: 'export',
    definition: 'http://hl7.org/fhir/uv/bulkdata/OperationDefinition/group-export',
  });
  const { manifest, location, progress } = await client.export(`${base}/Group/${group}/$export`);
  expect(progress.every((one) => one.length > 0 && one.length < 100)).toBe(true);
  expect(manifest).toMatchObject({ request: `${base}/Group/${group}/$export`, error: [] });
  const resources = await client.download(manifest);
  const members = [desk.charts[0]!, desk.charts[2]!];
  for (const type of ['Patient', 'Observation', 'Condition']) {
    const counts = await Promise.all(members.map((patient) => client.count(base, type, patient)));
    const ids = resources.get(type)!.map(({ id }) => id);
    expect([type, ids.length, new Set(ids).size]).toEqual([type, counts[0]! + counts[1]!, ids.length]);
  }
  const [{ url }] = manifest.output as unknown as [{ url: string }];
  expect((await fetch(url)).status).toBe(401);
  const head = await fetch(url, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${desk.doctor.token}` },
  });
  expect([head.status, Number(head.headers.get('content-length')) > 0]).toEqual([200, true]);
  expect(await client.remove(location)).toBe(202);
  for (const gone of [location, url]) {
    const answer = await client.ask(gone);
    expect(answer.status).toBe(404);
    expect(((await answer.json()) as { resourceType: string }).resourceType).toBe('OperationOutcome');
  }
});

test('what it fetches since the transaction time is what was changed after it', async () => {
  const client = new PlainClient(async () => desk.doctor.token);
  const first = await client.export(`${base}/Group/${group}/$export?_type=Condition`);
  const [{ id }] = (await client.download(first.manifest)).get('Condition') as [{ id: string }];
  const read = await (await client.ask(`${base}/Condition/${id}`)).json();
  await fetch(`${base}/Condition/${id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${desk.doctor.token}`, 'content-type': 'application/fhir+json' },
    body: JSON.stringify({ ...(read as object), note: [{ text: 'better' }] }),
  });
  const since = encodeURIComponent(first.manifest.transactionTime);
  const second = await client.export(`${base}/Group/${group}/$export?_type=Condition&_since=${since}`);
  expect([...(await client.download(second.manifest)).values()].flat().map((one) => one.id)).toEqual([id]);
});
