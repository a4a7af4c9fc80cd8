/** The access log as AuditEvents: for those whose charts it is about, and for whom privacy is the work. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { loadDefinitions, validate } from '../../src/chart/index.ts';
import {
  type Answered,
  type Person,
  type ServedPractices,
  servePractices,
} from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let other: ChartId;
let doctor: Person;
let patient: Person;
let officer: Person;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice, { name: [{ family: 'Okafor' }] });
  other = await served.chart(practice, { name: [{ family: 'Okafor' }] });
  doctor = await served.person(practice, { role: 'doctor' });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
  officer = await served.person(practice, { role: 'privacy-officer' });
  // One answer that holds both charts, and one of each.
  await ask(doctor, '/fhir/Patient?name=okafor');
  await ask(doctor, `/fhir/Patient/${chart}`);
  await ask(doctor, `/fhir/Patient/${other}`);
  await file();
});
afterAll(() => served.close());

const ask = (who: Person, target: string, method = 'GET', options = {}) =>
  served.ask(who.token, method, target, options);

/** Files lines under their charts, as the sequencer does. */
async function file(): Promise<void> {
  await served.database.owner.query(
    `insert into postern.access_line_chart (practice_id, chart_id, at, line_id)
     select distinct l.practice_id, (e ->> 0)::uuid, l.at, l.id
     from postern.access_line l cross join jsonb_array_elements(l.entries) e
     where e ->> 0 is not null
     on conflict do nothing`,
  );
}

interface Event {
  readonly id: string;
  readonly action: string;
  readonly agent: readonly {
    readonly name?: string;
    readonly who?: { readonly identifier: { readonly value: string } };
    readonly network?: object;
  }[];
  readonly subtype: readonly { readonly code: string }[];
  readonly entity?: readonly { readonly what: { readonly reference?: string; readonly display?: string } }[];
}
const eventsOf = ({ json }: Answered) =>
  ((json.entry ?? []) as unknown as { resource: Event }[]).map(({ resource }) => resource);
const namedIn = (events: readonly Event[]) => JSON.stringify(events.map(({ entity }) => entity ?? []));

describe('a patient', () => {
  test('sees who opened the own chart, by name, and nothing of another', async () => {
    const answer = await ask(patient, `/fhir/AuditEvent?patient=${chart}`);
    expect(answer.status).toBe(200);
    const events = eventsOf(answer);
    const byDoctor = events.filter(({ agent }) => agent[0]!.who?.identifier.value === doctor.accountId);
    expect(byDoctor.map(({ action }) => action)).toEqual(['R', 'R']);
    expect(namedIn(events)).toContain(`Patient/${chart}/_history/1`);
    expect(answer.text).not.toContain(other);
    expect(events.some(({ agent }) => agent[0]!.network !== undefined)).toBe(false);
    expect(eventsOf(await ask(patient, '/fhir/AuditEvent')).length).toBeGreaterThanOrEqual(events.length);
  });

  test('reads a line of it, and of no other', async () => {
    const events = eventsOf(await ask(patient, '/fhir/AuditEvent'));
    const read = await ask(patient, `/fhir/AuditEvent/${events[0]!.id}`);
    expect([read.status, read.json]).toEqual([200, events[0]]);
    const all = eventsOf(await ask(officer, '/fhir/AuditEvent?_count=500'));
    const theirs = all.filter((event) => namedIn([event]).includes(other));
    for (const { id, entity } of theirs) {
      const shared = JSON.stringify(entity).includes(chart);
      const answer = await ask(patient, `/fhir/AuditEvent/${id}`);
      expect([shared, answer.status]).toEqual([shared, shared ? 200 : 404]);
      expect(answer.text).not.toContain(other);
      if (!shared) expect(answer).toEqual(await ask(patient, `/fhir/AuditEvent/${newId()}`));
    }
    expect(theirs.some((event) => namedIn([event]).includes(chart))).toBe(true);
  });

  test('finds nothing of a chart that is another’s, as of one that is not there', async () => {
    const [hidden, absent] = [
      await ask(patient, `/fhir/AuditEvent?patient=${other}`),
      await ask(patient, `/fhir/AuditEvent?patient=${newId()}`),
    ];
    expect([hidden.status, eventsOf(hidden), eventsOf(absent)]).toEqual([200, [], []]);
  });

  test('of two charts says which', async () => {
    const parent = await served.person(
      practice,
      { role: 'patient', chartId: chart },
      { role: 'patient', chartId: other },
    );
    expect((await ask(parent, '/fhir/AuditEvent')).status).toBe(400);
    expect(eventsOf(await ask(parent, `/fhir/AuditEvent?entity=Patient/${other}`)).length).toBeGreaterThan(0);
  });
});

describe('the privacy officer', () => {
  test('sees the practice’s, by date and by who it was, page by page', async () => {
    const all = eventsOf(await ask(officer, '/fhir/AuditEvent?_count=500'));
    expect(namedIn(all)).toContain(other);
    const own = eventsOf(await ask(officer, `/fhir/AuditEvent?agent=${doctor.accountId}`));
    expect(own.length).toBeGreaterThanOrEqual(3);
    expect(new Set(own.map(({ agent }) => agent[0]!.who!.identifier.value))).toEqual(
      new Set([doctor.accountId]),
    );
    expect(eventsOf(await ask(officer, '/fhir/AuditEvent?date=lt2020'))).toEqual([]);
    expect(eventsOf(await ask(officer, '/fhir/AuditEvent?date=ge2020&date=le2999')).length).toBeGreaterThan(
      0,
    );
    const first = await ask(officer, `/fhir/AuditEvent?agent=${doctor.accountId}&_count=1`);
    const links = first.json.link as unknown as { relation: string; url: string }[];
    const next = await ask(officer, links[1]!.url.replace('https://care.example', ''));
    expect(eventsOf(next)[0]!.id).not.toBe(eventsOf(first)[0]!.id);
  });

  test('is in it too', async () => {
    await ask(officer, '/fhir/AuditEvent');
    const { rows } = await served.database.owner.query(
      `select action from postern.access_line where practice_id = $1 and account_id = $2 and action = 'log'`,
      [practice, officer.accountId],
    );
    expect(rows.length).toBeGreaterThan(0);
  });
});

describe('access that was given', () => {
  /** Of the newest line that says so. */
  const told = async (who: Person, action: string) => {
    await file();
    const events = eventsOf(await ask(who, `/fhir/AuditEvent?patient=${chart}`));
    const { agent, entity } = events.find(({ subtype }) => subtype[0]!.code === action)!;
    return { by: agent[0]!.name ?? null, to: entity!.flatMap(({ what }) => what.display ?? []) };
  };

  test('says to whom, to the patient and to the privacy officer, and whose it was when it ends', async () => {
    const proxy = await served.gate.accounts.createAccount({
      email: `${newId()}@mail.example`,
      name: 'Cnry-Noor Haddad',
    });
    const grantId = await served.gate.asJob(practice, 'system-setup', 'test', (job) =>
      served.gate.grant(job, {
        ...{ accountId: proxy, role: 'proxy', chartId: chart, sections: null, reason: null },
        ...{ startsAt: new Date(), endsAt: null },
      }),
    );
    for (const who of [patient, officer]) expect((await told(who, 'grant')).to).toEqual(['Cnry-Noor Haddad']);
    await served.gate.asJob(practice, 'system-setup', 'test', (job) => served.gate.endGrant(job, grantId));
    for (const who of [patient, officer]) {
      expect((await told(who, 'end-grant')).to).toEqual(['Cnry-Noor Haddad']);
    }
  });

  test('by an invitation says who took it, to whom it concerns alone', async () => {
    let code = '';
    await served.gate.asJob(practice, 'system-setup', 'test', async (job) => {
      const given = [{ sections: null, endsAt: null }];
      const terms = {
        role: 'proxy',
        chartId: chart,
        given,
        way: 'mail',
        birthDate: null,
        language: null,
      } as const;
      const person = { name: 'Cnry-Kim Lindqvist', email: `${newId()}@mail.example` };
      await served.gate.invitations.make(job, { ...terms, ...person }, async (_, made) => {
        code = made.code;
      });
    });
    const headers = { 'content-type': 'application/json', 'x-postern': '1' };
    const body = JSON.stringify({ code });
    const proved = await served.ask(null, 'POST', '/invited/proof', { headers, body });
    expect(proved.status, proved.text).toBe(201);
    for (const who of [patient, officer]) {
      expect((await told(who, 'invite-used')).by).toBe('Cnry-Kim Lindqvist');
    }
    const neighbour = await served.person(practice, { role: 'patient', chartId: other });
    expect((await ask(neighbour, '/fhir/AuditEvent')).text).not.toContain('Lindqvist');
  });
});

test('others see none: staff and people of another practice', async () => {
  const elsewhere = await served.person(await served.makePractice(), { role: 'privacy-officer' });
  for (const who of [doctor, elsewhere]) {
    const answer = await ask(who, `/fhir/AuditEvent?patient=${chart}`);
    expect([answer.status, eventsOf(answer)]).toEqual([200, []]);
  }
  const [event] = eventsOf(await ask(officer, '/fhir/AuditEvent'));
  expect((await ask(doctor, `/fhir/AuditEvent/${event!.id}`)).status).toBe(404);
});

test('it is written by nobody, and valid', async () => {
  const [event] = eventsOf(await ask(officer, '/fhir/AuditEvent'));
  for (const [method, target] of [
    ['POST', '/fhir/AuditEvent'],
    ['PUT', `/fhir/AuditEvent/${event!.id}`],
    ['PATCH', `/fhir/AuditEvent/${event!.id}`],
    ['DELETE', `/fhir/AuditEvent/${event!.id}`],
  ] as const) {
    expect([method, (await ask(officer, target, method, { body: event })).status]).toEqual([method, 405]);
  }
  expect(validate(await loadDefinitions(), event)).toEqual([]);
});

test.each(['date=x', '_count=x', '_cursor=x', 'patient=x', 'entity=Observation/1'])(
  'refuses %s',
  async (query) => {
    expect((await ask(officer, `/fhir/AuditEvent?${query}`)).status).toBe(400);
  },
);
