import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import {
  bundle,
  file,
  folder,
  freshImport,
  type Json,
  literal,
  observation,
  patient,
  reasons,
  referenceOf,
  run,
  store,
  useStore,
} from '../../../test/support/import-folder.ts';
import { MemoryImportStore } from '../../../test/support/memory-import-store.ts';

freshImport();

test.each(['transaction', 'batch', 'collection', 'searchset', 'document'])(
  'a %s bundle is read',
  async (type) => {
    await file(
      'a.json',
      bundle(
        type,
        { fullUrl: 'urn:uuid:1', resource: observation('o', 'urn:uuid:2') },
        { fullUrl: 'urn:uuid:2', resource: patient('p') },
      ),
    );
    const report = await run();
    expect(reasons(report)).toEqual([]);
    expect(report.types).toMatchObject({ Patient: { created: 1 }, Observation: { created: 1 } });
    expect(referenceOf('Observation', 'subject')).toBe(literal('Patient'));
  },
);

test('single resources, NDJSON and gzip of each are read, in folders and beneath', async () => {
  await file('z/patient.json', patient('1'));
  await file(
    'a/b/Observation.ndjson.gz',
    gzipSync(`\n${JSON.stringify(observation('2', 'Patient/1'))}\r\n\n`),
  );
  await file(
    'a/more.jsonl',
    [3, 4].map((id) => JSON.stringify(observation(`${id}`, 'Patient/1'))).join('\n'),
  );
  await file(
    'a/c.json.gz',
    gzipSync(JSON.stringify(bundle('collection', { resource: observation('5', 'Patient/1') }))),
  );
  await file('a/readme.txt', 'not read');
  const report = await run();
  expect(reasons(report)).toEqual([]);
  expect(report.files).toBe(4);
  expect(report.ignored).toEqual([join(folder, 'a/readme.txt')]);
  expect(report.types).toMatchObject({ Patient: { created: 1 }, Observation: { created: 4 } });
  expect(new Set(store.all('Observation').map((item) => item.resource.subject))).toHaveLength(4);
});

test('owners are stored before what they own, whatever the order of files and entries', async () => {
  await file('1.json', {
    resourceType: 'Provenance',
    id: 'v',
    target: [{ reference: 'Observation/o' }],
    recorded: '2020-01-01T00:00:00Z',
    agent: [{ who: { display: 'x' } }],
  });
  await file('2.json', observation('o', 'Patient/p'));
  await file('3.json', patient('p'));
  const report = await run({ batchSize: 1 });
  expect(reasons(report)).toEqual([]);
  expect(store.order.map((id) => store.items.get(id)?.type)).toEqual([
    'Patient',
    'Observation',
    'Provenance',
  ]);
});

test('a conditional reference finds its target in another file, and in an earlier run', async () => {
  const search = 'Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|9999973209';
  const doctor = {
    resourceType: 'Practitioner',
    id: 'd',
    identifier: [{ system: 'http://hl7.org/fhir/sid/us-npi', value: '9999973209' }],
  };
  const byDoctor = observation('o', 'Patient/p', { performer: [{ reference: search, display: 'Dr D' }] });
  const doctors = await file('z.json', bundle('batch', { resource: doctor }));
  const patients = await file('a.json', bundle('batch', { resource: patient('p') }, { resource: byDoctor }));
  await run({ paths: [patients, doctors] });
  expect(store.all('Observation')[0]?.resource.performer).toEqual([
    { reference: literal('Practitioner'), display: 'Dr D' },
  ]);
  const later = new MemoryImportStore();
  useStore(later);
  await run({ paths: [doctors] });
  await run({ paths: [patients] });
  expect(later.all('Observation')[0]?.resource.performer).toEqual([
    { reference: literal('Practitioner'), display: 'Dr D' },
  ]);
});

test('a relative reference and a URN find what an earlier run stored', async () => {
  const first = await file('1.json', bundle('batch', { resource: patient('p') }));
  const device = { resourceType: 'Device', id: 'x', patient: { reference: 'Patient/p' } };
  const second = await file('2.json', bundle('batch', { fullUrl: 'urn:uuid:7', resource: device }));
  const third = await file('3.json', observation('o', 'Patient/p', { device: { reference: 'urn:uuid:7' } }));
  for (const path of [first, second, third]) expect((await run({ paths: [path] })).warnings).toEqual([]);
  expect(referenceOf('Observation', 'subject')).toBe(literal('Patient'));
  expect(referenceOf('Observation', 'device')).toBe(literal('Device'));
});

test('relative references are read against the address of the entry that holds them', async () => {
  const of = (server: string): Json[] => [
    {
      fullUrl: `${server}/Patient/1`,
      resource: patient('1', { birthDate: server.endsWith('a') ? '1950' : '1960' }),
    },
    { fullUrl: `${server}/Observation/1`, resource: observation('1', 'Patient/1') },
    { fullUrl: `${server}/Observation/2`, resource: observation('2', `${server}/Patient/1/_history/3`) },
  ];
  await file('a.json', bundle('searchset', ...of('https://a.example/a')));
  await file('b.json', bundle('searchset', ...of('https://b.example/b')));
  const report = await run();
  expect(reasons(report)).toEqual([]);
  const subjects = store.all('Observation').map(({ resource }) => (resource.subject as Json).reference);
  expect(
    store.all('Patient').map(({ id }) => subjects.filter((one) => one === `Patient/${id}`).length),
  ).toEqual([2, 2]);
});

test('two people under one id are both refused, with all that is theirs', async () => {
  await file('a.json', bundle('batch', { resource: patient('1', { birthDate: '1950-01-01' }) }));
  await file(
    'b.json',
    bundle(
      'batch',
      { resource: patient('1', { birthDate: '2010-01-01' }) },
      { resource: observation('o', 'Patient/1') },
    ),
  );
  const report = await run();
  expect(store.items.size).toBe(0);
  expect(report.total('failed')).toBe(3);
  expect(report.failures[0]?.reason).toMatch(/two different people/);
});

test('a patient stored by an earlier run is not written over by another person of the same id', async () => {
  const a = await file('a/p.json', bundle('batch', { resource: patient('1', { birthDate: '1950-01-01' }) }));
  const b = await file(
    'b/p.json',
    bundle(
      'batch',
      { resource: patient('1', { birthDate: '2010-01-01' }) },
      { resource: observation('o', 'Patient/1') },
    ),
  );
  await run({ paths: [a] });
  const report = await run({ paths: [b] });
  expect(report.total('failed')).toBe(2);
  expect(store.all('Observation')).toEqual([]);
  expect(store.all('Patient')[0]?.resource.birthDate).toBe('1950-01-01');
  const apart = await run({ paths: [b], source: 'Other System' });
  expect(apart.total('created')).toBe(2);
  expect(store.all('Patient')).toHaveLength(2);
});

test('what belongs to a patient who was refused is refused with them', async () => {
  await file(
    'a.json',
    bundle('batch', { resource: patient('1', { gender: 'x' }) }, { resource: observation('o', 'Patient/1') }),
  );
  const report = await run();
  expect(store.items.size).toBe(0);
  expect(reasons(report)).toEqual([
    'entry[0] (Patient): Patient.gender is not one of the codes that R4 allows here.',
    'entry[1] (Observation): The patient it belongs to could not be imported.',
  ]);
});

test('a conditional create stands for one resource everywhere, and does not change it', async () => {
  const clinic = (name: string, urn: string): Json => ({
    fullUrl: urn,
    resource: { resourceType: 'Organization', name, identifier: [{ system: 's', value: '1' }] },
    request: { method: 'POST', url: 'Organization', ifNoneExist: 'identifier=s|1' },
  });
  const of = (urn: string, id: string): Json => ({
    resource: patient(id, { managingOrganization: { reference: urn } }),
  });
  await file('a.json', bundle('transaction', clinic('First', 'urn:uuid:1'), of('urn:uuid:1', 'p')));
  await file('b.json', bundle('transaction', clinic('Second', 'urn:uuid:2'), of('urn:uuid:2', 'q')));
  const report = await run();
  expect(report.types.Organization).toMatchObject({ created: 1, repeated: 1 });
  const organizations = store
    .all('Patient')
    .map(({ resource }) => (resource.managingOrganization as Json).reference);
  expect(organizations).toEqual([literal('Organization'), literal('Organization')]);
  const again = await run({ paths: [join(folder, 'b.json')] });
  expect(again.types.Organization).toMatchObject({ unchanged: 1 });
  expect(store.all('Organization')[0]?.resource.name).toBe('First');
});

test('a conditional update finds its resource again by the identifier', async () => {
  const of = (gender: string, urn: string): Json =>
    bundle('transaction', {
      fullUrl: urn,
      resource: { resourceType: 'Patient', gender, identifier: [{ system: 's', value: '1' }] },
      request: { method: 'PUT', url: 'Patient?identifier=s%7C1' },
    });
  await run({ paths: [await file('a.json', of('male', 'urn:uuid:1'))] });
  const report = await run({ paths: [await file('b.json', of('female', 'urn:uuid:2'))] });
  expect(report.types).toEqual({ Patient: expect.objectContaining({ updated: 1 }) });
  expect(store.all('Patient')).toHaveLength(1);
});

test('references that lead nowhere are listed and lose nothing', async () => {
  await file(
    'a.json',
    [
      patient('p', {
        generalPractitioner: [
          { reference: 'Practitioner/7', display: 'Dr Who' },
          { reference: 'Practitioner?identifier=s|1' },
          { reference: 'https://other.example/fhir/Practitioner/1' },
          { reference: 'urn:uuid:8' },
          { reference: '#c' },
        ],
        link: [{ other: { reference: 'https://other.example/fhir/Patient/1' }, type: 'seealso' }],
        contained: [{ resourceType: 'Practitioner', id: 'c' }],
      }),
    ][0],
  );
  const report = await run();
  expect(report.warnings.map(({ reason }) => reason.split(' ')[0])).toEqual([
    'Patient.generalPractitioner[0]',
    'Patient.generalPractitioner[1]',
    'Patient.generalPractitioner[2]',
    'Patient.generalPractitioner[3]',
    'Patient.link[0].other',
  ]);
  const stored = store.all('Patient')[0]!.resource;
  const address = (value: string): Json => ({ system: 'urn:ietf:rfc:3986', value });
  expect(stored.generalPractitioner).toEqual([
    { display: 'Dr Who', type: 'Practitioner', identifier: address('urn:postern:local/Practitioner/7') },
    { type: 'Practitioner', identifier: { system: 's', value: '1' } },
    { reference: 'https://other.example/fhir/Practitioner/1' },
    { reference: 'urn:uuid:8' },
    { reference: '#c' },
  ]);
  expect(stored.link).toEqual([
    { other: { identifier: address('https://other.example/fhir/Patient/1') }, type: 'seealso' },
  ]);
});

test('references in extensions and contained resources are resolved, narrative stays as it is', async () => {
  const div = '<div xmlns="http://www.w3.org/1999/xhtml"><a href="Patient/p">see</a></div>';
  await file('p.json', patient('p'));
  await file(
    'o.json',
    observation('o', 'Patient/p', {
      text: { status: 'generated', div },
      extension: [{ url: 'u', valueReference: { reference: 'Patient/p' } }],
      contained: [
        {
          resourceType: 'ServiceRequest',
          id: 's',
          status: 'active',
          intent: 'order',
          subject: { reference: 'Patient/p' },
        },
      ],
      basedOn: [{ reference: '#s' }],
    }),
  );
  const report = await run();
  expect(reasons(report)).toEqual([]);
  const { text, extension, contained, basedOn } = store.all('Observation')[0]!.resource;
  const target = { reference: literal('Patient') };
  expect(text).toEqual({ status: 'generated', div });
  expect(extension).toEqual([{ url: 'u', valueReference: target }]);
  expect(contained).toMatchObject([{ id: 's', subject: target }]);
  expect(basedOn).toEqual([{ reference: '#s' }]);
});

test('a patient who is refused is told its own fault, wherever else it stands', async () => {
  const twice = { resource: patient('1', { gender: 'x' }) };
  await file('a.json', bundle('batch', twice));
  await file('b.json', bundle('batch', { resource: patient('1', { birthDate: 'yesterday' }) }));
  await file('c.json', bundle('batch', { resource: patient('1') }));
  const link = [{ other: { reference: 'Patient/1' }, type: 'seealso' }];
  await file('d.json', bundle('batch', { resource: patient('2', { link }) }));
  await file('e.json', bundle('batch', { resource: patient('3', { link, gender: 'y' }) }));
  expect(reasons(await run())).toEqual([
    'entry[0] (Patient): Patient.gender is not one of the codes that R4 allows here.',
    'entry[0] (Patient): Patient.birthDate is not in the format of date.',
    'entry[0] (Patient): This patient stands in the files more than once, and another entry of it was ' +
      'refused.',
    'entry[0] (Patient): Another patient whom it names could not be imported.',
    'entry[0] (Patient): Patient.gender is not one of the codes that R4 allows here.',
  ]);
});

test("a document's content follows its Binary", async () => {
  const content = {
    resourceType: 'Binary',
    contentType: 'text/plain',
    data: 'AAAA',
    securityContext: { reference: 'urn:uuid:1' },
  };
  const document = {
    resourceType: 'DocumentReference',
    status: 'current',
    subject: { reference: 'urn:uuid:1' },
    content: [{ attachment: { contentType: 'text/plain', url: 'urn:uuid:2' } }],
  };
  await file(
    'a.json',
    bundle(
      'transaction',
      { fullUrl: 'urn:uuid:2', resource: content },
      { fullUrl: 'urn:uuid:3', resource: document },
      { fullUrl: 'urn:uuid:1', resource: patient('p') },
    ),
  );
  expect(reasons(await run())).toEqual([]);
  expect(store.all('DocumentReference')[0]?.resource.content).toMatchObject([
    { attachment: { url: literal('Binary') } },
  ]);
});

test('bad files and entries are reported by file and path, and the rest is imported', async () => {
  await file('1.json', 'not json');
  await file('2.json', bundle('history', { resource: patient('x') }));
  await file('3.json.gz', Buffer.from('not gzip'));
  await file(
    '4.json',
    bundle(
      'collection',
      { resource: patient('good') },
      { resource: { ...patient('bad'), birthDate: 'yesterday' } },
      { request: { method: 'DELETE', url: 'Patient/1' } },
      { resource: { resourceType: 'Nonsense' } },
      { resource: { resourceType: 'OperationOutcome', issue: [] } },
    ),
  );
  await file(
    '5.ndjson',
    `${JSON.stringify(patient('six'))}\n{"resourceType":"Patient","id":"a","id":"b"}\n{\n`,
  );
  await file(
    '6.json',
    '{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Patient"',
  );
  const report = await run();
  const where = report.failures.map((failure) => [
    failure.file.slice(folder.length + 1),
    failure.path,
    failure.reason,
  ]);
  expect(where).toEqual([
    ['1.json', '', 'The content is not JSON, or it was cut off.'],
    ['2.json', '', 'A bundle of type history is not something to import.'],
    ['3.json.gz', '', 'The file is not in gzip form, or it was cut off.'],
    ['4.json', 'entry[2]', 'There is no resource here.'],
    ['4.json', 'entry[3] (Nonsense)', 'Postern keeps no resources of this type.'],
    ['5.ndjson', 'line 2', 'The content names a member twice.'],
    ['5.ndjson', 'line 3', 'The content is not JSON.'],
    ['6.json', '', 'The content is not JSON, or it was cut off.'],
    ['4.json', 'entry[1] (Patient)', 'Patient.birthDate is not in the format of date.'],
  ]);
  expect(store.all('Patient')).toHaveLength(2);
  expect(report.failureCount).toBe(9);
});
