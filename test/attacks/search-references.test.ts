/**
 * Searches over references into what is not one's own: rows that point from one chart into another or into a
 * closed section, and criteria on what nobody may know of. The oracle is noninterference: the same answers,
 * byte for byte, before the victim's records stand and after.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { idsOf, linesOf, made, nextOf, reference, SearchDesk } from '../support/search-desk.ts';
import {
  type Deposit,
  type HeldRole,
  type Person,
  type ServedPractices,
  servePractices,
} from '../support/served-practices.ts';
import { tapStatements } from '../support/statement-tap.ts';

const CANARY = 'cnry0searched';
const CLOSED = 'cnry0closed';
const HIV = { coding: [{ system: 'http://snomed.info/sct', code: '86406008' }] };

let served: ServedPractices;
let practice: PracticeId;
let doctor: Person;
const own = newId<ChartId>();
const other = newId<ChartId>();
const of = (chart: ChartId) => ({ subject: { reference: `Patient/${chart}` } });

const visit = made('Encounter', { status: 'finished', class: { code: 'AMB' }, ...of(own) });
const pulse = made('Observation', {
  status: 'final',
  code: { coding: [{ code: 'pulse' }] },
  encounter: reference(visit),
  effectiveDateTime: '2026-01-01',
  valueQuantity: { value: 60 },
  ...of(own),
});

/** What the attackers do not reach; some of it by its place, some by its section. */
const theirVisit = made('Encounter', {
  status: 'finished',
  class: { code: 'EMER' },
  type: [{ text: CANARY, coding: [{ code: 'secret' }] }],
  ...of(other),
});
const theirPulse = made('Observation', {
  status: 'final',
  code: { coding: [{ code: 'pulse', display: CANARY }] },
  encounter: reference(theirVisit),
  effectiveDateTime: '2026-01-02',
  valueQuantity: { value: 120 },
  ...of(other),
});
const theirProblem = made('Condition', {
  code: { text: CANARY },
  encounter: reference(theirVisit),
  ...of(other),
});
const theirNote = made('Provenance', {
  target: [reference(theirPulse)],
  recorded: '2026-01-02T00:00:00Z',
  agent: [{ who: { display: CANARY } }],
});
const closed = made('Condition', { code: { ...HIV, text: CLOSED }, encounter: reference(visit), ...of(own) });
const closedPulse = made('Observation', {
  status: 'final',
  code: HIV,
  note: [{ text: CLOSED }],
  encounter: reference(visit),
  effectiveDateTime: '2026-01-03',
  ...of(own),
});
const theirs = [theirVisit, theirPulse, theirProblem, theirNote];
const closedOnes = [closed, closedPulse];

/** Rows of one's own that point to what is not: no write of today makes them, so they come first. */
const bridges = {
  hidden: made('Observation', {
    status: 'final',
    code: { coding: [{ code: 'bridge' }] },
    encounter: reference(theirVisit),
    focus: [reference(theirPulse)],
    hasMember: [reference(closedPulse)],
    effectiveDateTime: '2026-01-04',
    ...of(own),
  }),
  absent: made('Observation', {
    status: 'final',
    code: { coding: [{ code: 'bridge' }] },
    encounter: reference(made('Encounter')),
    focus: [reference(made('Observation'))],
    hasMember: [reference(made('Observation'))],
    effectiveDateTime: '2026-01-04',
    ...of(own),
  }),
};
/** One of theirs that points to one's own; it stands from the beginning. */
const back = made('Observation', {
  status: 'final',
  code: { coding: [{ code: 'pulse', display: CANARY }] },
  encounter: reference(visit),
  ...of(other),
});

const ATTACKS = [
  'Observation?_include=Observation:encounter&_include=Observation:focus&_include=Observation:has-member',
  'Observation?_include=*&_include:iterate=*',
  'Observation?_include=Observation:focus&_include:iterate=Observation:*&_include:iterate=Encounter:*',
  'Patient?_include=Patient:link&_revinclude=Patient:link&_include:iterate=*',
  'Patient?_revinclude=Observation:patient&_revinclude:iterate=Provenance:target',
  'Patient?_revinclude=Condition:patient',
  'Encounter?_revinclude=Observation:encounter&_revinclude=Condition:encounter',
  'Observation?_revinclude=Provenance:target&_revinclude=Observation:has-member',
  'Observation?_revinclude=Observation:focus',
  'Group?_include=Group:member&_include:iterate=Patient:*',
  'Observation?encounter.type=secret',
  'Observation?encounter.class=EMER',
  'Observation?encounter.type:not=secret',
  'Observation?encounter.type:missing=true',
  'Observation?encounter.type:missing=false',
  'Observation?encounter.patient.birthdate=1999-09-09',
  'Observation?focus:Observation.code=pulse',
  'Observation?focus:Observation.value-quantity=gt100',
  'Observation?has-member:Observation.code=86406008',
  'Patient?link.birthdate=1999-09-09',
  'Patient?link:missing=false',
  'Patient?_has:Observation:patient:code=86406008',
  'Patient?_has:Condition:patient:code=86406008',
  'Patient?_has:Condition:patient:code:not=nothing',
  'Patient?_has:Condition:patient:recorded-date:missing=true',
  'Patient?_has:Observation:patient:value-quantity=gt100',
  'Patient?_has:Encounter:patient:_has:Condition:encounter:code:missing=false',
  'Encounter?_has:Condition:encounter:code=86406008',
  'Encounter?_has:Observation:encounter:code=pulse&_has:Observation:encounter:status:not=amended',
  'Observation?_has:Provenance:target:recorded=2026-01-02',
  'Observation?code:not=nothing',
  'Observation?encounter:missing=false',
  'Condition?code:missing=false',
  'Observation?_sort=code',
  'Observation?_sort=-value-quantity,date',
  'Observation?_sort=code,-date',
  'Patient?_sort=name',
  '?_type=Patient,Observation,Condition,Encounter,Provenance',
];
const FORMS = [
  '_count=50',
  '_count=1&_total=accurate',
  '_summary=count',
  '_count=0',
  '_count=50&_elements=id',
];

interface Attacker {
  readonly held: () => readonly HeldRole[];
  readonly victims: readonly Deposit[];
  /** What stands in all of the victims. */
  readonly canary: string;
}

const ofOther = { victims: [back, ...theirs], canary: CANARY };
const ofClosed = { victims: closedOnes, canary: CLOSED };
const ROLES: Readonly<Record<string, Attacker>> = {
  'the patient of one chart': { held: () => [{ role: 'patient', chartId: own }], ...ofOther },
  'a proxy for one chart': { held: () => [{ role: 'proxy', chartId: own }], ...ofOther },
  'somebody without grants': { held: () => [], ...ofOther },
  'a nurse of all charts': { held: () => [{ role: 'nurse' }], ...ofClosed },
  'the front desk': { held: () => [{ role: 'front-desk' }], ...ofClosed },
};

/** Answers of each role before the victims stood and after, by search. */
const before = new Map<string, string>();
const after = new Map<string, string>();

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  doctor = await served.person(practice, { role: 'psychiatrist' });
  const patients = [
    { resourceType: 'Patient', id: own, name: [{ family: 'Own' }], birthDate: '1980-01-01' },
    { resourceType: 'Patient', id: other, name: [{ family: CANARY }], birthDate: '1999-09-09' },
  ];
  const link = [{ type: 'seealso', other: { reference: `Patient/${other}` } }];
  await served.deposit(practice, patients[1]!, back);
  await served.deposit(practice, { ...patients[0]!, link }, visit, pulse, bridges.hidden, bridges.absent);
  const member = [own, other].map((id) => ({ entity: { reference: `Patient/${id}` } }));
  await served.deposit(practice, made('Group', { type: 'person', actual: true, member }));
  const [staff, patientSide] = [
    ['a nurse of all charts', 'the front desk'],
    ['the patient of one chart', 'a proxy for one chart'],
  ];
  await askAll(['somebody without grants', ...staff], before);
  await served.deposit(practice, ...closedOnes);
  await askAll(staff, after);
  await askAll(patientSide, before);
  await served.deposit(practice, ...theirs);
  await askAll(['somebody without grants', ...patientSide], after);
}, 120_000);
afterAll(() => served.close());

async function askAll(roles: readonly string[], answers: Map<string, string>): Promise<void> {
  for (const role of roles) {
    const desk = new SearchDesk(served, await served.person(practice, ...ROLES[role]!.held()));
    for (const search of ATTACKS) {
      for (const form of FORMS) {
        const { status, headers, text } = await desk.ask(`${search}&${form}`);
        answers.set(`${role}: ${search}&${form}`, JSON.stringify([status, headers, text]));
      }
    }
  }
}

test('whoever reaches it finds by the same searches what is there (positive control)', async () => {
  const desk = new SearchDesk(served, doctor);
  let canaries = 0;
  for (const search of ATTACKS) {
    if ((await desk.page(`${search}&_count=50`)).text.includes(CANARY)) canaries += 1;
  }
  expect(canaries).toBeGreaterThan(ATTACKS.length / 2);
  expect(await desk.matches('Patient?_has:Condition:patient:code=86406008')).toEqual([own]);
  expect(await desk.matches('Encounter?_has:Condition:encounter:code=86406008')).toEqual([visit.id]);
  expect(await desk.matches('Observation?encounter.type=secret')).toEqual([theirPulse.id]);
});

describe.each(Object.keys(ROLES))('to %s', (role) => {
  test('every answer is the one from before the hidden records stood', () => {
    const { victims, canary } = ROLES[role]!;
    const answers = [...after].filter(([search]) => search.startsWith(`${role}:`));
    expect(answers).toHaveLength(ATTACKS.length * FORMS.length);
    for (const [search, answer] of answers) {
      expect([search, answer]).toEqual([search, before.get(search)]);
      expect(answer).not.toContain(canary);
      for (const { id } of victims) {
        if (JSON.stringify(bridges.hidden).includes(id)) continue;
        expect([search, answer.includes(id)]).toEqual([search, false]);
      }
    }
  });

  test('the access log names none of it', async () => {
    const person = await served.person(practice, ...ROLES[role]!.held());
    const desk = new SearchDesk(served, person);
    for (const search of ATTACKS) await desk.page(search);
    const named = new Set((await linesOf(served, person)).flat().map(([, , id]) => id));
    for (const { id } of ROLES[role]!.victims) expect(named.has(id)).toBe(false);
  });
});

test('a reference from one chart into another leads nowhere, even for who reaches both', async () => {
  const desk = new SearchDesk(served, doctor);
  const include = '_include=Observation:encounter&_include=Observation:focus';
  expect(await desk.included(`Observation?_id=${pulse.id}&${include}`)).toEqual([visit.id]);
  expect(await desk.included(`Observation?_id=${bridges.hidden.id}&${include}`)).toEqual([]);
  expect(await desk.matches(`Observation?_id=${bridges.hidden.id}&encounter.type=secret`)).toEqual([]);
  const along = await desk.included(`Encounter?_id=${visit.id}&_revinclude=Observation:encounter`);
  expect(along.sort()).toEqual([pulse.id, closedPulse.id].sort());
  expect(await desk.matches(`Encounter?_id=${theirVisit.id}&_has:Observation:encounter:code=bridge`)).toEqual(
    [],
  );
});

test('a section that is closed stays out of what is brought along', async () => {
  const nurse = new SearchDesk(served, await served.person(practice, { role: 'nurse' }));
  const along = '_revinclude=Observation:encounter&_revinclude=Condition:encounter';
  const search = `Encounter?_id=${visit.id}&${along}`;
  expect(await nurse.included(search)).toEqual([pulse.id]);
  const members = `Observation?_id=${bridges.hidden.id}&_include=Observation:has-member`;
  expect(await nurse.included(members)).toEqual([]);
  expect(await new SearchDesk(served, doctor).included(members)).toEqual([closedPulse.id]);
});

test('a reference to what is hidden is the same work as one to what is absent', async () => {
  const person = await served.person(practice, { role: 'patient', chartId: own });
  const desk = new SearchDesk(served, person);
  await desk.page('Observation?_include=Observation:encounter');
  const tap = tapStatements();
  const asks = async (search: string) => {
    tap.take();
    await desk.page(search);
    return tap.take();
  };
  const pairs: [string, string][] = [
    [
      `_id=${bridges.hidden.id}&_include=*&_include:iterate=*`,
      `_id=${bridges.absent.id}&_include=*&_include:iterate=*`,
    ],
    [`encounter._id=${theirVisit.id}`, `encounter._id=${newId()}`],
    [`patient._id=${other}`, `patient._id=${newId()}`],
    [`_has:Provenance:target:_id=${theirNote.id}`, `_has:Provenance:target:_id=${newId()}`],
    [
      `focus:Observation.code=pulse&_id=${bridges.hidden.id}`,
      `focus:Observation.code=pulse&_id=${bridges.absent.id}`,
    ],
  ];
  for (const [hidden, absent] of pairs) {
    const [first, second] = [await asks(`Observation?${hidden}`), await asks(`Observation?${absent}`)];
    expect([hidden, first]).toEqual([hidden, second]);
    expect(first.length).toBeGreaterThan(0);
  }
  tap.close();
});

describe('a link to a further page', () => {
  const FIRST = [
    'Observation?_count=1&_sort=code,date&_include=*',
    'Observation?_count=1&_sort=-value-quantity&_total=accurate',
    'Observation?_count=1&encounter.class=AMB,EMER',
    'Patient?_count=1&_has:Observation:patient:code=pulse&_sort=name',
    '?_type=Observation,Encounter&_count=1&_total=accurate',
  ];

  test.each(FIRST)('of %s gives somebody else no more than their own', async (first) => {
    const theirDesk = new SearchDesk(served, doctor);
    const patient = new SearchDesk(served, await served.person(practice, { role: 'patient', chartId: own }));
    let links = 0;
    for (let next = nextOf(await theirDesk.page(first)); next !== null; ) {
      const [answer, fresh] = [await patient.page(next), await patient.page(first)];
      expect(answer.text.replaceAll(encodeURIComponent(next), '')).not.toContain(CANARY);
      for (const id of [...idsOf(answer, 'match'), ...idsOf(answer, 'include')]) {
        expect([back, ...theirs].some((one) => one.id === id)).toBe(false);
      }
      expect(answer.json.total).toEqual(fresh.json.total);
      next = nextOf(await theirDesk.page(next));
      links += 1;
    }
    expect(links).toBeGreaterThan(0);
  });

  test('that was made up for the place of a hidden record is like one for no place at all', async () => {
    const patient = new SearchDesk(served, await served.person(practice, { role: 'patient', chartId: own }));
    for (const place of ['#0', '#1', '#999999', '#1000000', '#-1', '', '1']) {
      const cursor = (id: string) => Buffer.from(`${place} ${id}`).toString('base64url');
      for (const first of FIRST.slice(0, 2)) {
        const [aimed, blind] = [
          await patient.ask(`${first}&_cursor=${cursor(theirPulse.id)}`),
          await patient.ask(`${first}&_cursor=${cursor(newId())}`),
        ];
        const plain = (text: string) => text.replace(/_cursor=[\w-]+/g, '');
        expect([place, aimed.status, plain(aimed.text)]).toEqual([place, blind.status, plain(blind.text)]);
      }
    }
  });
});
