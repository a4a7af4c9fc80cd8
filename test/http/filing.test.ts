/** Filing what partners left: into the chart that was chosen, whole or not at all. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import {
  type DepositDesk,
  idOf,
  MARK,
  openDepositDesk,
  parametersIn,
  report,
} from '../support/deposit-desk.ts';

let desk: DepositDesk;
beforeAll(async () => {
  desk = await openDepositDesk();
});
afterAll(() => desk.served.close());

describe('filing', () => {
  test('puts all of it into the chart, as the staff member’s own, and says who brought it', async () => {
    const id = await desk.left(report());
    const filed = await desk.file(id);
    expect(filed.status).toBe(200);
    const references = parametersIn(filed).map(
      ({ valueReference }) => (valueReference as { reference: string }).reference,
    );
    expect(references.map((reference) => reference.split('/')[0])).toEqual([
      'Observation',
      'DiagnosticReport',
      'Provenance',
    ]);
    const read = async (reference: string) =>
      (await desk.served.ask(desk.doctor.token, 'GET', `/fhir/${reference}`)).json;
    const [observation, diagnostic, provenance] = await Promise.all(references.map(read));
    expect(observation).toMatchObject({
      subject: { reference: `Patient/${desk.chart}` },
      code: { text: MARK },
    });
    expect(observation!.performer![0]!.reference).toBeUndefined();
    expect(diagnostic).toMatchObject({ result: [{ reference: references[0] }] });
    expect(provenance).toMatchObject({
      target: [{ reference: references[0] }, { reference: references[1] }],
      agent: [
        { who: { identifier: { value: `urn:uuid:${desk.laboratory.accountId}` } } },
        { who: { identifier: { value: `urn:uuid:${desk.doctor.accountId}` } } },
      ],
      entity: [{ what: { identifier: { value: `urn:uuid:${id}` } } }],
    });
    const patient = await desk.served.person(desk.practice, { role: 'patient', chartId: desk.chart });
    expect((await desk.served.ask(patient.token, 'GET', `/fhir/${references[0]}`)).status).toBe(200);
    const { rows } = await desk.served.database.owner.query(
      'select distinct r.author from postern.resource r where r.id = any ($1)',
      [references.map((reference) => reference.split('/')[1])],
    );
    expect(rows).toEqual([{ author: desk.doctor.accountId }]);
  });

  test('takes it out of the quarantine: it opens, files and discards no more', async () => {
    const id = await desk.left(report());
    await desk.file(id);
    expect(await desk.waiting()).not.toContain(id);
    expect((await desk.open(id)).status).toBe(410);
    expect((await desk.file(id)).status).toBe(410);
    expect((await desk.discard(id)).status).toBe(404);
    expect((await desk.list('?state=filed&_count=200')).text).toContain(id);
  });

  test('by two at once happens once', async () => {
    const id = await desk.left(report());
    const answers = await Promise.all([desk.file(id), desk.file(id), desk.discard(id)]);
    const done = answers.filter((answer) => answer.status === 200 || answer.status === 204);
    expect(done).toHaveLength(1);
    for (const answer of answers) expect([200, 204, 404, 409, 410]).toContain(answer.status);
  });

  test('shows what was there before with the same content', async () => {
    const content = report();
    const first = await desk.left(content);
    await desk.file(first);
    const second = await desk.leave(content);
    const earlier = parametersIn(await desk.open(idOf(second))).find(
      ({ name }) => name === 'same-content-earlier',
    );
    expect(earlier?.part).toEqual([
      { name: 'id', valueId: first },
      { name: 'state', valueCode: 'filed' },
    ]);
  });

  test('takes a patient whom the deposit only refers to for the one that was chosen', async () => {
    expect((await desk.file(idOf(await desk.leave(report(null))))).status).toBe(200);
  });

  test.each<[string, () => Promise<object | string>]>([
    ['no JSON', async () => '{"resourceType":'],
    ['JSON that is no FHIR', async () => '[1]'],
    ['an empty bundle', async () => ({ resourceType: 'Bundle', type: 'collection' })],
    ['a type that is not kept', async () => ({ resourceType: 'Subscription', status: 'active' })],
    [
      'a resource that is not valid',
      async () => ({ resourceType: 'Observation', subject: { reference: 'Patient/1' } }),
    ],
    ['nothing of a patient', async () => ({ resourceType: 'Organization', name: MARK })],
    [
      'two patients',
      async () => {
        const bundle = report();
        bundle.entry.push({ fullUrl: `urn:uuid:${newId()}`, resource: { resourceType: 'Patient' } } as never);
        return bundle;
      },
    ],
    [
      'two patients, one of them by name alone',
      async () => {
        const bundle = report();
        const other = { reference: 'Patient/lab-2' };
        bundle.entry.push({
          resource: { resourceType: 'Observation', status: 'final', code: {}, subject: other },
        } as never);
        return bundle;
      },
    ],
    ['somebody born on another day', async () => report({ birthDate: '1980-05-07' })],
    [
      'the id of another chart here',
      async () => {
        const other = await desk.served.chart(desk.practice);
        return {
          resourceType: 'Observation',
          status: 'final',
          code: { text: 'x' },
          subject: { reference: `Patient/${other}` },
        };
      },
    ],
    [
      'the address of another chart here',
      async () => {
        const other = await desk.served.chart(desk.practice);
        const reference = `https://care.example/fhir/Patient/${other}`;
        return { resourceType: 'Observation', status: 'final', code: { text: 'x' }, subject: { reference } };
      },
    ],
    [
      'a record of another chart here',
      async () => {
        const [other, encounter] = [await desk.served.chart(desk.practice), newId()];
        await desk.served.deposit(desk.practice, {
          resourceType: 'Encounter',
          id: encounter,
          status: 'finished',
          class: { code: 'AMB' },
          subject: { reference: `Patient/${other}` },
        } as never);
        return {
          resourceType: 'Observation',
          status: 'final',
          code: { text: 'x' },
          subject: { reference: 'Patient/1' },
          encounter: { reference: `https://care.example/fhir/Encounter/${encounter}` },
        };
      },
    ],
    [
      'a contained patient',
      async () => ({
        resourceType: 'Observation',
        contained: [{ resourceType: 'Patient', id: 'p' }],
        status: 'final',
        code: { text: 'x' },
        subject: { reference: '#p' },
      }),
    ],
    [
      'what would land in another chart here',
      async () => {
        const [other, theirs] = [await desk.served.chart(desk.practice), newId()];
        await desk.served.deposit(desk.practice, {
          resourceType: 'Observation',
          id: theirs,
          status: 'final',
          code: { text: 'x' },
          subject: { reference: `Patient/${other}` },
        } as never);
        const bundle = report();
        const target = [{ reference: `https://care.example/fhir/Observation/${theirs}` }];
        const agent = [{ who: { display: 'x' } }];
        const recorded = '2026-01-02T03:04:05Z';
        bundle.entry.push({ resource: { resourceType: 'Provenance', target, recorded, agent } });
        return bundle;
      },
    ],
  ])('refuses %s, and it waits on', async (_what, make) => {
    const id = await desk.left(await make());
    const count = async () =>
      (await desk.served.database.owner.query('select count(*) from postern.resource')).rows[0].count;
    const before = await count();
    const answer = await desk.file(id);
    expect([answer.status, answer.json.resourceType]).toEqual([422, 'OperationOutcome']);
    expect(answer.text).not.toContain(MARK);
    expect(await count()).toBe(before);
    expect(await desk.waiting()).toContain(id);
  });

  test('notices a record that is hidden and on which something in the deposit would rest', async () => {
    const [canary, hidden] = [await desk.served.chart(desk.practice), newId()];
    const { owner } = desk.served.database;
    await desk.served.deposit(desk.practice, {
      resourceType: 'Observation',
      id: hidden,
      status: 'final',
      code: { text: 'x' },
      subject: { reference: `Patient/${canary}` },
    } as never);
    await owner.query('update postern.resource set section = 0 where chart_id = $1', [canary]);
    const bundle = report();
    const target = [{ reference: `https://care.example/fhir/Observation/${hidden}` }];
    const agent = [{ who: { display: 'x' } }];
    const recorded = '2026-01-02T03:04:05Z';
    bundle.entry.push({ resource: { resourceType: 'Provenance', target, recorded, agent } });
    expect((await desk.file(await desk.left(bundle))).status).toBe(422);
    const lines = await owner.query(
      "select l.account_id from postern.access_line l where l.outcome = 'refused' and l.entries = $1",
      [JSON.stringify([[canary, 'Observation', hidden, null]])],
    );
    expect(lines.rows).toEqual([{ account_id: desk.doctor.accountId }]);
    const alarms = await owner.query('select i.kind from postern.incident i where i.chart_id = $1', [canary]);
    expect(alarms.rows).toEqual([{ kind: 'canary' }]);
  });

  test('closes what is sensitive, like any other write, and tells nothing of it beside', async () => {
    const bundle = report();
    const subject = (bundle.entry[1]!.resource as { subject: object }).subject;
    const code = { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'B20' }] };
    bundle.entry.push({ resource: { resourceType: 'Condition', code, subject } });
    const filed = await desk.file(await desk.left(bundle));
    expect(filed.status).toBe(200);
    const nurse = await desk.served.person(desk.practice, { role: 'nurse' });
    const seen: string[] = [];
    for (const { valueReference } of parametersIn(filed)) {
      const { reference } = valueReference as { reference: string };
      const { status } = await desk.served.ask(nurse.token, 'GET', `/fhir/${reference}`);
      seen.push(`${reference.split('/')[0]} ${status}`);
    }
    expect(seen.sort()).toEqual([
      'Condition 404',
      'DiagnosticReport 200',
      'Observation 200',
      'Provenance 404',
    ]);
  });

  test('refuses other types of content until they can be read', async () => {
    const id = idOf(await desk.leave('MSH|^~\\&|', { 'content-type': 'application/hl7-v2' }));
    const answer = await desk.file(id);
    expect([answer.status, answer.json.issue![0]!.code]).toEqual([422, 'processing']);
    expect(await desk.waiting()).toContain(id);
    expect((await desk.discard(id)).status).toBe(204);
  });

  test('asks for a patient who is there, and for whole Parameters', async () => {
    const id = await desk.left(report());
    expect((await desk.file(id, newId())).status).toBe(404);
    expect((await desk.file(id, 'x')).status).toBe(404);
    for (const body of [{ resourceType: 'Patient' }, { resourceType: 'Parameters' }]) {
      for (const name of ['file', 'discard']) {
        expect(
          (await desk.served.ask(desk.doctor.token, 'POST', `/fhir/$${name}-deposit`, { body })).status,
        ).toBe(400);
      }
    }
    expect((await desk.served.ask(desk.doctor.token, 'GET', '/fhir/$open-deposit')).status).toBe(400);
    expect((await desk.open('x')).status).toBe(404);
    expect((await desk.discard(id, 'short')).status).toBe(400);
  });
});
