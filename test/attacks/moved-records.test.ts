/**
 * Writes that would move what is not theirs to move: an owner, an author, a label, a version, an id; and
 * references into another chart or practice, however they are spelled. Each is refused, or has no effect.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { SECTIONS } from '../../src/base/section.ts';
import {
  type Answered,
  type Deposit,
  type Person,
  type ServedPractices,
  servePractices,
} from '../support/served-practices.ts';

const CANARY = 'cnry-not-to-be-reached';

let served: ServedPractices;
let practice: PracticeId;
let own: ChartId;
let other: ChartId;
let away: ChartId;
let theirs: string;
let awayRecord: string;
let doctor: Person;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  const elsewhere = await served.makePractice();
  own = await served.chart(practice, { name: [{ family: 'Own' }] });
  other = await served.chart(practice, { name: [{ family: CANARY }] });
  away = await served.chart(elsewhere, { name: [{ family: CANARY }] });
  [theirs, awayRecord] = [newId(), newId()];
  await served.deposit(practice, { ...observation(other), id: theirs } as Deposit);
  await served.deposit(elsewhere, { ...observation(away), id: awayRecord } as Deposit);
});
afterAll(() => served.close());
beforeEach(async () => {
  doctor = await served.person(practice, { role: 'doctor' });
});

function observation(chart: string, more: object = {}) {
  return {
    resourceType: 'Observation',
    status: 'final',
    code: { text: CANARY },
    subject: { reference: `Patient/${chart}` },
    ...more,
  };
}

const send = (method: string, target: string, body: object, who = doctor): Promise<Answered> =>
  served.ask(who.token, method, `/fhir/${target}`, { body });

/** An observation of one's own patient. */
async function mine(more: object = {}): Promise<string> {
  const { status, json } = await send('POST', 'Observation', observation(own, more));
  expect(status).toBe(201);
  return json.id as unknown as string;
}

interface Row {
  chart_id: string;
  section: number;
  version: number;
  author: string;
}

async function rowOf(id: string): Promise<Row> {
  const { rows } = await served.database.owner.query<Row>(
    'select r.chart_id, r.section, r.version, r.author from postern.resource r where r.id = $1',
    [id],
  );
  return rows[0]!;
}

const LABEL = (code: string) => ({
  security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code }],
});

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const plain = ({ text }: Answered) => text.replace(UUID, 'ID').replace(/"lastUpdated":"[^"]+"/, '');

describe('what the server assigns', () => {
  test('is not taken from a create: id, version, time', async () => {
    const id = newId();
    const meta = { versionId: '7', lastUpdated: '2001-01-01T00:00:00Z' };
    const { status, json } = await send('POST', 'Observation', observation(own, { id, meta }));
    expect(status).toBe(201);
    expect([json.id === (id as never), json.meta!.versionId]).toEqual([false, '1']);
    expect(String(json.meta!.lastUpdated)).not.toContain('2001');
    expect((await send('POST', 'Observation', observation(own, { id: theirs }))).json.id).not.toBe(theirs);
    expect(await rowOf(theirs)).toMatchObject({ chart_id: other, version: 1 });
  });

  test('is not taken from an update: version, time', async () => {
    const id = await mine();
    const meta = { versionId: '99', lastUpdated: '2001-01-01T00:00:00Z' };
    const { status, json, headers } = await send('PUT', `Observation/${id}`, observation(own, { id, meta }));
    expect([status, json.meta!.versionId, headers.etag]).toEqual([200, '2', 'W/"2"']);
    expect(await rowOf(id)).toMatchObject({ version: 2, author: doctor.accountId });
  });

  test('is not moved by an id in the content that is not the address’s', async () => {
    const id = await mine();
    const before = await rowOf(theirs);
    for (const claimed of [theirs, id.toUpperCase(), `${id} `, 'x', undefined]) {
      const answer = await send('PUT', `Observation/${id}`, observation(own, { id: claimed }));
      expect([claimed, answer.status]).toEqual([claimed, 400]);
    }
    expect(await rowOf(theirs)).toEqual(before);
    expect(await rowOf(id)).toMatchObject({ version: 1 });
  });

  test('and nobody makes a resource under an id of his choice', async () => {
    const id = newId();
    const answers = [
      await send('PUT', `Observation/${id}`, observation(own, { id })),
      await send('PUT', `Observation/${awayRecord}`, observation(own, { id: awayRecord })),
    ];
    expect(answers.map(({ status, text }) => [status, text])).toEqual(Array(2).fill([404, answers[0]!.text]));
  });

  test('nor is the type of what stands', async () => {
    const id = await mine();
    const condition = { resourceType: 'Condition', id, subject: { reference: `Patient/${own}` } };
    expect((await send('PUT', `Condition/${id}`, condition)).status).toBe(404);
    expect((await send('PUT', `Observation/${id}`, condition)).status).toBe(400);
  });
});

describe('the author', () => {
  test('is the session’s account, whoever the content names', async () => {
    const performer = [{ identifier: { value: newId() }, display: 'Somebody else' }];
    const id = await mine({ performer, meta: { extension: [{ url: 'urn:author', valueString: newId() }] } });
    expect((await rowOf(id)).author).toBe(doctor.accountId);
  });

  test('of a note stays its author: nobody else writes it, nor learns that it is there', async () => {
    const author = await served.person(practice, { role: 'psychiatrist' });
    const meta = {
      security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'PSYTHPN' }],
    };
    const made = await send('POST', 'Observation', observation(own, { meta }), author);
    expect(made.status).toBe(201);
    const id = made.json.id as unknown as string;
    const other = await served.person(practice, { role: 'psychiatrist' });
    const body = observation(own, { id, meta });
    const answer = await send('PUT', `Observation/${id}`, body, other);
    const absent = newId();
    const nobody = await send('PUT', `Observation/${absent}`, { ...body, id: absent }, other);
    expect([answer.status, answer.text]).toEqual([404, nobody.text]);
    expect(await rowOf(id)).toMatchObject({ author: author.accountId, version: 1 });
  });
});

describe('meta.security', () => {
  test('left out, made milder or put under another system, opens nothing', async () => {
    const id = await mine({ meta: LABEL('R') });
    const milder = [
      undefined,
      { security: [] as object[] },
      LABEL('N'),
      LABEL('U'),
      { security: [{ system: 'urn:none', code: 'R' }] },
      { tag: LABEL('R').security },
    ];
    for (const meta of milder) {
      const body = observation(own, { id, ...(meta === undefined ? {} : { meta }) });
      expect([200, 422]).toContain((await send('PUT', `Observation/${id}`, body)).status);
      expect((await rowOf(id)).section).toBe(SECTIONS.sensitive);
    }
  });

  test('puts nothing where the writer may not write', async () => {
    const nurse = await served.person(practice, { role: 'nurse' });
    const id = await mine();
    const body = observation(own, { id, meta: LABEL('R') });
    expect((await send('PUT', `Observation/${id}`, body, nurse)).status).toBe(404);
    expect((await send('POST', 'Observation', body, nurse)).status).toBe(404);
    expect(await rowOf(id)).toMatchObject({ section: SECTIONS.clinical, version: 1 });
  });
});

/** Every spelling of a reference to something of that type. */
const spellings = (type: string, id: string): readonly string[] => [
  `${type}/${id}`,
  `${type}/${id}/_history/1`,
  `${type}/${id.toUpperCase()}`,
  `${type.toLowerCase()}/${id}`,
  `https://care.example/fhir/${type}/${id}`,
  `https://care.example/fhir/${type}/${id}/_history/1`,
  `HTTPS://CARE.EXAMPLE/fhir/${type}/${id}`,
  `https://care.example/fhir/./${type}/${id}`,
  `https://elsewhere.example/fhir/${type}/${id}`,
  `/${type}/${id}`,
  `./${type}/${id}`,
  `../fhir/${type}/${id}`,
  `${type}%2F${id}`,
  `${type}?_id=${id}`,
  `urn:uuid:${id}`,
];

describe('an owner', () => {
  const moves = () => [other, away, newId()].flatMap((chart) => spellings('Patient', chart));

  test('is not moved by an update, however another is named', async () => {
    const id = await mine();
    for (const reference of moves()) {
      const body = { ...observation(own, { id }), subject: { reference } };
      // Somebody else each time: refusals are counted, and this is not about that.
      const who = await served.person(practice, { role: 'doctor' });
      const answer = await send('PUT', `Observation/${id}`, body, who);
      expect([reference, answer.status]).toEqual([reference, 422]);
      expect(answer.text).not.toContain(CANARY);
    }
    expect(await rowOf(id)).toMatchObject({ chart_id: own, version: 1 });
  });

  test('of another practice is as absent as one that never was, in a create', async () => {
    for (const [at, reference] of spellings('Patient', away).entries()) {
      const absent = spellings('Patient', newId())[at]!;
      const people = [
        await served.person(practice, { role: 'doctor' }),
        await served.person(practice, { role: 'doctor' }),
      ];
      const [hidden, nobody] = await Promise.all(
        [reference, absent].map((text, who) =>
          send('POST', 'Observation', { ...observation(own), subject: { reference: text } }, people[who]!),
        ),
      );
      expect([reference, hidden!.status, hidden!.text]).toEqual([reference, 422, nobody!.text]);
    }
  });

  test('is one: a second patient anywhere in the content refuses it', async () => {
    const patient = (reference: string) => ({ reference });
    for (const reference of spellings('Patient', other)) {
      // What is no reference to a patient in any reading is no second patient either.
      if (/^urn:|%2F/.test(reference)) continue;
      const bodies = [
        observation(own, { focus: [patient(reference)] }),
        observation(own, { performer: [patient(reference)] }),
        observation(own, { extension: [{ url: 'urn:x', valueReference: patient(reference) }] }),
        observation(own, { note: [{ authorReference: patient(reference), text: 'x' }] }),
      ];
      const who = await served.person(practice, { role: 'doctor' });
      for (const body of bodies) {
        const answer = await send('POST', 'Observation', body, who);
        expect([reference, answer.status]).toEqual([reference, 422]);
      }
    }
  });
});

describe('a reference', () => {
  test('into another chart that the writer sees is refused: it would tie two patients together', async () => {
    const [plainly, versioned, upper, , absolute, both] = spellings('Observation', theirs);
    for (const reference of [plainly, versioned, absolute, both]) {
      const body = observation(own, { derivedFrom: [{ reference }] });
      expect([reference, (await send('POST', 'Observation', body)).status]).toEqual([reference, 422]);
    }
    // Ids are told apart by case, so this names nothing that there is.
    expect((await served.ask(doctor.token, 'GET', `/fhir/${upper}`)).status).toBe(404);
  });

  test('to what is hidden is answered as one to what is absent, and opens nothing of it', async () => {
    const note = newId();
    await served.gate.asJob(practice, 'system-import', 'test', async (visit) => {
      const resource = { ...observation(other), id: note } as Deposit;
      await served.store.importBatch(visit, [
        { id: note as never, resource, section: 'sensitive', author: newId(), digest: Buffer.alloc(32) },
      ]);
    });
    for (const hidden of [note, awayRecord]) {
      for (const [at, reference] of spellings('Observation', hidden).entries()) {
        const absent = spellings('Observation', newId())[at]!;
        const nurse = await served.person(practice, { role: 'nurse' });
        const cites = (text: string) =>
          send('POST', 'Observation', observation(own, { derivedFrom: [{ reference: text }] }), nurse);
        const [tried, never] = [await cites(reference), await cites(absent)];
        expect([reference, tried.status]).toEqual([reference, never.status]);
        expect(plain(tried)).toBe(plain(never));
        if (tried.status !== 201) continue;
        // It stands in the own chart, and leads nobody anywhere.
        const followed = await served.ask(nurse.token, 'GET', `/fhir/Observation/${hidden}`);
        expect(followed.status).toBe(404);
        const made = tried.json.id as unknown as string;
        expect(await rowOf(made)).toMatchObject({ chart_id: own, section: SECTIONS.clinical });
      }
    }
  });
});
