/** Searches that go over references: includes, reverse includes, chains and _has, over the real store. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { entriesOf, linesOf, linkOf, made, reference, SearchDesk } from '../support/search-desk.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let anna: ChartId;
let berta: ChartId;
let desk: SearchDesk;

const LOINC = 'http://loinc.org';
const hospital = made('Organization', { name: 'General Hospital' });
const ward = made('Organization', { name: 'Ward Seven', partOf: reference(hospital) });
const surgeon = made('Practitioner', { name: [{ family: 'Sharp' }] });
const role = made('PractitionerRole', {
  practitioner: reference(surgeon),
  organization: reference(ward),
  specialty: [{ coding: [{ code: 'surgery' }] }],
});
const room = made('Location', { name: 'Room 7', managingOrganization: reference(ward) });
const chartOf = (chart: ChartId) => ({ subject: { reference: `Patient/${chart}` } });
const coded = (code: string) => ({ code: { coding: [{ system: LOINC, code }] } });

let visitA: ReturnType<typeof made>;
let visitB: ReturnType<typeof made>;
let pulseA: ReturnType<typeof made>;
let pulseB: ReturnType<typeof made>;
let report: ReturnType<typeof made>;
let note: ReturnType<typeof made>;
let appointment: ReturnType<typeof made>;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  anna = await served.chart(practice, { name: [{ family: 'Anders' }], birthDate: '1980-01-02' });
  berta = await served.chart(practice, { name: [{ family: 'Berg' }], birthDate: '1990-03-04' });
  const visit = (chart: ChartId, code: string) =>
    made('Encounter', {
      status: 'finished',
      class: { code: 'AMB' },
      type: [{ coding: [{ code }] }],
      ...chartOf(chart),
      participant: [{ individual: reference(surgeon) }],
      location: [{ location: reference(room) }],
    });
  [visitA, visitB] = [visit(anna, 'checkup'), visit(berta, 'emergency')];
  const pulse = (chart: ChartId, at: ReturnType<typeof made>, value: number) =>
    made('Observation', {
      status: 'final',
      ...coded('8867-4'),
      ...chartOf(chart),
      encounter: reference(at),
      performer: [reference(surgeon)],
      effectiveDateTime: '2026-01-05',
      valueQuantity: { value, unit: '/min' },
    });
  [pulseA, pulseB] = [pulse(anna, visitA, 60), pulse(berta, visitB, 120)];
  report = made('DiagnosticReport', {
    status: 'final',
    ...coded('panel'),
    ...chartOf(anna),
    result: [reference(pulseA)],
  });
  note = made('Provenance', {
    target: [reference(pulseA)],
    recorded: '2026-01-05T10:00:00Z',
    agent: [{ who: reference(surgeon) }],
  });
  appointment = made('Appointment', {
    status: 'booked',
    start: '2026-02-01T09:00:00Z',
    participant: [
      { actor: { reference: `Patient/${anna}` }, status: 'accepted' },
      { actor: reference(surgeon), status: 'accepted' },
    ],
  });
  await served.deposit(practice, hospital, ward, surgeon, role, room, visitA, visitB, pulseA, pulseB);
  await served.deposit(practice, report, note, appointment);
  desk = new SearchDesk(served, await served.person(practice, { role: 'doctor' }));
});
afterAll(() => served.close());

const sorted = (...ids: (string | { id: string })[]) =>
  ids.map((one) => (typeof one === 'string' ? one : one.id)).sort();

describe('_include', () => {
  test('brings what the matches point to, once, after them', async () => {
    const answer = await desk.page(`Observation?code=8867-4&_include=Observation:patient`);
    expect(entriesOf(answer).map(({ search }) => search.mode)).toEqual([
      'match',
      'match',
      'include',
      'include',
    ]);
    const patients = await desk.included('Observation?code=8867-4&_include=Observation:patient');
    expect([...patients].sort()).toEqual(sorted(anna, berta));
    const by = await desk.included('Observation?code=8867-4&_include=Observation:performer');
    expect(by).toEqual([surgeon.id]);
  });

  test('takes a target type, a star, and several at once', async () => {
    const of = (include: string) =>
      desk.included(`Encounter?_id=${visitA.id}&${include}`).then((ids) => ids.sort());
    expect(await of('_include=Encounter:subject:Patient')).toEqual([anna]);
    expect(await of('_include=Encounter:subject:Group')).toEqual([]);
    expect(await of('_include=Encounter:location&_include=Encounter:participant')).toEqual(
      sorted(room, surgeon),
    );
    expect(await of('_include=Encounter:*')).toEqual(sorted(anna, room, surgeon));
    expect(await of('_include=*')).toEqual(sorted(anna, room, surgeon));
  });

  test('goes on with :iterate, and only with it', async () => {
    const first = `PractitionerRole?_id=${role.id}&_include=PractitionerRole:organization`;
    expect(await desk.included(first)).toEqual([ward.id]);
    expect(await desk.included(`${first}&_include=Organization:partof`)).toEqual([ward.id]);
    expect(await desk.included(`${first}&_include:iterate=Organization:partof`)).toEqual([
      ward.id,
      hospital.id,
    ]);
  });

  test('ends where references go in a circle', async () => {
    const [one, two] = [made('Organization', { name: 'One' }), made('Organization', { name: 'Two' })];
    await served.deposit(practice, { ...one, partOf: reference(two) }, { ...two, partOf: reference(one) });
    const found = await desk.included(`Organization?_id=${one.id}&_include:iterate=Organization:partof`);
    expect(found).toEqual([two.id]);
  });

  test('refuses a chain of more references than it goes over, and says so', async () => {
    let above = made('Organization', { name: 'Top' });
    await served.deposit(practice, above);
    for (let depth = 0; depth < 8; depth += 1) {
      above = made('Organization', { name: `Part ${depth}`, partOf: reference(above) });
      await served.deposit(practice, above);
    }
    expect(await desk.refusal(`Organization?_id=${above.id}&_include:iterate=Organization:partof`)).toContain(
      'at most',
    );
  });

  test('that is not offered is left out, or refused under strict handling', async () => {
    const search = `Observation?_id=${pulseA.id}&_include=Observation:code&_include=Observation:encounter`;
    const answer = await desk.page(search);
    expect(linkOf(answer, 'self')).not.toContain('Observation%3Acode');
    expect(linkOf(answer, 'self')).toContain('Observation%3Aencounter');
    expect((await desk.ask(search, { prefer: 'handling=strict' })).status).toBe(400);
    expect(await desk.refusal('Observation?_include:recurse=Observation:encounter')).toContain(':iterate');
    expect(await desk.refusal('Observation?_include=Observation')).toContain('Type:parameter');
  });
});

describe('_revinclude', () => {
  test('brings what points to the matches, through chart, token and exact test alike', async () => {
    const of = async (search: string) => (await desk.included(search)).sort();
    expect(await of(`Patient?_id=${anna}&_revinclude=Observation:patient`)).toEqual([pulseA.id]);
    expect(await of(`Encounter?_id=${visitA.id}&_revinclude=Observation:encounter`)).toEqual([pulseA.id]);
    expect(await of(`Observation?_id=${pulseA.id}&_revinclude=Provenance:target`)).toEqual([note.id]);
    expect(await of(`Observation?_id=${pulseA.id}&_revinclude=DiagnosticReport:result`)).toEqual([report.id]);
    expect(await of(`Practitioner?_id=${surgeon.id}&_revinclude=Appointment:practitioner`)).toEqual([
      appointment.id,
    ]);
    expect(await of(`Practitioner?_id=${surgeon.id}&_revinclude=Encounter:participant`)).toEqual(
      sorted(visitA, visitB),
    );
    expect(await of(`Practitioner?_id=${surgeon.id}&_revinclude=PractitionerRole:practitioner`)).toEqual([
      role.id,
    ]);
  });

  test('goes on with :iterate, from what was brought along', async () => {
    const found = await desk.included(
      `Patient?_id=${anna}&_revinclude=Encounter:patient&_revinclude:iterate=Observation:encounter` +
        `&_revinclude:iterate=Provenance:target&_include:iterate=Encounter:location`,
    );
    expect(found.sort()).toEqual(sorted(visitA, pulseA, note, room));
  });
});

describe('chains', () => {
  test.each<[string, () => string[]]>([
    ['Observation?patient.name=anders', () => [pulseA.id]],
    ['Observation?subject:Patient.birthdate=1990-03-04', () => [pulseB.id]],
    ['Observation?subject.name=berg', () => [pulseB.id]],
    ['Observation?encounter.type=checkup', () => [pulseA.id]],
    ['Observation?encounter.location.name=room', () => sorted(pulseA, pulseB)],
    ['Observation?encounter.patient.name=berg', () => [pulseB.id]],
    ['Observation?performer:Practitioner.family=sharp&code=8867-4', () => sorted(pulseA, pulseB)],
    ['PractitionerRole?organization.partof.name=general', () => [role.id]],
    ['PractitionerRole?practitioner.name=sharp&specialty=surgery', () => [role.id]],
    ['Appointment?practitioner.name=sharp&status=booked', () => [appointment.id]],
    ['DiagnosticReport?result.value-quantity=lt100', () => [report.id]],
    ['DiagnosticReport?result.value-quantity=gt100', () => []],
    ['Observation?patient.name=nobody', () => []],
    ['Observation?patient.name:exact=Anders', () => [pulseA.id]],
    ['Observation?encounter.type:not=checkup', () => [pulseB.id]],
    ['Observation?patient.name=anders&encounter.type=emergency', () => []],
  ])('%s', async (search, expected) => {
    expect((await desk.matches(search)).sort()).toEqual(expected());
  });

  test('over a reference in an encounter of a named patient stay in the chart', async () => {
    expect(await desk.matches(`Observation?patient=${anna}&encounter.type=checkup`)).toEqual([pulseA.id]);
    expect(await desk.matches(`Observation?patient=${anna}&encounter.type=emergency`)).toEqual([]);
  });

  test('that lead too far, to too many types or nowhere are told', async () => {
    const far = 'Observation?encounter.episode-of-care.patient.general-practitioner.name=x';
    expect(await desk.refusal(far)).toContain('at most 3');
    expect(await desk.refusal('Provenance?target._id=x')).toContain('name one');
    const nowhere = await desk.page(`Observation?_id=${pulseA.id}&patient.nothing=x`);
    expect(linkOf(nowhere, 'self')).not.toContain('nothing');
    const strict = await desk.ask('Observation?patient.nothing=x', { prefer: 'handling=strict' });
    expect(strict.json.issue![0]!.expression).toEqual(['http.patient.nothing']);
  });
});

describe('_has', () => {
  test.each<[string, () => string[]]>([
    ['Patient?_has:Observation:patient:code=8867-4', () => sorted(anna, berta)],
    ['Patient?_has:Observation:patient:value-quantity=gt100', () => [berta]],
    ['Patient?_has:Observation:patient:code=nothing', () => []],
    ['Patient?_has:Observation:subject:encounter.type=checkup', () => [anna]],
    ['Patient?_has:Encounter:patient:_has:Observation:encounter:value-quantity=lt100', () => [anna]],
    ['Encounter?_has:Observation:encounter:_has:Provenance:target:recorded=2026-01-05', () => [visitA.id]],
    ['Practitioner?_has:PractitionerRole:practitioner:specialty=surgery', () => [surgeon.id]],
    ['Observation?_has:DiagnosticReport:result:code=panel', () => [pulseA.id]],
    ['Practitioner?_has:Appointment:practitioner:date=2026-02', () => [surgeon.id]],
  ])('%s', async (search, expected) => {
    expect((await desk.matches(search)).sort()).toEqual(expected());
  });

  test('of one patient asks in that chart alone', async () => {
    const has = '_has:Observation:patient:value-quantity=gt100';
    expect(await desk.matches(`Patient?_id=${anna}&${has}`)).toEqual([]);
    expect(await desk.matches(`Patient?_id=${berta}&${has}`)).toEqual([berta]);
  });
});

test('the access line names what was brought along and what a hit was found by', async () => {
  const marked = newId();
  const patient = await served.chart(practice, { name: [{ family: `Q${marked.slice(0, 8)}` }] });
  const seen = made('Observation', { status: 'final', ...coded('x'), ...chartOf(patient) });
  await served.deposit(practice, seen);
  const by = await served.person(practice, { role: 'doctor' });
  const own = new SearchDesk(served, by);
  const cases: [string, string[]][] = [
    [`Observation?_id=${seen.id}&_include=Observation:patient`, [seen.id, patient]],
    [`Observation?_id=${seen.id}&patient._id=${patient}`, [seen.id, patient]],
    [`Patient?_id=${patient}&_has:Observation:patient:code=x`, [seen.id, patient]],
    [`Observation?_id=${seen.id}&_summary=count`, [seen.id]],
    [`Patient?name=Q${marked.slice(0, 8)}&_elements=id`, [patient]],
  ];
  for (const [search, ids] of cases) {
    await own.page(search);
    const named = await linesOf(served, by);
    expect([
      search,
      named
        .at(-1)!
        .map(([, , id]) => id)
        .sort(),
    ]).toEqual([search, [...ids].sort()]);
  }
});
