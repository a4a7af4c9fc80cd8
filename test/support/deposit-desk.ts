/** A practice with a laboratory and a doctor, and what they can ask about deposits. */
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { type Answered, type Person, type ServedPractices, servePractices } from './served-practices.ts';

/** Stands in every deposit, and may come out only where one is opened. */
export const MARK = 'cnry-deposit-2b77';

const FHIR = { 'content-type': 'application/fhir+json' };

export interface DepositDesk {
  readonly served: ServedPractices;
  readonly practice: PracticeId;
  readonly laboratory: Person;
  readonly doctor: Person;
  /** Of Ada Okafor, born on 1980-05-06, `urn:mrn|A-17`. */
  readonly chart: ChartId;
  leave(content: object | string, headers?: Record<string, string>, who?: Person): Promise<Answered>;
  status(id: string, who?: Person): Promise<Answered>;
  list(query?: string, who?: Person): Promise<Answered>;
  open(id: string, who?: Person): Promise<Answered>;
  file(id: string, into?: string, who?: Person): Promise<Answered>;
  discard(id: string, reason?: string, who?: Person): Promise<Answered>;
  /** Leaves it as the laboratory, and answers its id. */
  left(content: object | string): Promise<string>;
  /** Ids of what waits, oldest first. */
  waiting(): Promise<string[]>;
}

export async function openDepositDesk(): Promise<DepositDesk> {
  const served = await servePractices();
  const practice = await served.makePractice();
  const laboratory = await served.person(practice, { role: 'partner' });
  const doctor = await served.person(practice, { role: 'doctor' });
  const chart = await served.chart(practice, {
    name: [{ family: 'Okafor', given: ['Ada', 'May'] }],
    birthDate: '1980-05-06',
    identifier: [{ system: 'urn:mrn', value: 'A-17' }],
  });
  const leave: DepositDesk['leave'] = (content, headers = FHIR, who = laboratory) =>
    served.ask(who.token, 'POST', '/fhir/$deposit', { body: content, headers });
  const list: DepositDesk['list'] = (query = '', who = doctor) =>
    served.ask(who.token, 'GET', `/fhir/$deposits${query}`);
  const operate = (who: Person, name: string, ...parameter: object[]) =>
    served.ask(who.token, 'POST', `/fhir/$${name}-deposit`, {
      body: { resourceType: 'Parameters', parameter },
    });
  return {
    served,
    practice,
    laboratory,
    doctor,
    chart,
    leave,
    list,
    status: (id, who = laboratory) => served.ask(who.token, 'GET', `/fhir/$deposit-status?id=${id}`),
    open: (id, who = doctor) => served.ask(who.token, 'GET', `/fhir/$open-deposit?id=${id}`),
    file: (id, into = chart, who = doctor) => {
      const patient = { name: 'patient', valueReference: { reference: `Patient/${into}` } };
      return operate(who, 'file', { name: 'id', valueId: id }, patient);
    },
    discard: (id, reason = 'Meant for another practice', who = doctor) =>
      operate(who, 'discard', { name: 'id', valueId: id }, { name: 'reason', valueString: reason }),
    left: async (content) => idOf(await leave(content)),
    waiting: async () => {
      const page = parametersIn(await list('?_count=200')).filter(({ name }) => name === 'deposit');
      return page.map(({ part }) => part!.find(({ name }) => name === 'id')!.valueId as string);
    },
  };
}

export interface ParameterIn {
  readonly name: string;
  readonly part?: readonly ParameterIn[];
  readonly [value: string]: unknown;
}

export function parametersIn({ json }: Answered): readonly ParameterIn[] {
  return (json?.parameter ?? []) as unknown as ParameterIn[];
}

export function valueIn(answer: Answered, name: string, element: string): unknown {
  return parametersIn(answer).find((one) => one.name === name)?.[element];
}

export function idOf(answer: Answered): string {
  return valueIn(answer, 'id', 'valueId') as string;
}

/**
 * What a laboratory sends, never the same twice: a patient, an observation and a report, with names of its
 * own. Where the patient is null, the others only refer to one.
 */
export function report(patient: object | null = { identifier: [{ system: 'urn:mrn', value: 'A-17' }] }) {
  const [who, result] = [`urn:uuid:${newId()}`, `urn:uuid:${newId()}`];
  const subject = { reference: patient === null ? 'Patient/lab-77' : who };
  const entry: { fullUrl?: string; resource: object }[] = [
    ...(patient === null ? [] : [{ fullUrl: who, resource: { resourceType: 'Patient', ...patient } }]),
    {
      fullUrl: result,
      resource: {
        resourceType: 'Observation',
        status: 'final',
        code: { coding: [{ system: 'http://loinc.org', code: '2345-7' }], text: MARK },
        subject,
        performer: [{ reference: 'Organization/lab-1' }],
        valueQuantity: { value: 5.1, unit: 'mmol/L' },
      },
    },
    {
      resource: {
        resourceType: 'DiagnosticReport',
        id: 'r-1',
        status: 'final',
        code: { text: 'Glucose' },
        subject,
        result: [{ reference: result }],
      },
    },
  ];
  return { resourceType: 'Bundle', type: 'collection', entry };
}
