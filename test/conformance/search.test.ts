/**
 * Searches at random against what they should find, worked out by looking at every record that the same
 * person can read: the index leaves nothing out and lets nothing in, over references and sections alike.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { parametersOf, parseReference, parseSearch, typeOf } from '../../src/chart/index.ts';
import { idsOf, made, reference, SearchDesk } from '../support/search-desk.ts';
import {
  type Deposit,
  type HeldRole,
  type Person,
  type ServedPractices,
  servePractices,
} from '../support/served-practices.ts';

const CHARTS = 5;
const HIV = { coding: [{ system: 'http://snomed.info/sct', code: '86406008' }] };
const RUNS = process.env.SLOW === '1' ? 1500 : 120;

let served: ServedPractices;
let practice: PracticeId;
const charts: ChartId[] = [];
const world: { readonly resource: Deposit; readonly chart: ChartId | null }[] = [];
const ROLES: Readonly<Record<string, () => readonly HeldRole[]>> = {
  doctor: () => [{ role: 'doctor' }],
  psychiatrist: () => [{ role: 'psychiatrist' }],
  nurse: () => [{ role: 'nurse' }],
  'front desk': () => [{ role: 'front-desk' }],
  patient: () => [{ role: 'patient', chartId: charts[0]! }],
  'proxy of two': () => charts.slice(1, 3).map((chartId) => ({ role: 'proxy', chartId })),
  nobody: () => [],
};

const CODES = ['red', 'green', 'blue'];
const pick = <Item>(items: readonly Item[], at: number): Item => items[at % items.length]!;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  for (let at = 0; at < CHARTS; at += 1) charts.push(newId<ChartId>());
  const own = [
    made('Organization', { name: 'North', active: true }),
    made('Practitioner', { name: [{ family: 'Arnold' }], active: true }),
    made('Practitioner', { name: [{ family: 'Bauer' }], active: false }),
  ];
  for (const resource of own) world.push({ resource, chart: null });
  for (const [at, chart] of charts.entries())
    for (const resource of chartOf(at, chart, own)) world.push({ resource, chart });
  const everyone = charts.map((chart) => ({ entity: { reference: `Patient/${chart}` } }));
  const roster = made('Group', { type: 'person', actual: true, member: everyone });
  world.push({ resource: roster, chart: null });
  // In an order in which what is pointed to stands already.
  await served.deposit(practice, ...world.map(({ resource }) => resource));
});
afterAll(() => served.close());

function chartOf(at: number, chart: ChartId, [north, arnold, bauer]: readonly Deposit[]): Deposit[] {
  const subject = { reference: `Patient/${chart}` };
  const code = (place: number) => ({ code: { coding: [{ code: pick(CODES, at + place) }] } });
  const patient: Deposit = {
    resourceType: 'Patient',
    id: chart,
    name: [{ family: pick(['Alpha', 'Beta', 'Gamma'], at) }],
    birthDate: `198${at}-01-01`,
    managingOrganization: reference(north!),
    ...(at === 0 ? {} : { link: [{ type: 'seealso', other: { reference: `Patient/${charts[at - 1]}` } }] }),
  };
  const doctor = at % 2 === 0 ? arnold! : bauer!;
  const visit = made('Encounter', {
    status: 'finished',
    class: { code: 'AMB' },
    subject,
    participant: [{ individual: reference(doctor) }],
    period: { start: `2026-01-0${at + 1}` },
  });
  const measured = [0, 1, 2].map((place) =>
    made('Observation', {
      status: place === 0 ? 'final' : 'amended',
      ...code(place),
      subject,
      effectiveDateTime: `2026-02-0${place + at + 1}`,
      ...(place === 2 ? {} : { encounter: reference(visit) }),
      valueQuantity: { value: at * 10 + place },
    }),
  );
  const closed = made('Observation', { status: 'final', code: HIV, subject, encounter: reference(visit) });
  const problem = made('Condition', {
    ...code(1),
    subject,
    encounter: reference(visit),
    recordedDate: '2026-01',
  });
  const hidden = made('Condition', { code: HIV, subject, encounter: reference(visit) });
  const report = made('DiagnosticReport', {
    status: 'final',
    ...code(0),
    subject,
    result: measured.map(reference),
  });
  const agent = [{ who: reference(doctor) }];
  const recorded = '2026-01-01T00:00:00Z';
  const told = [measured[0]!, hidden].map((one) =>
    made('Provenance', { target: [reference(one)], recorded, agent }),
  );
  return [patient, visit, ...measured, closed, problem, hidden, report, ...told];
}

/** Queries by type; whatever a person can see, each finds something for somebody. */
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  Patient: [
    'name=alpha',
    'birthdate=1981',
    'birthdate=ge1982',
    'organization.name=north',
    'link.name=alpha',
    'link:missing=true',
    '_has:Observation:patient:code=red',
    '_has:Observation:patient:code=86406008',
    '_has:Condition:patient:code=86406008',
    '_has:Condition:subject:recorded-date=2026-01',
    '_has:Patient:link:name=beta',
    '_has:Group:member:type=person',
    '_has:Encounter:patient:participant.name=arnold',
    '_has:Encounter:patient:_has:Observation:encounter:code=86406008',
    '_has:Observation:patient:value-quantity=gt20',
  ],
  Observation: [
    'code=red,blue',
    'code:not=red',
    'code=86406008',
    'status=final',
    'date=ge2026-02-03',
    'encounter:missing=true',
    'value-quantity=gt10',
    'code-value-quantity=red$lt30',
    'patient.name=beta',
    'subject:Patient.birthdate=lt1983',
    'encounter.participant.name=bauer',
    'encounter.date=2026-01-02',
    'encounter._has:Condition:encounter:code=86406008',
    'patient._has:Condition:patient:code=86406008',
    '_has:DiagnosticReport:result:code=red',
    '_has:Provenance:target:agent.name=arnold',
  ],
  Condition: ['code=86406008', 'encounter.date=ge2026-01-03', 'patient.name=gamma'],
  Encounter: [
    'participant.name=arnold',
    '_has:Observation:encounter:code=red',
    '_has:Condition:encounter:code=86406008',
    'date=lt2026-01-04',
  ],
  Provenance: [
    'target:Observation.code=red',
    'target:Condition.code=86406008',
    'agent:Practitioner.name=bauer',
  ],
  Practitioner: [
    'active=true',
    '_has:Encounter:participant:patient.name=alpha',
    '_has:Provenance:agent:target:Condition.code=86406008',
  ],
  Group: ['member:Patient.name=beta', 'member:Patient._has:Condition:patient:code=86406008'],
  DiagnosticReport: [
    'result.code=blue',
    'result.value-quantity=gt20',
    'result.encounter.participant.name=bauer',
  ],
};

const INCLUDES = [
  '_include=Observation:patient',
  '_include=Observation:encounter&_include:iterate=Encounter:participant',
  '_include=Patient:link',
  '_include=Group:member',
  '_include=Provenance:target',
  '_revinclude=Provenance:target',
  '_revinclude=Condition:encounter',
  '_revinclude=Observation:patient',
  '_revinclude=Patient:link',
];

/** What somebody can read, asked one by one. */
async function readableTo(held: readonly HeldRole[]): Promise<typeof world> {
  const readable: typeof world = [];
  let person: Person | null = null;
  for (const [at, one] of world.entries()) {
    // Who asks for too much that is hidden is told to wait.
    if (person === null || at % 8 === 0) person = await served.person(practice, ...held);
    const { resourceType, id } = one.resource;
    const { status } = await served.ask(person.token, 'GET', `/fhir/${resourceType}/${id}`);
    if (status === 200) readable.push(one);
  }
  return readable;
}

type Known = (typeof world)[number];

/** Whether a record points to another by a parameter, in a way that leads somewhere. */
function pointsTo(from: Known, code: string, to: Known): boolean {
  const { resourceType: type } = from.resource;
  if (!(to.chart === null || to.chart === from.chart || typeOf(type).namesOthers)) return false;
  let points = false;
  parametersOf(type)
    .get(code)
    ?.extract(from.resource, (value) => {
      const found = parseReference((value as { reference?: string }).reference ?? '');
      if (found.kind !== 'local') return;
      points ||= found.type === to.resource.resourceType && found.id === to.resource.id;
    });
  return points;
}

/** What a parameter says of a record, looked up among all that can be read. */
function meets(all: readonly Known[], record: Known, name: string, value: string): boolean {
  const { resourceType: type } = record.resource;
  if (name.startsWith('_has:')) {
    const [, from, code = '', ...rest] = name.split(':');
    return all.some(
      (one) =>
        one.resource.resourceType === from &&
        pointsTo(one, code, record) &&
        meets(all, one, rest.join(':'), value),
    );
  }
  const dot = name.indexOf('.');
  if (dot === -1) return parseSearch(type, new URLSearchParams([[name, value]])).matches(record.resource);
  const [code = '', only] = name.slice(0, dot).split(':');
  const rest = name.slice(dot + 1);
  return all.some(
    (one) =>
      (only ?? one.resource.resourceType) === one.resource.resourceType &&
      offers(one.resource.resourceType, rest) &&
      pointsTo(record, code, one) &&
      meets(all, one, rest, value),
  );
}

function offers(type: string, name: string): boolean {
  const [code = ''] = name.split(/[.:]/);
  return code.startsWith('_') || parametersOf(type).has(code);
}

function broughtAlong(all: readonly Known[], page: readonly Known[], includes: string): Set<string> {
  const found = new Set<string>();
  let from = page;
  const directives = includes.split('&').map((text) => {
    const [name = '', value = ''] = text.split('=');
    const [type = '', code = ''] = value.split(':');
    return { reverse: name.startsWith('_rev'), iterate: name.endsWith(':iterate'), type, code };
  });
  for (let round = 0; from.length > 0; round += 1) {
    const next = all.filter(
      (one) =>
        !page.includes(one) &&
        !found.has(one.resource.id) &&
        directives.some(({ reverse, iterate, type, code }) =>
          round > 0 && !iterate
            ? false
            : from.some((source) => {
                const [pointing, pointed] = reverse ? [one, source] : [source, one];
                return pointing.resource.resourceType === type && pointsTo(pointing, code, pointed);
              }),
        ),
    );
    for (const { resource } of next) found.add(resource.id);
    from = next;
  }
  return found;
}

test('finds what looking at every record finds, for whoever asks', async () => {
  const query = fc.constantFrom(...Object.keys(QUERIES)).chain((type) =>
    fc.record({
      type: fc.constant(type),
      criteria: fc.uniqueArray(fc.constantFrom(...QUERIES[type]!), {
        minLength: 1,
        maxLength: 2,
      }),
      patient: fc.option(fc.constantFrom(0, 1, 2), { freq: 3 }),
      includes: fc.option(fc.constantFrom(...INCLUDES), { freq: 2 }),
    }),
  );
  let found = 0;
  let hidden = 0;
  for (const [name, rolesOf] of Object.entries(ROLES)) {
    const all = await readableTo(rolesOf());
    hidden += world.length - all.length;
    let desk = new SearchDesk(served, await served.person(practice, ...rolesOf()));
    const cases = fc.sample(query, { numRuns: RUNS, seed: 77 });
    for (const [at, { type, criteria, patient, includes }] of cases.entries()) {
      if (at % 8 === 7) desk = new SearchDesk(served, await served.person(practice, ...rolesOf()));
      const ofPatient = patient !== null && parametersOf(type).has('patient');
      const texts = ofPatient ? [...criteria, `patient=${charts[patient]}`] : criteria;
      const expected = all.filter(
        (record) =>
          record.resource.resourceType === type &&
          texts.every((text) => {
            const at = text.indexOf('=');
            return meets(all, record, text.slice(0, at), text.slice(at + 1));
          }),
      );
      const ids = expected.map(({ resource }) => resource.id).sort();
      const search = `${type}?${texts.join('&')}`;
      const told = `${name}: ${search}`;
      const answer = await desk.page(
        `${search}&_count=100&_sort=_id${includes === null ? '' : `&${includes}`}`,
      );
      expect([told, idsOf(answer, 'match')]).toEqual([told, ids]);
      expect([told, await desk.total(`${search}&_count=0`)]).toEqual([told, ids.length]);
      if (includes !== null) {
        const along = [...broughtAlong(all, expected, includes)].sort();
        expect([told, includes, idsOf(answer, 'include').sort()]).toEqual([told, includes, along]);
      }
      found += ids.length;
    }
  }
  // The cases say something: much was found, and much was there that was not anybody's to find.
  expect(found).toBeGreaterThan(RUNS);
  expect(hidden).toBeGreaterThan(world.length);
}, 120_000);
