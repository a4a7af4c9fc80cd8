/** How much of what is found comes back, and in which order, over the real store. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { entriesOf, idsOf, linkOf, made, nextOf, SearchDesk } from '../support/search-desk.ts';
import { type Deposit, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let desk: SearchDesk;
const observations: Deposit[] = [];
const patients: ChartId[] = [];

const VALUES = [7, 3, 3, 9, 1, 5, 8];

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice, { name: [{ family: 'Ruiz' }] });
  for (const [at, value] of VALUES.entries()) {
    observations.push(
      made('Observation', {
        meta: {
          tag: [{ system: 'urn:tags', code: at % 2 === 0 ? 'even' : 'odd' }],
          profile: ['http://x.example/p'],
        },
        text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">words</div>' },
        status: at < 4 ? 'final' : 'amended',
        code: { coding: [{ code: `c${value}` }] },
        subject: { reference: `Patient/${chart}` },
        effectiveDateTime: `2026-01-0${at + 1}`,
        note: [{ text: 'a note' }],
        ...(at === 5 ? {} : { valueQuantity: { value, unit: 'mg' } }),
      }),
    );
  }
  await served.deposit(practice, ...observations);
  for (const family of ['Zander', 'Ärzte', 'adler', 'Müller']) {
    patients.push(await served.chart(practice, { name: [{ family }], birthDate: '1970-01-01' }));
  }
  desk = new SearchDesk(served, await served.person(practice, { role: 'doctor' }));
});
afterAll(() => served.close());

const places = (ids: readonly string[]) => ids.map((id) => observations.findIndex((one) => one.id === id));
const ordered = async (sort: string) =>
  places(await desk.matches(`Observation?patient=${chart}&_sort=${sort}`));

describe('_sort', () => {
  test('goes by the date, the update and the id in the rows', async () => {
    expect(await ordered('date')).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(await ordered('-date')).toEqual([6, 5, 4, 3, 2, 1, 0]);
    const ids = observations.map(({ id }) => id).sort();
    expect(await desk.matches(`Observation?patient=${chart}&_sort=_id`)).toEqual(ids);
    expect(await desk.matches(`Observation?patient=${chart}&_sort=-_id`)).toEqual(ids.reverse());
  });

  test('goes by values and by several keys after opening; what has none comes last', async () => {
    expect(await ordered('value-quantity,date')).toEqual([4, 1, 2, 0, 6, 3, 5]);
    expect(await ordered('-value-quantity,-date')).toEqual([3, 6, 0, 2, 1, 4, 5]);
    expect(await ordered('status,date')).toEqual([4, 5, 6, 0, 1, 2, 3]);
    expect(await ordered('-status,-date')).toEqual([3, 2, 1, 0, 6, 5, 4]);
    expect(await ordered('code,-date')).toEqual([4, 2, 1, 5, 0, 6, 3]);
    expect(await ordered('date,_lastUpdated')).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test('goes by names as they are read: without case and accents', async () => {
    const found = await desk.matches('Patient?birthdate=1970-01-01&_sort=family');
    expect(found.map((id) => patients.indexOf(id as ChartId))).toEqual([2, 1, 3, 0]);
    expect(await desk.matches('Patient?birthdate=1970-01-01&_sort=-name')).toEqual(found.reverse());
  });

  test('is refused where there is no such order', async () => {
    for (const key of ['subject', 'nothing', 'code-value-quantity', '-', 'a,b,c,d,e,f']) {
      expect(await desk.refusal(`Observation?_sort=${key}`)).toMatch(/_sort takes/);
    }
  });

  test.each(['date', '-_lastUpdated', '_id', 'value-quantity', '-code,date', 'status'])(
    'by %s comes in pages that lead through everything once',
    async (sort) => {
      const whole = await desk.matches(`Observation?patient=${chart}&_sort=${sort}`);
      expect(await desk.everyPage(`Observation?patient=${chart}&_sort=${sort}&_count=2`)).toEqual(whole);
      expect(new Set(whole).size).toBe(VALUES.length);
    },
  );

  test('keeps its place where what ended a page is gone meanwhile', async () => {
    const gone = made('Observation', { ...observations[4], id: newId(), valueQuantity: { value: 2 } });
    await served.deposit(practice, gone);
    const search = `Observation?patient=${chart}&_sort=value-quantity,date&_count=2`;
    const first = await desk.page(search);
    expect(idsOf(first, 'match')[1]).toBe(gone.id);
    const doctor = await served.person(practice, { role: 'doctor' });
    await served.ask(doctor.token, 'DELETE', `/fhir/Observation/${gone.id}`);
    expect(places(await desk.matches(nextOf(first)!))).toEqual([1, 2]);
  });
});

describe('_total, _summary=count and _count=0', () => {
  test('say how many there are, whatever the page holds', async () => {
    const search = `Observation?patient=${chart}`;
    expect(await desk.total(search)).toBeUndefined();
    expect(await desk.total(`${search}&_total=none`)).toBeUndefined();
    for (const total of ['accurate', 'estimate']) {
      expect(await desk.total(`${search}&_count=2&_total=${total}`)).toBe(VALUES.length);
      expect(await desk.total(`${search}&_total=${total}`)).toBe(VALUES.length);
      expect(await desk.total(`${search}&_count=2&_sort=status&_total=${total}`)).toBe(VALUES.length);
    }
    expect(await desk.refusal(`${search}&_total=some`)).toContain('_total takes');
  });

  test.each(['_summary=count', '_count=0'])('%s gives the number and nothing else', async (form) => {
    const { json } = await desk.page(
      `Observation?patient=${chart}&status=final&${form}&_include=Observation:patient`,
    );
    expect([json.total, json.entry]).toEqual([4, undefined]);
    const linked = await desk.page(`Observation?patient.name=ruiz&${form}`);
    expect(linked.json.total).toBe(VALUES.length);
    expect((await desk.page(`Observation?code=none&${form}`)).json.total).toBe(0);
  });

  test('a page after the first tells the same number', async () => {
    const first = await desk.page(`Observation?patient=${chart}&_count=3&_total=accurate`);
    expect((await desk.page(nextOf(first)!)).json.total).toBe(VALUES.length);
  });
});

describe('parts', () => {
  const first = async (form: string) => {
    const [entry] = entriesOf(await desk.page(`Observation?_id=${observations[0]!.id}&${form}`));
    return entry!.resource as unknown as Record<string, unknown>;
  };

  test('of a resource are told by a tag', async () => {
    const whole = await first('_summary=false');
    expect(whole.text).toBeDefined();
    const summary = await first('_summary=true');
    expect([summary.text, summary.note]).toEqual([undefined, undefined]);
    expect(summary).toMatchObject({ code: whole.code, valueQuantity: whole.valueQuantity, id: whole.id });
    expect(JSON.stringify(summary.meta)).toContain('SUBSETTED');
    const data = await first('_summary=data');
    expect([data.text, data.note]).toEqual([undefined, whole.note]);
    const text = await first('_summary=text');
    expect(Object.keys(text).sort()).toEqual(['code', 'id', 'meta', 'resourceType', 'status', 'text']);
    const elements = await first('_elements=note,subject');
    expect(Object.keys(elements).sort()).toEqual([
      'code',
      'id',
      'meta',
      'note',
      'resourceType',
      'status',
      'subject',
    ]);
  });

  test('are searched and sorted by the whole all the same', async () => {
    const answer = await desk.page(`Observation?patient=${chart}&_elements=id&_sort=value-quantity&_count=3`);
    expect(answer.text).not.toContain('"value":');
    expect(places(idsOf(answer, 'match'))[0]).toBe(4);
  });

  test('of matches leave whole what was brought along, unless a summary was asked', async () => {
    const bring = `Observation?_id=${observations[0]!.id}&_include=Observation:patient`;
    const patient = async (form: string) => entriesOf(await desk.page(`${bring}&${form}`))[1]!.resource;
    expect(JSON.stringify(await patient('_elements=id'))).not.toContain('SUBSETTED');
    expect(JSON.stringify(await patient('_summary=true'))).toContain('SUBSETTED');
  });

  test('are read as they are searched', async () => {
    const { id } = observations[0]!;
    const search = entriesOf(await desk.page(`Observation?_id=${id}&_elements=note`))[0]!.resource;
    const read = await desk.ask(`Observation/${id}?_elements=note`);
    expect([read.status, read.json]).toEqual([200, search]);
    expect((await desk.ask(`Observation/${id}/_history/1?_elements=note`)).json).toEqual(search);
    const whole = await desk.ask(`Observation/${id}?_summary=false`);
    expect(whole.text).toBe((await desk.ask(`Observation/${id}`)).text);
    for (const form of ['_summary=count', '_summary=x', '_elements=%00']) {
      expect((await desk.ask(`Observation/${id}?${form}`)).status).toBe(400);
    }
  });

  test('that contradict each other are refused', async () => {
    for (const form of ['_summary=some', '_summary=true&_elements=id', '_elements=a-b']) {
      await desk.refusal(`Observation?${form}`);
    }
    await desk.refusal('Observation?_summary=text&_include=Observation:patient');
  });
});

describe('parameters of every type', () => {
  test('_tag, _profile, _security, _id and _lastUpdated', async () => {
    const of = async (query: string) =>
      places(await desk.matches(`Observation?patient=${chart}&_sort=date&${query}`));
    expect(await of('_tag=urn:tags|even')).toEqual([0, 2, 4, 6]);
    expect(await of('_tag:not=even')).toEqual([1, 3, 5]);
    expect(await of('_profile=http://x.example/p&_tag=odd')).toEqual([1, 3, 5]);
    expect(await of('_profile:below=http://x.example&_tag=odd')).toEqual([1, 3, 5]);
    expect(await of('_security=R')).toEqual([]);
    expect(await of('_security:missing=true&_tag=odd')).toEqual([1, 3, 5]);
    expect(await of(`_id=${observations[2]!.id},${observations[1]!.id}`)).toEqual([1, 2]);
    expect(await of('_lastUpdated=gt2100')).toEqual([]);
    expect((await of('_lastUpdated=gt2020')).length).toBe(VALUES.length);
  });

  test('numbers and pairs are checked on what else was found', async () => {
    const of = async (query: string) =>
      places(await desk.matches(`Observation?patient=${chart}&_sort=date&${query}`));
    expect(await of('value-quantity=gt7')).toEqual([3, 6]);
    expect(await of('value-quantity=3||mg')).toEqual([1, 2]);
    expect(await of('code-value-quantity=c3$lt4')).toEqual([1, 2]);
    expect(await of('value-quantity:missing=true')).toEqual([5]);
  });

  test('a modifier that is none is refused even where handling is lenient', async () => {
    for (const query of ['code:nothing=1', '_id:exact=1', 'code:in=http://x.example/vs', 'date:not=2020']) {
      await desk.refusal(`Observation?${query}`);
    }
  });
});

describe('through several types', () => {
  test('one search goes through all that _type names, in one order and in pages', async () => {
    const goal = made('Goal', {
      lifecycleStatus: 'active',
      description: { text: 'walk' },
      subject: { reference: `Patient/${chart}` },
    });
    await served.deposit(practice, goal);
    const search = `?_type=Observation,Goal&patient=${chart}`;
    const all = await desk.matches(search);
    expect([...all].sort()).toEqual([goal.id, ...observations.map(({ id }) => id)].sort());
    expect(await desk.everyPage(`${search}&_count=3`)).toEqual(all);
    expect(await desk.total(`${search}&_summary=count`)).toBe(VALUES.length + 1);
    expect(await desk.matches(`?_type=Goal&_id=${goal.id}`)).toEqual([goal.id]);
    const answer = await desk.page(`${search}&code=c3`);
    expect(linkOf(answer, 'self')).not.toContain('code');
    expect(idsOf(answer, 'match')).toEqual(all);
    expect((await desk.page(`${search}&_sort=_id`)).json.entry).toHaveLength(8);
  });

  test('types must be named, known and few', async () => {
    for (const search of ['?_id=x', '?_type=Nothing', '?_type=', '?_type=Observation&_sort=date']) {
      expect(await desk.refusal(search)).toMatch(/_type|_sort/);
    }
  });

  test('by a form as by an address', async () => {
    const doctor = await served.person(practice, { role: 'doctor' });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = `_type=Observation&patient=${chart}&_summary=count`;
    const { status, json } = await served.ask(doctor.token, 'POST', '/fhir/_search', { headers, body });
    expect([status, json.total]).toEqual([200, VALUES.length]);
  });
});
