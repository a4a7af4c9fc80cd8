/** That the statement says of searching what the server does: every name in it is taken, none beside. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PracticeId } from '../../src/base/ids.ts';
import { linkOf, SearchDesk } from '../support/search-desk.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

interface TypeStatement {
  readonly type: string;
  readonly searchInclude?: readonly string[];
  readonly searchRevInclude?: readonly string[];
  readonly searchParam: readonly {
    readonly name: string;
    readonly type: string;
    readonly definition: string;
    readonly documentation: string;
  }[];
}

let served: ServedPractices;
let practice: PracticeId;
let desk: SearchDesk;
let types: readonly TypeStatement[];

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  desk = new SearchDesk(served, await served.person(practice, { role: 'doctor' }));
  const { json } = await served.ask(null, 'GET', '/fhir/metadata');
  // AuditEvent is a view of the access log and is asked in ways of its own.
  const all = json.rest![0]!.resource as unknown as readonly TypeStatement[];
  types = all.filter(({ type }) => type !== 'AuditEvent');
});
afterAll(() => served.close());

/** A value that each type of parameter takes. */
const VALUES: Readonly<Record<string, string>> = {
  token: 'x',
  string: 'x',
  date: '2026',
  reference: 'x',
  uri: 'urn:x',
  number: '1',
  quantity: '1',
};

function sampleOf(name: string, type: string): string {
  if (type !== 'composite') return VALUES[type]!;
  const second = /quantity/.test(name) ? '1' : /date/.test(name) ? '2026' : 'x';
  return /coordinate/.test(name) ? 'x$1$1' : `x$${second}`;
}

test('every parameter that is named is taken, under strict handling', async () => {
  let asked = 0;
  for (const { type, searchParam } of types) {
    // Whoever names many that are not there is told to wait.
    const desk = new SearchDesk(served, await served.person(practice, { role: 'doctor' }));
    expect(new Set(searchParam.map(({ name }) => name)).size).toBe(searchParam.length);
    for (let start = 0; start < searchParam.length; start += 25) {
      const some = searchParam.slice(start, start + 25);
      const query = some
        .map((one) => `${one.name}=${encodeURIComponent(sampleOf(one.name, one.type))}`)
        .join('&');
      const { status, text } = await desk.ask(`${type}?${query}`, { prefer: 'handling=strict' });
      expect([type, query, status === 200 ? '' : text]).toEqual([type, query, '']);
      asked += some.length;
    }
    for (const { definition, documentation } of searchParam) {
      expect(definition).toMatch(/^(?:http:\/\/hl7\.org\/fhir\/|urn:postern:search-parameter:)/);
      expect(documentation).not.toBe('');
    }
  }
  expect(asked).toBeGreaterThan(1500);
}, 60_000);

test('every include that is named is taken', async () => {
  const observed = types.find(({ type }) => type === 'Observation')!;
  expect(observed.searchInclude).toEqual(
    expect.arrayContaining(['*', 'Observation:patient', 'Observation:encounter']),
  );
  expect(observed.searchRevInclude).toEqual(
    expect.arrayContaining(['Provenance:target', 'DiagnosticReport:result']),
  );
  expect(observed.searchRevInclude).not.toContain('Observation:patient');
  for (const { type, searchInclude = [], searchRevInclude = [] } of types) {
    const named = [
      ...searchInclude.map((value) => `_include=${value}`),
      ...searchRevInclude.map((value) => `_revinclude=${value}`),
    ];
    for (let start = 0; start < named.length; start += 12) {
      const query = `_lastUpdated=gt2100&${named.slice(start, start + 12).join('&')}`;
      const { status, text } = await desk.ask(`${type}?${query}`, { prefer: 'handling=strict' });
      expect([type, query, status === 200 ? '' : text]).toEqual([type, query, '']);
    }
  }
}, 60_000);

test('what is not named is not taken', async () => {
  const named = new Map(
    types.map(({ type, searchParam }) => [type, new Set(searchParam.map(({ name }) => name))]),
  );
  for (const [type, parameter] of [
    ['Patient', 'phonetic'],
    ['Location', 'near'],
    ['Patient', '_content'],
    ['Patient', '_text'],
    ['Patient', '_query'],
    ['Patient', '_filter'],
    ['Patient', '_list'],
  ] as const) {
    expect(named.get(type)!.has(parameter)).toBe(false);
    const answer = await desk.page(`${type}?_lastUpdated=gt2100&${parameter}=x`);
    expect(linkOf(answer, 'self')).not.toContain(parameter);
    expect((await desk.ask(`${type}?${parameter}=x`, { prefer: 'handling=strict' })).status).toBe(400);
  }
});
