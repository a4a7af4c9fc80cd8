/** Names and values in searches that nobody means: each is answered or refused, and none comes back. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PracticeId } from '../../src/base/ids.ts';
import { SearchDesk } from '../support/search-desk.ts';
import { type ServedPractices, servePractices } from '../support/served-practices.ts';

const MARK = 'Zq7secret';

const NAMES = [
  '_has',
  '_has:',
  '_has::::',
  '_has:Observation',
  '_has:Observation:patient',
  '_has:Observation:patient:',
  '_has:__proto__:constructor:x',
  '_has:Observation:constructor:x',
  '_has:Observation:patient:_has:Observation',
  '_has:Observation:patient:code:not:not',
  'patient.',
  '.',
  '..',
  'patient..name',
  'patient.constructor',
  'constructor.name',
  '__proto__',
  'patient:__proto__.name',
  'patient:Patient:Patient.name',
  'patient.patient.patient.patient.name',
  'patient._sort',
  'patient._include',
  'patient._cursor',
  'code:__proto__',
  'code:',
  'value-quantity',
  'code-value-quantity',
  'combo-code-value-quantity',
  'code-value-date',
  'identifier:of-type',
  'subject:identifier',
  '_profile:below',
  '_tag:not',
  '_security:missing',
  '_sort',
  '_count',
  '_total',
  '_summary',
  '_elements',
  '_type',
  '_include',
  '_include:',
  '_include:iterate:iterate',
  '_revinclude',
  '_revinclude:iterate',
  '_cursor',
  '_id',
  '_lastUpdated',
  '_contained',
  '_filter',
  '%00',
  '%F0%9F%92%89',
];

const VALUES = [
  MARK,
  `${MARK}:${MARK}`,
  `Observation:${MARK}:Patient`,
  'Observation:patient:Patient:Patient',
  '*',
  '*:*',
  ':',
  '%00',
  '%FF%FE',
  ',',
  ',,,,',
  '|',
  '||',
  '|||',
  '$',
  '$$',
  'a$b$c',
  '\\',
  '\\$\\',
  '-',
  '--',
  '-_id,-_id,-_id',
  '1e99',
  '1e-99',
  'gt9'.padEnd(18, '9'),
  '99999999999999999999',
  'eq',
  'gt',
  '0000-00-00',
  '9999-12-31T23:59:59.999+14:00',
  "' or true --",
  '{"$gt":""}',
  '__proto__',
  'constructor',
  'true',
  `${'a,'.repeat(200)}a`,
  'x'.repeat(5000),
];

let served: ServedPractices;
let practice: PracticeId;

beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
});
afterAll(() => served.close());

test.each([
  ['of observations', 'Observation'],
  ['of what the practice owns', 'Organization'],
  ['of several types', ''],
])(
  'searches %s are answered or refused, and repeat nothing',
  async (_, type) => {
    let answered = 0;
    for (const name of NAMES) {
      const desk = new SearchDesk(served, await served.person(practice, { role: 'doctor' }));
      for (const value of VALUES) {
        const query = `${name}=${encodeURIComponent(value).replace(/%25(00|F[EF])/g, '%$1')}`;
        const search = type === '' ? `?_type=Goal,Flag&${query}` : `${type}?${query}`;
        const { status, text } = await desk.ask(search);
        expect([search.slice(0, 200), status]).toEqual([
          search.slice(0, 200),
          expect.toSatisfy((one: number) => [200, 400, 429].includes(one)),
        ]);
        if (status === 200) answered += 1;
        else expect([search.slice(0, 200), text.includes(MARK)]).toEqual([search.slice(0, 200), false]);
      }
    }
    expect(answered).toBeGreaterThan(NAMES.length);
    expect(served.logged.join('\n')).not.toContain(MARK);
  },
  120_000,
);
