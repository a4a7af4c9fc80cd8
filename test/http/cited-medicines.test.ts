/** Medicines stand in the practice's own list, open to all; who is given one is told by what cites it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { type Deposit, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice);
});
afterAll(() => served.close());

async function medicine(text: string, ...parts: readonly string[]): Promise<string> {
  const id = newId();
  const ingredient = parts.map((part) => ({ itemReference: { reference: `Medication/${part}` } }));
  const more = ingredient.length === 0 ? {} : { ingredient };
  await served.deposit(practice, { resourceType: 'Medication', id, code: { text }, ...more } as Deposit);
  return id;
}

/** What a nurse is told of a prescription of that medicine. */
async function nurseReads(medication: string): Promise<number> {
  const body = {
    resourceType: 'MedicationRequest',
    status: 'active',
    intent: 'order',
    medicationReference: { reference: `Medication/${medication}` },
    subject: { reference: `Patient/${chart}` },
  };
  const { token } = await served.person(practice, { role: 'doctor' });
  const made = await served.ask(token, 'POST', '/fhir/MedicationRequest', { body });
  expect(made.status).toBe(201);
  const nurse = await served.person(practice, { role: 'nurse' });
  return (await served.ask(nurse.token, 'GET', `/fhir/MedicationRequest/${made.json.id}`)).status;
}

test('a prescription is as closed as its medicine, and as every part of it', async () => {
  const plain = await medicine('Amoxicillin 500 MG');
  const drug = await medicine('Lamivudine 150 MG');
  expect(await nurseReads(plain)).toBe(200);
  expect(await nurseReads(drug)).toBe(404);
  const mixture = await medicine('Compounded suspension', plain, drug);
  expect(await nurseReads(mixture)).toBe(404);
  expect(await nurseReads(await medicine('Kit of two', mixture))).toBe(404);
  expect(await nurseReads(await medicine('Kit of one', plain))).toBe(200);
});
