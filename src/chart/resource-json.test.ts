import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseResource, readResource, writeResource } from './resource-json.ts';

function refusal(text: string | Uint8Array): string {
  try {
    parseResource(text, { bytes: 10_000, depth: 64 });
  } catch (error) {
    return `${(error as { code?: string }).code}: ${(error as Error).message}`;
  }
  return 'accepted';
}

const NUMBERS = [
  '1.10',
  '0.0',
  '-0',
  '-0.00',
  '1e2',
  '1E-7',
  '0.0000001',
  '12345678901234567890',
  '3.141592653589793238',
];

test.each(NUMBERS)('the number %s is written as it was read', (number) => {
  const text = `{"resourceType":"Observation","valueQuantity":{"value":${number}},"list":[1,[${number}]]}`;
  expect(writeResource(parseResource(text))).toBe(text);
  expect(writeResource(readResource(text))).toBe(text);
});

test('a number that is changed after reading is written as changed', () => {
  const resource = parseResource('{"resourceType":"Observation","a":1.10,"b":2.20}');
  expect(writeResource({ ...resource, id: 'x', a: 3 })).toBe(
    '{"resourceType":"Observation","a":3,"b":2.20,"id":"x"}',
  );
});

test('kept texts of numbers are invisible to code that walks the resource', () => {
  const resource = parseResource('{"resourceType":"Observation","a":1.10}');
  expect(Object.keys(resource)).toEqual(['resourceType', 'a']);
  expect(JSON.stringify(resource)).toBe('{"resourceType":"Observation","a":1.1}');
});

test('any JSON object comes back as its text, member by member', () => {
  const value = fc.object({
    maxDepth: 4,
    values: [fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true })],
  });
  fc.assert(
    fc.property(value, (content) => {
      const text = JSON.stringify({ resourceType: 'Basic', content });
      if (/"(?:__proto__|constructor|prototype)":/.test(text)) return;
      expect(writeResource(parseResource(text))).toBe(text);
    }),
  );
});

test('a name may not stand twice in one object, however it is escaped', () => {
  expect(refusal('{"resourceType":"Patient","a":1,"a":1}')).toBe(
    'invalid: The content names a member twice.',
  );
  expect(refusal('{"resourceType":"Patient","b":{"a":1,"\\u0061":2}}')).toBe(
    'invalid: The content names a member twice.',
  );
  expect(refusal('{"resourceType":"Patient","a":"x:y","b":"\\":\\\\"}')).toBe('accepted');
});

test.each(['__proto__', 'constructor', 'prototype'])('no object may have a member %s', (name) => {
  expect(refusal(`{"resourceType":"Patient","a":[{"${name}":{"polluted":true}}]}`)).toMatch(/^invalid/);
});

test('text that is too large, too deep, not UTF-8 or not JSON is refused', () => {
  expect(refusal(' '.repeat(10_001))).toMatch(/^too-large/);
  expect(refusal('['.repeat(9000))).toMatch(/^invalid: .* too deeply/);
  expect(refusal(`{"resourceType":"Patient","a":${'['.repeat(63)}${']'.repeat(63)}}`)).toBe('accepted');
  expect(refusal(`{"resourceType":"Patient","a":${'['.repeat(64)}${']'.repeat(64)}}`)).toMatch(/too deeply/);
  expect(refusal(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d))).toMatch(/UTF-8/);
  expect(refusal(Uint8Array.of(0xed, 0xa0, 0x80))).toMatch(/UTF-8/);
  for (const text of [
    '',
    '{',
    '{"resourceType":"Patient"',
    '{"resourceType":"Patient"}}',
    '"a',
    '"\\',
    'NaN',
  ]) {
    expect(refusal(text)).toMatch(/^invalid/);
  }
});

test('numbers that no double can hold, or that go on for long, are refused', () => {
  expect(refusal('{"resourceType":"Patient","a":1e999}')).toMatch(/out of range/);
  expect(refusal(`{"resourceType":"Patient","a":0.${'1'.repeat(70)}}`)).toMatch(/out of range/);
});

test('a hundred thousand such numbers cost no more than each of them', () => {
  const list = `{"resourceType":"Patient","a":[${'1.10,'.repeat(100_000)}1.10]}`;
  expect(writeResource(parseResource(list))).toBe(list);
  const members = Array.from({ length: 50_000 }, (_, at) => `"m${at}":1.10`).join();
  const object = `{"resourceType":"Patient",${members}}`;
  expect(writeResource(parseResource(object))).toBe(object);
});

test('only an object with the name of a type is a resource', () => {
  for (const text of ['[]', 'null', '"Patient"', '{}', '{"resourceType":1}', '{"resourceType":"../x"}']) {
    expect(refusal(text)).toMatch(/^invalid/);
  }
});

test('a refusal repeats nothing of the text', () => {
  const secret = 'Xy7Secret';
  for (const text of [`{"${secret}`, `{"resourceType":"${secret}!"}`, `${secret}`, `{"a":"${secret}",}`]) {
    expect(refusal(text)).not.toContain(secret);
  }
});
