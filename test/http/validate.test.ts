/** `$validate` by mode and profile (https://hl7.org/fhir/R4/resource-operation-validate.html). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { made } from '../support/search-desk.ts';
import {
  type Answered,
  type Person,
  type ServedPractices,
  servePractices,
} from '../support/served-practices.ts';

const US_CORE_PATIENT = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient';
const BODY_WEIGHT = 'http://hl7.org/fhir/StructureDefinition/bodyweight';

let served: ServedPractices;
let practice: PracticeId;
let doctor: Person;
let patient: Person;
let biller: Person;
const chart = newId<ChartId>();
const other = newId<ChartId>();
const of = (id: string) => ({ subject: { reference: `Patient/${id}` } });
const condition = made('Condition', { code: { text: 'cough' }, ...of(chart) });

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  doctor = await served.person(practice, { role: 'doctor' });
  biller = await served.person(practice, { role: 'billing' });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
  await served.deposit(
    practice,
    { resourceType: 'Patient', id: chart, gender: 'female' },
    { resourceType: 'Patient', id: other },
    condition,
  );
});
afterAll(() => served.close());

const ask = (who: Person, target: string, body?: object) =>
  served.ask(who.token, 'POST', `/fhir/${target}`, body === undefined ? {} : { body });
const parameters = (...parameter: object[]) => ({ resourceType: 'Parameters', parameter });
const sent = (resource: object) => ({ name: 'resource', resource });
const mode = (valueCode: string) => ({ name: 'mode', valueCode });
const profile = (valueUri: string) => ({ name: 'profile', valueUri });
const errorsOf = ({ status, json }: Answered) => {
  const issues = (json.issue ?? []) as unknown as { severity: string; expression?: string[] }[];
  return [
    status,
    issues.flatMap(({ severity, expression = [] }) => (severity === 'error' ? expression : [])),
  ];
};

describe('against a profile', () => {
  const unnamed = { resourceType: 'Patient', gender: 'female' };

  test.each([
    ['in Parameters', 'Patient/$validate', parameters(sent(unnamed), profile(US_CORE_PATIENT))],
    [
      'in the address',
      `Patient/$validate?profile=${encodeURIComponent(US_CORE_PATIENT)}`,
      { ...unnamed } as object,
    ],
  ])('named %s, whatever the resource claims', async (_, target, body) => {
    expect(errorsOf(await ask(doctor, target, body))).toEqual([200, ['Patient.identifier', 'Patient.name']]);
  });

  test('finds each fault once where the resource claims it as well', async () => {
    const claiming = { ...unnamed, meta: { profile: [US_CORE_PATIENT] } };
    const answer = await ask(
      doctor,
      'Patient/$validate',
      parameters(sent(claiming), profile(US_CORE_PATIENT)),
    );
    expect(errorsOf(answer)).toEqual([200, ['Patient.identifier', 'Patient.name']]);
    expect(errorsOf(await ask(doctor, 'Patient/$validate', unnamed))).toEqual([200, []]);
  });

  test('is about the type that the profile is about', async () => {
    const answer = await ask(doctor, 'Patient/$validate', parameters(sent(unnamed), profile(BODY_WEIGHT)));
    expect(errorsOf(answer)).toEqual([200, ['Patient']]);
  });

  test('that is not known cannot be said', async () => {
    const body = parameters(sent(unnamed), profile('http://example.org/unknown'));
    const answer = await ask(doctor, 'Patient/$validate', body);
    expect([answer.status, answer.text.includes('example.org')]).toEqual([400, false]);
  });

  test('holds a resource as it stands, for those who may read it', async () => {
    const body = parameters(mode('profile'), profile(US_CORE_PATIENT));
    const target = (id: string) => `Patient/${id}/$validate`;
    expect(errorsOf(await ask(doctor, target(chart), body))).toEqual([
      200,
      ['Patient.identifier', 'Patient.name'],
    ]);
    const [hidden, absent] = [
      await ask(patient, target(other), body),
      await ask(patient, target(newId()), body),
    ];
    expect([hidden.status, hidden.text]).toEqual([404, absent.text]);
    expect((await ask(doctor, target(chart), parameters(mode('profile')))).status).toBe(400);
    expect((await ask(doctor, 'Patient/$validate', body)).status).toBe(400);
  });
});

describe('of a change', () => {
  const fine = { resourceType: 'Condition', code: { text: 'flu' }, ...of(chart) };
  const check = (who: Person, target: string, ...parameter: object[]) =>
    ask(who, target, parameters(...parameter));

  test('says that it would be done, and does nothing', async () => {
    for (const [target, ...parts] of [
      ['Condition/$validate', mode('create'), sent(fine)],
      [`Condition/${condition.id}/$validate`, mode('update'), sent({ ...fine, id: condition.id })],
      [`Condition/${condition.id}/$validate`, mode('delete')],
    ] as const) {
      const answer = await check(doctor, target, ...parts);
      expect([errorsOf(answer), answer.text]).toEqual([[200, []], expect.stringContaining('would be done')]);
    }
    const bare = await ask(doctor, `Condition/${condition.id}/$validate?mode=delete`);
    expect(errorsOf(bare)).toEqual([200, []]);
    const { rows } = await served.database.owner.query(
      'select version, deleted from postern.resource where practice_id = $1 and type = $2',
      [practice, 'Condition'],
    );
    expect(rows).toEqual([{ version: 1, deleted: false }]);
    const { rows: lines } = await served.database.owner.query(
      `select entries from postern.access_line where account_id = $1 and action = 'validate' order by at`,
      [doctor.accountId],
    );
    const entry = [[chart, 'Condition', condition.id, 1]];
    expect(lines.map(({ entries }) => entries)).toEqual([[], entry, entry, entry]);
  });

  test('says what is wrong with its content, and what would refuse it', async () => {
    expect(
      errorsOf(
        await check(doctor, 'Condition/$validate', mode('create'), sent({ ...fine, onsetDateTime: 'x' })),
      ),
    ).toEqual([200, ['Condition.onsetDateTime']]);
    const ownerless = { ...fine, subject: { display: 'somebody' } };
    expect(errorsOf(await check(doctor, 'Condition/$validate', mode('create'), sent(ownerless)))).toEqual([
      200,
      ['Condition.subject'],
    ]);
    const target = `Condition/${condition.id}/$validate`;
    const moved = await check(
      doctor,
      target,
      mode('update'),
      sent({ ...fine, id: condition.id, ...of(other) }),
    );
    expect([errorsOf(moved)[0], moved.text]).toEqual([
      200,
      expect.stringContaining('stays with its patient'),
    ]);
    expect(errorsOf(await check(doctor, target, mode('update'), sent({ ...fine, id: newId() })))).toEqual([
      200,
      ['Condition.id'],
    ]);
  });

  test('into a chart that is hidden is one into a chart that is absent, and is noted', async () => {
    const into = async (id: string) => {
      const answer = await check(
        patient,
        'Condition/$validate',
        mode('create'),
        sent({ ...fine, ...of(id) }),
      );
      return [answer.status, answer.text];
    };
    const [hidden, absent] = [await into(other), await into(newId())];
    expect(hidden).toEqual(absent);
    expect(hidden[1]).toContain('"error"');
    const { rows } = await served.database.owner.query(
      `select entries from postern.access_line
       where account_id = $1 and action = 'validate' and outcome = 'refused'`,
      [patient.accountId],
    );
    expect(rows.map(({ entries }) => entries[0])).toContainEqual([other, 'Patient', other, null]);
  });

  test('of what one may not write is that of what is not there', async () => {
    for (const parts of [
      [mode('delete')],
      [mode('update'), sent({ ...fine, id: condition.id })],
      [mode('update'), sent({ resourceType: 'Condition', id: condition.id })],
    ]) {
      const hidden = await check(biller, `Condition/${condition.id}/$validate`, ...parts);
      const absent = await check(biller, `Condition/${newId()}/$validate`, ...parts);
      expect([hidden.status, hidden.text]).toEqual([404, absent.text]);
    }
  });
});

test.each([
  ['Condition/$validate', parameters()],
  ['Condition/$validate', parameters(mode('destroy'), sent(condition))],
  ['Condition/$validate', parameters(mode('update'), sent(condition))],
  ['Condition/$validate', parameters(mode('delete'))],
  ['Condition/$validate', parameters(sent({ resourceType: 'Patient' }))],
  ['Condition/$validate', parameters(sent(condition), sent(condition))],
  ['Condition/$validate', parameters(sent(condition), { name: 'profile', valueInteger: 1 })],
  ['Condition/$validate', parameters({ name: 'resource', valueString: 'x' })],
  [`Condition/${condition.id}/$validate`, parameters(mode('delete'), sent(condition))],
  [`Condition/${condition.id}/$validate`, parameters(profile(US_CORE_PATIENT))],
])('refuses %s with %j', async (target, body) => {
  expect((await ask(doctor, target, body)).status).toBe(400);
});
