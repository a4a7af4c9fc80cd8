import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServedPractices, servePractices } from '../../../test/support/served-practices.ts';
import { ManualClock } from '../../base/clock.ts';
import { newId, type PracticeId } from '../../base/ids.ts';
import { type CanaryParts, makePractice, removeCanaries } from './canaries.ts';
import { ProvedOpening } from './opening.ts';
import { keepProof } from './proof.ts';

const publicUrl = 'https://care.practice.org';
const clock = new ManualClock('2026-11-21T08:00:00Z');

let served: ServedPractices;
let practice: PracticeId;
beforeAll(async () => {
  served = await servePractices({
    opening: ({ server, keychain }) =>
      new ProvedOpening({ server, keychain, clock, edition: 'this', publicUrl }),
  });
  practice = await served.makePractice();
});
afterAll(() => served.close());

const proof = { at: clock.now(), edition: 'this', url: publicUrl, passed: true };
const keep = (changed: object) => keepProof(served.database.owner, served.keychain, { ...proof, ...changed });

async function statuses(): Promise<Record<string, number>> {
  clock.advance(2);
  const found: Record<string, number> = {};
  for (const role of ['patient', 'proxy', 'client', 'doctor', 'front-desk', 'partner'] as const) {
    const person = await served.person(
      practice,
      ['patient', 'proxy', 'client'].includes(role) ? { role, chartId: newId() } : { role },
    );
    found[role] = (await served.ask(person.token, 'GET', '/session')).status;
  }
  for (const page of ['/portal', '/desk', '/', '/.well-known/security.txt', '/security']) {
    found[page] = (await served.ask(null, 'GET', page)).status;
  }
  return found;
}

const STAFF = { doctor: 200, 'front-desk': 200, partner: 200 };
const PAGES = { '/desk': 200, '/': 200, '/.well-known/security.txt': 200, '/security': 200 };
const CLOSED = { patient: 503, proxy: 503, client: 503, '/portal': 503, ...STAFF, ...PAGES };
const OPEN = { patient: 200, proxy: 200, client: 200, '/portal': 200, ...STAFF, ...PAGES };

test('it is closed to whoever is treated, and to their apps, before anything was proved', async () => {
  expect(await statuses()).toEqual(CLOSED);
});

test('whoever was invited makes a passkey meanwhile, with a session that reaches nothing', async () => {
  const { accountId } = await served.person(practice, { role: 'doctor' });
  const terms = { methods: ['link'], device: null, narrowing: null } as const;
  const session = {
    practiceId: practice,
    accountId,
    purpose: 'sign-in',
    client: null,
    ttlSeconds: 600,
    terms,
  };
  const token = await served.gate.openSession(session);
  expect((await served.ask(token, 'GET', '/session')).status).toBe(200);
  const asked = { headers: { 'content-type': 'application/json' }, body: '{}' };
  expect((await served.ask(token, 'POST', '/account/passkeys/options', asked)).status).toBe(200);
  expect((await served.ask(token, 'GET', '/fhir/Patient')).json.entry ?? []).toEqual([]);
});

test('canaries are let in meanwhile, and nobody whom somebody wrote down as one', async () => {
  const { database, keychain, gate } = served;
  const sequencer = { sequence: async () => true };
  const parts: CanaryParts = { owner: database.owner, keychain, gate, sequencer, logFolder: 'nowhere' };
  const canary = await makePractice(parts);
  const patient = await served.person(canary, { role: 'patient', chartId: newId() });
  expect((await served.ask(patient.token, 'GET', '/session')).status).toBe(200);
  await removeCanaries(parts);
  const other = await served.makePractice();
  await database.owner.query("insert into postern.canary (kind, id, mac) values ('practice', $1, '\\x00')", [
    other,
  ]);
  const person = await served.person(other, { role: 'patient', chartId: newId() });
  expect((await served.ask(person.token, 'GET', '/session')).status).toBe(503);
});

test('no proof of something else, none that failed and none that was written by hand opens it', async () => {
  await keep({ edition: 'another' });
  await keep({ url: 'http://127.0.0.1:8080' });
  await keep({ passed: false });
  await served.database.owner.query(
    `insert into postern.proof (proof_id, at, edition, url, passed, mac)
     values (gen_random_uuid(), now(), 'this', $1, true, sha256('x'))`,
    [publicUrl],
  );
  // One that failed, turned by hand into one that passed.
  await served.database.owner.query("update postern.proof set passed = true where edition = 'this'");
  expect(await statuses()).toEqual(CLOSED);
});

test('a proof of this edition at this address opens it, without a restart', async () => {
  await keep({});
  expect(await statuses()).toEqual(OPEN);
});
