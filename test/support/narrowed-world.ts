/** One chart with records inside an app's scopes and records outside them, tied to each other every way. */
import { type ChartId, newId } from '../../src/base/ids.ts';
import { made, reference } from './search-desk.ts';
import type { Deposit } from './served-practices.ts';

/** In every record that is outside. */
export const OUTSIDE = 'cnry0outside';
const CATEGORY = 'http://terminology.hl7.org/CodeSystem/observation-category';
const NOTES = 'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category';

/** What the app was granted. */
export const GRANTED = [
  'launch/patient',
  'openid',
  `patient/Observation.cruds?category=${CATEGORY}|laboratory`,
  `patient/DocumentReference.rs?category=${NOTES}|clinical-note`,
  'patient/Binary.rs',
  'patient/Provenance.rs',
  'patient/Patient.rs',
  'patient/Goal.r',
  'patient/Flag.s',
].join(' ');

export const [own, other] = [newId<ChartId>(), newId<ChartId>()];

export const observation = (category: string, word: string, more: object = {}) =>
  made('Observation', {
    status: 'final',
    category: [{ coding: [{ system: CATEGORY, code: category }] }],
    code: { text: word, coding: [{ system: 'http://loinc.org', code: '2339-0' }] },
    subject: { reference: `Patient/${own}` },
    effectiveDateTime: '2026-01-05',
    valueString: word,
    ...more,
  });

const documentOf = (category: string, word: string, file: { id: string }) =>
  made('DocumentReference', {
    status: 'current',
    category: [{ coding: [{ system: NOTES, code: category }] }],
    subject: { reference: `Patient/${own}` },
    description: word,
    date: '2026-01-05T00:00:00Z',
    content: [{ attachment: { contentType: 'text/plain', url: `Binary/${file.id}` } }],
  });
const fileOf = (document: { id: string }, word: string) =>
  made('Binary', {
    contentType: 'text/plain',
    securityContext: { reference: `DocumentReference/${document.id}` },
    data: Buffer.from(word).toString('base64'),
  });
const provenanceOf = (of: Deposit, word: string) =>
  made('Provenance', {
    target: [reference(of)],
    recorded: '2026-01-05T00:00:00Z',
    agent: [{ who: { display: word } }],
  });

const about = { subject: { reference: `Patient/${own}` } };

/** Outside: by parameter, by type, by chart, and what belongs with those. */
const vital = observation('vital-signs', OUTSIDE);
const movedOut = observation('laboratory', OUTSIDE);
const visit = made('Encounter', {
  status: 'finished',
  class: { code: 'EMER' },
  type: [{ text: OUTSIDE, coding: [{ code: 'secret' }] }],
  ...about,
});
const problem = made('Condition', { code: { text: OUTSIDE }, encounter: reference(visit), ...about });
const letterFile = { id: newId() };
const letter = documentOf('correspondence', OUTSIDE, letterFile);
const theirs = observation('laboratory', OUTSIDE, { subject: { reference: `Patient/${other}` } });
export const outside = {
  vital,
  movedOut,
  visit,
  problem,
  letter,
  theirs,
  letterFile: { ...fileOf(letter, OUTSIDE), id: letterFile.id },
  aboutVital: provenanceOf(vital, OUTSIDE),
  aboutProblem: provenanceOf(problem, OUTSIDE),
  pointsHere: observation('vital-signs', OUTSIDE, { derivedFrom: [{ reference: 'Observation/LAB' }] }),
};
/** What it was before it was filed otherwise: both versions are outside now. */
export const movedAway = { ...movedOut, category: vital.category as object };

/** Inside, and pointing to what is not. */
const noteFile = { id: newId() };
const note = documentOf('clinical-note', 'inside', noteFile);
const lab = observation('laboratory', 'inside', {
  encounter: reference(visit),
  hasMember: [reference(vital)],
  derivedFrom: [reference(movedOut)],
});
outside.pointsHere = { ...outside.pointsHere, derivedFrom: [reference(lab)] } as Deposit;
export const inside = {
  lab,
  second: observation('laboratory', 'inside too', { effectiveDateTime: '2026-01-03' }),
  note,
  noteFile: { ...fileOf(note, 'inside'), id: noteFile.id },
  aboutLab: provenanceOf(lab, 'inside'),
  /** One that may only be read, and one that may only be found. */
  goal: made('Goal', { lifecycleStatus: 'active', description: { text: 'inside' }, ...about }),
  flag: made('Flag', { status: 'active', code: { text: 'inside' }, ...about }),
};

/** Searches that would tell, by what they give, count, sort, follow or bring along. */
export const SEARCHES = [
  'Observation?',
  `Observation?patient=${own}`,
  `Observation?patient=${other}`,
  'Observation?code=2339-0',
  'Observation?code=2339-0&_sort=date',
  'Observation?category=vital-signs',
  'Observation?category:not=laboratory',
  'Observation?_sort=code',
  'Observation?_sort=-date,code',
  'Observation?_sort=_lastUpdated',
  'Observation?encounter:missing=false',
  `Observation?encounter=${visit.id}`,
  'Observation?encounter.class=EMER',
  'Observation?encounter.type=secret',
  'Observation?has-member:Observation.code=2339-0',
  'Observation?derived-from:Observation.status=final',
  'Observation?_has:Observation:derived-from:status=final',
  'Observation?_has:Provenance:target:recorded=2026-01-05',
  'Observation?_include=*&_include:iterate=*',
  'Observation?_include=Observation:encounter&_include=Observation:has-member',
  'Observation?_revinclude=Provenance:target&_revinclude=Observation:derived-from',
  'Observation?_revinclude:iterate=Provenance:target&_include:iterate=Observation:derived-from',
  'Patient?_has:Condition:patient:code:missing=false',
  'Patient?_has:Observation:patient:category=vital-signs',
  'Patient?_has:Encounter:patient:class=EMER',
  'Patient?_revinclude=Observation:patient&_revinclude=Condition:patient&_revinclude=Encounter:patient',
  'Patient?_revinclude=DocumentReference:patient&_revinclude:iterate=Provenance:target',
  'Condition?',
  `Condition?patient=${own}`,
  'Encounter?_has:Observation:encounter:status=final',
  'DocumentReference?',
  'DocumentReference?_sort=description',
  'Binary?',
  'Provenance?',
  'Provenance?target:Observation.category=vital-signs',
  'Provenance?target:Condition.code:missing=false',
  'Provenance?_include=Provenance:target',
  'Goal?',
  `Patient/${own}/Observation?`,
  `Patient/${own}/*?_type=Observation,Condition,Provenance,DocumentReference`,
  `Encounter/${visit.id}/Observation?`,
  '?_type=Observation,Condition,Encounter,Provenance',
];
export const FORMS = ['_count=50', '_count=1&_total=accurate', '_summary=count', '_count=50&_elements=id'];
