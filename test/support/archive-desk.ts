/** A chart with records in three sections and files of all sorts, and those who download it. */
import { expect } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { sendFile } from './file-requests.ts';
import { readZip, type ZipEntry } from './read-zip.ts';
import {
  type Deposit,
  type Person,
  type ServedOptions,
  type ServedPractices,
  servePractices,
} from './served-practices.ts';

export interface ArchiveDesk {
  readonly served: ServedPractices;
  readonly practice: PracticeId;
  readonly chart: ChartId;
  readonly patient: Person;
  readonly doctor: Person;
  /** Asked for; its address. */
  begin(who: Person, chart?: ChartId): Promise<string>;
  /** Asked for and made; its address. */
  made(who: Person, chart?: ChartId): Promise<string>;
  entries(who: Person, location: string): Promise<Map<string, ZipEntry>>;
  /** Brings a document with that content into a chart; both have that `meta`. */
  document(
    title: string,
    content: Buffer | string,
    more?: { meta?: object; type?: object },
    chart?: ChartId,
  ): Promise<string>;
}

export const SENSITIVE = 'cnry-sensitive-hiv-viral-load';
export const CLINICAL = 'cnry-clinical-high-cholesterol';
export const FINANCIAL = 'cnry-financial-claim';

export async function openArchiveDesk(options: ServedOptions = {}): Promise<ArchiveDesk> {
  const served = await servePractices(options);
  const practice = await served.makePractice();
  const chart = await served.chart(practice, PATIENT);
  await served.deposit(practice, ...recordsOf(chart));
  const begin: ArchiveDesk['begin'] = async (who, of = chart) => {
    const answer = await served.ask(who.token, 'POST', '/archives', { body: { chart: of } });
    expect(answer.status, answer.text).toBe(202);
    return answer.headers.location!;
  };
  return {
    served,
    practice,
    chart,
    patient: await served.person(practice, { role: 'patient', chartId: chart }),
    doctor: await served.person(practice, { role: 'doctor' }),
    begin,
    made: async (who, of) => {
      const location = await begin(who, of);
      expect(await served.work()).toBe(true);
      const { json } = await served.ask(who.token, 'GET', location);
      expect(json.state, `${JSON.stringify(json)} ${served.logged.slice(-3).join(' ')}`).toBe('ready');
      return location;
    },
    entries: async (who, location) => {
      const answer = await sendFile(served, who, 'GET', `${location}/record.zip`);
      expect(answer.status).toBe(200);
      return readZip(await answer.bytes());
    },
    document: (title, content, more = {}, of = chart) =>
      documentIn(served, practice, of, title, content, more),
  };
}

const PATIENT = {
  name: [{ use: 'official', family: 'Nguyễn', given: ['Zoë', '李'], text: 'Zoë 李 Nguyễn محمد' }],
  gender: 'female',
  birthDate: '1951-02-03',
  address: [{ line: ['12 <Main> & Side'], city: 'Alder Falls', state: 'WI', postalCode: '53991' }],
  telecom: [{ system: 'phone', value: '(608) 555-0101', use: 'mobile' }],
};

async function documentIn(
  served: ServedPractices,
  practice: PracticeId,
  chart: ChartId,
  title: string,
  content: Buffer | string,
  more: { readonly meta?: object },
): Promise<string> {
  const [id, about] = [newId(), newId()];
  const subject = { reference: `Patient/${chart}` };
  await served.deposit(
    practice,
    {
      resourceType: 'Binary',
      id,
      ...(more.meta === undefined ? {} : { meta: more.meta }),
      contentType: 'application/octet-stream',
      securityContext: subject,
      data: Buffer.from(content).toString('base64'),
    },
    {
      resourceType: 'DocumentReference',
      id: about,
      status: 'current',
      subject,
      date: '2024-05-01T10:00:00Z',
      content: [{ attachment: { url: `Binary/${id}`, title } }],
      ...more,
    } as Deposit,
  );
  return id;
}

function recordsOf(chart: ChartId): Deposit[] {
  const subject = { reference: `Patient/${chart}` };
  const of = (resourceType: string, more: object) =>
    ({ resourceType, id: newId(), subject, ...more }) as Deposit;
  const loinc = (code: string, text: string) => ({ coding: [{ system: 'http://loinc.org', code }], text });
  const category = (code: string) => [
    { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code }] },
  ];
  const active = (system: string) => ({
    coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code: 'active' }],
  });
  return [
    of('Condition', {
      code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'E78.5' }], text: CLINICAL },
      clinicalStatus: active('condition-clinical'),
      onsetDateTime: '2022-09',
    }),
    of('Condition', {
      code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'B20' }], text: SENSITIVE },
    }),
    of('Observation', {
      status: 'final',
      category: category('laboratory'),
      code: loinc('2093-3', 'Cholesterol, total'),
      effectiveDateTime: '2023-10-12T07:45:00-05:00',
      valueQuantity: { value: 249, unit: 'mg/dL', system: 'http://unitsofmeasure.org', code: 'mg/dL' },
      interpretation: [
        {
          coding: [
            { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation', code: 'H' },
          ],
        },
      ],
      referenceRange: [{ high: { value: 199, unit: 'mg/dL' } }],
    }),
    of('Observation', {
      status: 'final',
      category: category('vital-signs'),
      code: loinc('85354-9', 'Blood pressure'),
      effectiveDateTime: '2023-10-12',
      component: [
        {
          code: loinc('8480-6', 'Systolic'),
          valueQuantity: { value: 120, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
        },
        {
          code: loinc('8462-4', 'Diastolic'),
          valueQuantity: { value: 80, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
        },
      ],
    }),
    of('AllergyIntolerance', {
      patient: subject,
      subject: undefined,
      clinicalStatus: active('allergyintolerance-clinical'),
      code: { text: 'Penicillin <b>' },
      reaction: [{ manifestation: [{ text: 'Hives & itching' }] }],
    }),
    of('MedicationRequest', {
      status: 'active',
      intent: 'order',
      medicationCodeableConcept: { text: 'Atorvastatin 40 mg' },
      authoredOn: '2024-01-05',
      dosageInstruction: [{ text: 'One each evening.' }],
    }),
    of('Immunization', {
      patient: subject,
      subject: undefined,
      status: 'completed',
      vaccineCode: { coding: [{ system: 'http://hl7.org/fhir/sid/cvx', code: '115' }], text: 'Tdap' },
      occurrenceDateTime: '2020-10-30',
    }),
    of('Procedure', {
      status: 'completed',
      code: { text: 'Filling' },
      performedDateTime: '2021',
      bodySite: [{ text: '#4' }],
    }),
    of('Encounter', {
      status: 'finished',
      class: {
        system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
        code: 'AMB',
        display: 'ambulatory',
      },
      type: [{ text: 'Check-up' }],
      period: { start: '2023-10-12T09:00:00Z', end: '2023-10-12T09:30:00Z' },
    }),
    of('Observation', {
      status: 'final',
      category: category('social-history'),
      code: loinc('72166-2', 'Smoking'),
      valueCodeableConcept: { text: 'Never smoked' },
    }),
    of('DocumentReference', {
      status: 'current',
      type: { text: 'Progress note' },
      date: '2023-10-12T10:00:00Z',
      content: [
        {
          attachment: {
            contentType: 'text/plain',
            title: 'A note',
            data: Buffer.from('All is well.').toString('base64'),
          },
        },
      ],
    }),
    of('Account', { subject: [subject], status: 'active', name: FINANCIAL }),
  ];
}
