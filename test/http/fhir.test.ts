/** The FHIR API over the real store: what each interaction answers to whom it is for. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import {
  type Answered,
  type Person,
  type ServedPractices,
  servePractices,
} from '../support/served-practices.ts';

const BASE = 'https://care.example/fhir';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let foreign: ChartId;
let doctor: Person;
let patient: Person;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice, {
    name: [{ family: 'Okafor', given: ['Adaeze'] }],
    birthDate: '1980-05-06',
    identifier: [{ system: 'urn:mrn', value: 'A-17' }],
  });
  foreign = await served.chart(practice, { name: [{ family: 'Lindqvist' }] });
  doctor = await served.person(practice, { role: 'doctor' });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
});
afterAll(() => served.close());

const ask = (who: Person, method: string, target: string, options = {}) =>
  served.ask(who.token, method, target, options);

function observation(extra: object = {}) {
  return {
    resourceType: 'Observation',
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    subject: { reference: `Patient/${chart}` },
    effectiveDateTime: '2026-02-03T04:05:06Z',
    valueQuantity: { value: 72, unit: '/min' },
    ...extra,
  };
}

async function made(): Promise<{ id: string; answer: Answered }> {
  const answer = await ask(doctor, 'POST', '/fhir/Observation', { body: observation() });
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return { id: answer.json.id as unknown as string, answer };
}

describe('create', () => {
  test('gives the resource an id, a version and a place, and answers with it', async () => {
    const { id, answer } = await made();
    expect(answer.json).toMatchObject({ ...observation(), meta: { versionId: '1' } });
    expect(answer.headers).toMatchObject({
      etag: 'W/"1"',
      location: `${BASE}/Observation/${id}/_history/1`,
      'content-type': 'application/fhir+json; charset=utf-8',
    });
    expect(Date.parse(answer.headers['last-modified']!)).toBeGreaterThan(0);
  });

  test('keeps numbers as they were written', async () => {
    const body = JSON.stringify(observation()).replace('"value":72', '"value":72.10');
    const headers = { 'content-type': 'application/fhir+json' };
    const { text } = await ask(doctor, 'POST', '/fhir/Observation', { body, headers });
    expect(text).toContain('"value":72.10');
  });

  test('answers with as much as was preferred', async () => {
    const post = (prefer: string) =>
      ask(doctor, 'POST', '/fhir/Observation', { body: observation(), headers: { prefer } });
    const minimal = await post('return=minimal');
    expect([minimal.status, minimal.text]).toEqual([201, '']);
    expect(minimal.headers.location).toContain(`${BASE}/Observation/`);
    expect((await post('return=OperationOutcome')).json.resourceType).toBe('OperationOutcome');
  });

  test.each([
    ['what is no JSON', '{', 400],
    ['a list', '[]', 400],
    ['nothing', '', 400],
    ['a member twice', '{"resourceType":"Observation","status":"final","status":"final"}', 400],
    ['a member that objects inherit', '{"resourceType":"Observation","__proto__":{}}', 400],
    ['another type than the address says', '{"resourceType":"Patient"}', 400],
    ['what is no valid resource', '{"resourceType":"Observation"}', 422],
    [
      'a resource of nobody',
      JSON.stringify({ ...{ resourceType: 'Flag', status: 'active' }, code: {} }),
      400,
    ],
  ])('refuses %s', async (_, body, status) => {
    const headers = { 'content-type': 'application/fhir+json' };
    const answer = await ask(doctor, 'POST', '/fhir/Observation', { body, headers });
    expect([answer.status, answer.json.resourceType]).toEqual([status, 'OperationOutcome']);
  });

  test('says where a resource is at fault', async () => {
    const body = observation({ status: 'perhaps' });
    const { status, json } = await ask(doctor, 'POST', '/fhir/Observation', { body });
    expect(status).toBe(422);
    expect(json.issue![0]!.expression).toEqual(['Observation.status']);
    expect(JSON.stringify(json)).not.toContain('perhaps');
  });

  test('refuses content of another type', async () => {
    const headers = { 'content-type': 'application/fhir+xml' };
    expect((await ask(doctor, 'POST', '/fhir/Observation', { body: '<a/>', headers })).status).toBe(415);
  });

  test('is not for who may only read', async () => {
    expect((await ask(patient, 'POST', '/fhir/Observation', { body: observation() })).status).toBe(404);
  });
});

describe('read', () => {
  test('gives the resource to whom its chart is open, as it was stored', async () => {
    const { id, answer } = await made();
    for (const who of [doctor, patient]) {
      const read = await ask(who, 'GET', `/fhir/Observation/${id}`);
      expect([read.status, read.text]).toEqual([200, answer.text]);
      expect(read.headers).toMatchObject({ etag: 'W/"1"' });
    }
  });

  test('answers 304 to who has it already', async () => {
    const { id, answer } = await made();
    const conditions = [
      { 'if-none-match': 'W/"1"' },
      { 'if-modified-since': answer.headers['last-modified']! },
    ];
    for (const headers of conditions) {
      const read = await ask(doctor, 'GET', `/fhir/Observation/${id}`, { headers });
      expect([read.status, read.text]).toEqual([304, '']);
    }
  });

  test('answers hidden and absent alike, byte for byte, whatever is asked of them', async () => {
    const absent = newId();
    const body = { resourceType: 'Patient', id: foreign, name: [{ family: 'X' }] };
    const asked: [string, string, (id: string) => object][] = [
      ['GET', '', () => ({})],
      ['GET', '', () => ({ headers: { 'if-none-match': 'W/"1"' } })],
      ['GET', '/_history/1', () => ({})],
      ['GET', '/_history', () => ({})],
      ['PUT', '', (id) => ({ body: { ...body, id } })],
      ['PUT', '', (id) => ({ body: { ...body, id }, headers: { 'if-match': 'W/"7"' } })],
      ['DELETE', '', () => ({})],
    ];
    expect((await ask(doctor, 'GET', `/fhir/Patient/${foreign}`)).status).toBe(200);
    for (const [method, suffix, options] of asked) {
      const person = await served.person(practice, { role: 'patient', chartId: chart });
      const [hidden, missing] = [
        await ask(person, method, `/fhir/Patient/${foreign}${suffix}`, options(foreign)),
        await ask(person, method, `/fhir/Patient/${absent}${suffix}`, options(absent)),
      ];
      expect(hidden.status).toBe(404);
      expect(hidden).toEqual(missing);
    }
  });

  test('answers an id that cannot be like one that is not', async () => {
    const answers = await Promise.all(
      ['1', newId(), "x'--", 'constructor'].map((id) =>
        ask(doctor, 'GET', `/fhir/Patient/${encodeURIComponent(id)}`),
      ),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]!.status).toBe(404);
  });

  test('speaks JSON alone', async () => {
    const headers = { accept: 'application/fhir+xml' };
    expect((await ask(patient, 'GET', `/fhir/Patient/${chart}`, { headers })).status).toBe(406);
    const plain = await ask(patient, 'GET', `/fhir/Patient/${chart}?_format=application/json`);
    expect(plain.headers['content-type']).toBe('application/json; charset=utf-8');
  });
});

describe('update, delete and history', () => {
  test('make versions that can each be read again', async () => {
    const { id } = await made();
    const target = `/fhir/Observation/${id}`;
    const updated = await ask(doctor, 'PUT', target, {
      body: { ...observation({ status: 'amended' }), id },
      headers: { 'if-match': 'W/"1"' },
    });
    expect([updated.status, updated.headers.etag]).toEqual([200, 'W/"2"']);
    const removed = await ask(doctor, 'DELETE', target);
    expect([removed.status, removed.headers.etag, removed.text]).toEqual([204, 'W/"3"', '']);

    expect((await ask(doctor, 'GET', target)).status).toBe(410);
    expect((await ask(doctor, 'GET', `${target}/_history/3`)).status).toBe(410);
    expect((await ask(doctor, 'GET', `${target}/_history/1`)).json.status).toBe('final');
    const history = await ask(doctor, 'GET', `${target}/_history`);
    expect(history.json).toMatchObject({
      type: 'history',
      entry: [
        { request: { method: 'DELETE' }, response: { etag: 'W/"3"' } },
        { resource: { status: 'amended' }, request: { method: 'PUT' } },
        { resource: { status: 'final' }, request: { method: 'POST' } },
      ],
    });
    expect(history.json.entry![0]!.resource).toBeUndefined();
  });

  test('bring a deleted resource back as if made anew: 201, and where it is', async () => {
    const { id } = await made();
    const target = `/fhir/Observation/${id}`;
    await ask(doctor, 'DELETE', target);
    const put = (status: string) => ask(doctor, 'PUT', target, { body: { ...observation({ status }), id } });
    const revived = await put('amended');
    expect([revived.status, revived.headers.etag]).toEqual([201, 'W/"3"']);
    expect(revived.headers.location).toBe(`${BASE}/Observation/${id}/_history/3`);
    expect((await ask(doctor, 'GET', target)).json.status).toBe('amended');
    const again = await put('final');
    expect([again.status, again.headers.location]).toEqual([200, undefined]);
  });

  test('history comes in pages', async () => {
    const { id } = await made();
    const target = `/fhir/Observation/${id}`;
    await ask(doctor, 'PUT', target, { body: { ...observation(), id } });
    const first = await ask(doctor, 'GET', `${target}/_history?_count=1`);
    const next = (first.json.link as unknown as { relation: string; url: string }[])[1]!;
    expect(next.relation).toBe('next');
    const second = await ask(doctor, 'GET', next.url.replace('https://care.example', ''));
    expect(second.json.entry!.map(({ response }) => response!.etag)).toEqual(['W/"1"']);
    expect(second.json.link).toHaveLength(1);
  });

  test("refuse a version that has moved on, and an address that is not the resource's", async () => {
    const { id } = await made();
    const target = `/fhir/Observation/${id}`;
    const body = { ...observation(), id };
    const put = (headers: object, content: object) => ask(doctor, 'PUT', target, { body: content, headers });
    expect((await put({ 'if-match': 'W/"2"' }, body)).status).toBe(412);
    expect((await put({ 'if-match': 'W/"x"' }, body)).status).toBe(412);
    expect((await put({ 'if-match': '1' }, body)).status).toBe(400);
    expect((await put({}, observation())).status).toBe(400);
    expect((await put({}, { ...body, id: newId() })).status).toBe(400);
    const headers = { 'if-match': 'W/"2"' };
    expect((await ask(doctor, 'DELETE', target, { headers })).status).toBe(412);
    expect((await ask(doctor, 'GET', target)).headers.etag).toBe('W/"1"');
  });
});

describe('search', () => {
  const entries = ({ json }: Answered) =>
    ((json.entry ?? []) as unknown as { resource: { id: string } }[]).map(({ resource }) => resource.id);

  test('finds patients by name, date of birth and identifier', async () => {
    for (const query of ['name=okafor', 'birthdate=1980-05-06', 'identifier=urn:mrn|A-17', `_id=${chart}`]) {
      const found = await ask(doctor, 'GET', `/fhir/Patient?${query}`);
      expect([query, entries(found)]).toEqual([query, [chart]]);
    }
  });

  test('finds by patient, code and date, by GET as by POST, and says what it went by', async () => {
    const { id } = await made();
    const query = `patient=${chart}&code=http://loinc.org|8867-4&date=ge2026-01-01&unheard-of=1`;
    const found = await ask(doctor, 'GET', `/fhir/Observation?${query}`);
    expect(entries(found)).toContain(id);
    expect(found.json).toMatchObject({
      type: 'searchset',
      link: [
        {
          relation: 'self',
          url: `${BASE}/Observation?patient=${chart}&code=http%3A%2F%2Floinc.org%7C8867-4&date=ge2026-01-01`,
        },
      ],
    });
    const posted = await ask(doctor, 'POST', `/fhir/Observation/_search?patient=${chart}`, {
      body: 'code=http://loinc.org|8867-4&date=ge2026-01-01',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(entries(posted)).toEqual(entries(found));
  });

  test('follows pages to the end, each resource once', async () => {
    for (let count = 0; count < 3; count += 1) await made();
    const all = entries(await ask(doctor, 'GET', `/fhir/Observation?patient=${chart}&_count=100`));
    const seen: string[] = [];
    let target: string | null = `/fhir/Observation?patient=${chart}&_count=2`;
    while (target !== null) {
      const page: Answered = await ask(doctor, 'GET', target);
      seen.push(...entries(page));
      const links = page.json.link as unknown as { relation: string; url: string }[];
      target =
        links.find(({ relation }) => relation === 'next')?.url.replace('https://care.example', '') ?? null;
    }
    expect(seen).toEqual(all);
  });

  test('shows nobody what is not theirs', async () => {
    expect(entries(await ask(patient, 'GET', '/fhir/Patient'))).toEqual([chart]);
    expect(entries(await ask(patient, 'GET', `/fhir/Patient?_id=${foreign}`))).toEqual([]);
    expect(entries(await ask(patient, 'GET', '/fhir/Patient?name=lindqvist'))).toEqual([]);
  });

  test('refuses what it does not know where that was asked, and what makes no sense in any', async () => {
    const headers = { prefer: 'handling=strict' };
    const strict = await ask(doctor, 'GET', '/fhir/Patient?name=x&unheard-of=Doe', { headers });
    expect([strict.status, strict.json.issue![0]!.expression]).toEqual([400, ['http.unheard-of']]);
    expect(strict.text).not.toContain('Doe');
    expect((await ask(doctor, 'GET', '/fhir/Patient?birthdate=yesterday')).status).toBe(400);
    expect((await ask(doctor, 'GET', '/fhir/Patient?_cursor=zzz')).status).toBe(400);
  });
});

describe('$break-glass', () => {
  const body = (reason: string) => ({
    resourceType: 'Parameters',
    parameter: [{ name: 'reason', valueString: reason }],
  });
  const target = () => `/fhir/Patient/${chart}/$break-glass`;

  test('opens a closed section to a clinician who says why, and to nobody else', async () => {
    const id = newId();
    const hiv = { coding: [{ system: 'http://snomed.info/sct', code: '86406008' }] };
    const subject = { reference: `Patient/${chart}` };
    await served.deposit(practice, { resourceType: 'Condition', id, code: hiv, subject });
    const [nurse, clerk] = [
      await served.person(practice, { role: 'nurse' }),
      await served.person(practice, { role: 'front-desk' }),
    ];
    const read = (who: Person) => ask(who, 'GET', `/fhir/Condition/${id}`);
    expect([(await read(nurse)).status, (await read(clerk)).status]).toEqual([404, 404]);
    expect((await ask(clerk, 'POST', target(), { body: body('I would like to know') })).status).toBe(404);
    const opened = await ask(nurse, 'POST', target(), { body: body('Unconscious in the waiting room') });
    expect([opened.status, opened.json.resourceType]).toEqual([200, 'Parameters']);
    expect([(await read(nurse)).status, (await read(clerk)).status]).toEqual([200, 404]);
  });

  test('is refused without a reason', async () => {
    const nurse = await served.person(practice, { role: 'nurse' });
    for (const content of [{ resourceType: 'Parameters' }, body('x'), { resourceType: 'Patient' }]) {
      expect((await ask(nurse, 'POST', target(), { body: content })).status).toBe(400);
    }
  });
});

describe('metadata', () => {
  test('names exactly what the routes do, for every type, without a session', async () => {
    const { status, json } = await served.ask(null, 'GET', '/fhir/metadata');
    expect([status, json.resourceType, json.fhirVersion]).toEqual([200, 'CapabilityStatement', '4.0.1']);
    const [rest] = json.rest!;
    const types = rest!.resource as unknown as { type: string; interaction: { code: string }[] }[];
    expect(types.length).toBeGreaterThan(90);
    for (const { type, interaction } of types) {
      expect([type, interaction.length]).toEqual([type, type === 'AuditEvent' ? 2 : 9]);
    }
    expect(served.server.routes.filter(({ path }) => path.startsWith('/fhir/:type'))).toHaveLength(15);
  });
});
