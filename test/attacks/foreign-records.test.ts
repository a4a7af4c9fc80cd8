/**
 * Whoever asks for a record that is not his, by whatever verb, gets what he would get if it did not exist:
 * the same status, headers and body, and not one byte of it. Every type of record, every actor, every way to
 * ask; what an actor may do is read from the role table, so that nobody has to keep a second list.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { inMask, type Section } from '../../src/base/section.ts';
import { allowedSections, type RoleName, roleOf } from '../../src/gate/index.ts';
import {
  type Deposit,
  type Person,
  type ServedPractices,
  servePractices,
} from '../support/served-practices.ts';

let served: ServedPractices;
let victim: ChartId;
const people = new Map<string, { person: Person; practice: PracticeId }>();
const ids = new Map<string, string>();

const CANARY = 'cnry-7f31c0de';
const SUBJECT = () => ({ reference: `Patient/${victim}` });
const code = (system: string, value: string) => ({ coding: [{ system, code: value }], text: CANARY });

/** One record of the victim's for each kind of section and owner, each with the canary in it. */
const RECORDS: Readonly<Record<string, { section: Section; make: () => object }>> = {
  Observation: {
    section: 'clinical',
    make: () => ({ status: 'final', code: code('http://loinc.org', '8867-4'), subject: SUBJECT() }),
  },
  Condition: {
    section: 'sensitive',
    make: () => ({ code: code('http://hl7.org/fhir/sid/icd-10-cm', 'B20'), subject: SUBJECT() }),
  },
  Coverage: {
    section: 'financial',
    make: () => ({
      status: 'active',
      beneficiary: SUBJECT(),
      payor: [{ display: CANARY }],
      subscriberId: CANARY,
    }),
  },
  Appointment: {
    section: 'administrative',
    make: () => ({
      status: 'booked',
      description: CANARY,
      participant: [{ actor: SUBJECT(), status: 'accepted' }],
    }),
  },
  DocumentReference: {
    section: 'clinical',
    make: () => ({
      status: 'current',
      subject: SUBJECT(),
      description: CANARY,
      content: [{ attachment: { title: CANARY } }],
    }),
  },
};

/** Actors by the role they hold; those of one chart hold it on a chart that is not the victim's. */
const ROLES_THAT_ASK: readonly RoleName[] = [
  'owner',
  'nurse',
  'front-desk',
  'billing',
  'privacy-officer',
  'patient',
  'proxy',
  'client',
];
const ACTORS: readonly string[] = [
  ...ROLES_THAT_ASK,
  'doctor of another practice',
  'somebody without grants',
];

beforeAll(async () => {
  served = await servePractices();
  const practice = await served.makePractice();
  const elsewhere = await served.makePractice();
  victim = await served.chart(practice, { name: [{ family: CANARY }], birthDate: '1980-05-06' });
  const own = await served.chart(practice, { name: [{ family: 'Own' }] });
  for (const [type, { make }] of Object.entries(RECORDS)) {
    const id = newId();
    ids.set(type, id);
    await served.deposit(practice, { resourceType: type, id, ...make() } as Deposit);
  }
  people.set('doctor', { person: await served.person(practice, { role: 'doctor' }), practice });
  for (const role of ROLES_THAT_ASK) {
    const held = roleOf(role).spans === 'chart' ? { role, chartId: own } : { role };
    people.set(role, { person: await served.person(practice, held), practice });
  }
  const stranger = await served.person(elsewhere, { role: 'doctor' });
  people.set('doctor of another practice', { person: stranger, practice: elsewhere });
  people.set('somebody without grants', { person: await served.person(practice), practice });
});
afterAll(() => served.close());

/** A session of its own for each request: refusals are counted by session, and these are not about that. */
async function ask(actor: string, method: string, target: string, options = {}) {
  const { person, practice } = people.get(actor)!;
  const token = await served.gate.openSession({
    practiceId: practice,
    accountId: person.accountId,
    purpose: 'sign-in',
    client: null,
    ttlSeconds: 600,
  });
  return served.ask(token, method, target, options);
}

interface Way {
  readonly name: string;
  readonly action: 'read' | 'write';
  ask(actor: string, type: string, id: string, chart: string): ReturnType<typeof ask>;
}

const WAYS: readonly Way[] = [
  { name: 'read', action: 'read', ask: (who, type, id) => ask(who, 'GET', `/fhir/${type}/${id}`) },
  {
    name: 'vread',
    action: 'read',
    ask: (who, type, id) => ask(who, 'GET', `/fhir/${type}/${id}/_history/1`),
  },
  {
    name: 'history',
    action: 'read',
    ask: (who, type, id) => ask(who, 'GET', `/fhir/${type}/${id}/_history`),
  },
  {
    name: 'conditional read',
    action: 'read',
    ask: (who, type, id) => ask(who, 'GET', `/fhir/${type}/${id}`, { headers: { 'if-none-match': 'W/"1"' } }),
  },
  {
    name: 'search by id',
    action: 'read',
    ask: (who, type, id) => ask(who, 'GET', `/fhir/${type}?_id=${id}`),
  },
  {
    name: 'search by patient',
    action: 'read',
    ask: (who, type, _id, chart) => ask(who, 'GET', `/fhir/${type}?patient=${chart}`),
  },
  {
    name: 'search by POST',
    action: 'read',
    ask: (who, type, _id, chart) =>
      ask(who, 'POST', `/fhir/${type}/_search`, {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `patient=Patient/${chart}`,
      }),
  },
  {
    name: 'update',
    action: 'write',
    ask: (who, type, id) =>
      ask(who, 'PUT', `/fhir/${type}/${id}`, { body: { resourceType: type, id, ...RECORDS[type]!.make() } }),
  },
  { name: 'delete', action: 'write', ask: (who, type, id) => ask(who, 'DELETE', `/fhir/${type}/${id}`) },
];

/** What the role table says; a role of one chart never has the victim's. */
function mayDo(actor: string, action: 'read' | 'write', section: Section): boolean {
  if (!(ROLES_THAT_ASK as readonly string[]).includes(actor)) return false;
  const role = roleOf(actor as RoleName);
  return role.spans === 'practice' && inMask(allowedSections(role, action), section);
}

describe.each(Object.keys(RECORDS))('a foreign %s', (type) => {
  test('is given to the doctor of the practice by every way to read it (positive control)', async () => {
    const id = ids.get(type)!;
    for (const way of WAYS.filter(({ action }) => action === 'read')) {
      const answer = await way.ask('doctor', type, id, victim);
      if (way.name === 'conditional read') expect(answer.status).toBe(304);
      else expect([way.name, answer.status, answer.text.includes(CANARY)]).toEqual([way.name, 200, true]);
    }
  });

  test.each(ACTORS)('is absent for %s, by every way to ask', async (actor) => {
    const { section } = RECORDS[type]!;
    for (const way of WAYS) {
      if (mayDo(actor, way.action, section) || mayDo(actor, 'read', section)) continue;
      const nobody = newId();
      const [hidden, absent] = [
        await way.ask(actor, type, ids.get(type)!, victim),
        await way.ask(actor, type, nobody, nobody),
      ];
      expect([way.name, plain(hidden)]).toEqual([way.name, plain(absent)]);
      expect([way.name, hidden.text.includes(CANARY)]).toEqual([way.name, false]);
    }
  });
});

/** An answer without the ids that the question held. */
function plain({ status, headers, text }: Awaited<ReturnType<typeof ask>>): unknown {
  const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
  const { 'content-length': _, ...others } = headers;
  return { status, headers: others, text: text.replace(uuid, 'ID') };
}

test('nothing of it was written to the server log', () => {
  expect(served.logged.join('\n')).not.toContain(CANARY);
});

test('every refusal is in the access log, with the chart that was asked for', async () => {
  const { rows } = await served.database.owner.query(
    `select count(*)::int as refused
     from postern.access_line l
     where l.outcome = 'refused' and l.entries -> 0 ->> 0 = $1`,
    [victim],
  );
  expect(rows[0].refused).toBeGreaterThan(50);
});
