/**
 * That the CapabilityStatement is true: every interaction, operation and compartment that it names is
 * answered, for some types, and with SLOW=1 for all. Its search parameters and includes are held by
 * search-metadata.test.ts.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, type PracticeId } from '../../src/base/ids.ts';
import type { Person, ServedPractices } from '../support/served-practices.ts';
import { servePractices } from '../support/served-practices.ts';

interface RestStatement {
  readonly interaction: readonly { readonly code: string }[];
  readonly compartment: readonly string[];
  readonly resource: readonly {
    readonly type: string;
    readonly interaction: readonly { readonly code: string }[];
    readonly operation?: readonly { readonly name: string }[];
  }[];
}

const EVERY_TYPE = process.env.SLOW === '1';
const STEP = 12;

let served: ServedPractices;
let practice: PracticeId;
let rest: RestStatement;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  const { json } = await served.ask(null, 'GET', '/fhir/metadata');
  rest = json.rest![0] as unknown as RestStatement;
});
afterAll(() => served.close());

/** A request for each interaction that a type may have. */
const OF_TYPE: Readonly<Record<string, (type: string) => readonly [method: string, path: string]>> = {
  read: (type) => ['GET', `${type}/${newId()}`],
  vread: (type) => ['GET', `${type}/${newId()}/_history/1`],
  update: (type) => ['PUT', `${type}/${newId()}`],
  patch: (type) => ['PATCH', `${type}/${newId()}`],
  delete: (type) => ['DELETE', `${type}/${newId()}`],
  'history-instance': (type) => ['GET', `${type}/${newId()}/_history`],
  'history-type': (type) => ['GET', `${type}/_history`],
  create: (type) => ['POST', type],
  'search-type': (type) => ['GET', `${type}?_count=0`],
};
const OF_SYSTEM: Readonly<Record<string, readonly [method: string, path: string]>> = {
  batch: ['POST', ''],
  transaction: ['POST', ''],
  'history-system': ['GET', '_history'],
  'search-system': ['GET', '?_type=Patient'],
};

/** What the server says where an address or its method does not exist. */
const UNKNOWN = /There is nothing at this address|does not take this method/;

async function isServed(who: Person, method: string, path: string): Promise<boolean> {
  const target = path === '' || path.startsWith('?') ? `/fhir${path}` : `/fhir/${path}`;
  const { status, text } = await served.ask(who.token, method, target);
  if (status === 503) return isServed(who, method, path);
  return status < 500 && !UNKNOWN.test(text);
}

test('what it names is answered', async () => {
  const someone = () => served.person(practice, { role: 'doctor' });
  const types = rest.resource.filter((_, at) => EVERY_TYPE || at % STEP === 0);
  expect(types.length).toBeGreaterThan(5);
  let asked = 0;
  for (const { type, interaction, operation = [] } of types) {
    // Whoever names many that are not there is told to wait.
    const who = await someone();
    for (const { code } of interaction) {
      const [method, path] = OF_TYPE[code]!(type);
      expect([type, code, await isServed(who, method, path)]).toEqual([type, code, true]);
      asked += 1;
    }
    for (const { name } of operation) {
      expect([type, name, await isServed(who, 'POST', `${type}/$${name}`)]).toEqual([type, name, true]);
    }
  }
  expect(asked).toBeGreaterThan(types.length * 8 - 8);
  const who = await someone();
  for (const { code } of rest.interaction) {
    expect([code, await isServed(who, ...OF_SYSTEM[code]!)]).toEqual([code, true]);
  }
  expect(rest.compartment).toHaveLength(2);
  for (const url of rest.compartment) {
    const whose = url.replace(/^.*\/(.)/, (_, first: string) => first.toUpperCase());
    expect(await isServed(who, 'GET', `${whose}/${newId()}/Observation`)).toBe(true);
  }
}, 120_000);

test('what it does not name is not there', async () => {
  const who = await served.person(practice, { role: 'doctor' });
  for (const [method, path] of [
    ['GET', 'Nothing'],
    ['GET', `Practitioner/${newId()}/Observation`],
    ['POST', 'AuditEvent'],
    ['POST', `Patient/${newId()}`],
    ['POST', 'Patient/$merge'],
    ['GET', `Patient/${newId()}/$summary`],
    ['DELETE', ''],
  ] as const) {
    expect([path, await isServed(who, method, path)]).toEqual([path, false]);
  }
});
