import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sharedData } from '../../../test/support/third-party-inputs.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { parseJson, readResource, writeResource } from '../resource-json.ts';
import { jsonPatch } from './json-patch.ts';

const patched = (resource: object, ...operations: object[]) =>
  jsonPatch(operations)(JSON.parse(JSON.stringify(resource)) as FhirResource);

const PATIENT = {
  resourceType: 'Patient',
  name: [{ family: 'Okafor', given: ['Adaeze', 'N'] }],
  length: 1,
};

test('changes what its pointers name', () => {
  const result = patched(
    PATIENT,
    { op: 'test', path: '/name/0/family', value: 'Okafor' },
    { op: 'replace', path: '/name/0/given/1', value: 'Ngozi' },
    { op: 'add', path: '/name/0/given/-', value: 'Ada' },
    { op: 'copy', from: '/name/0', path: '/name/1' },
    { op: 'move', from: '/name/1/family', path: '/name/1/text' },
    { op: 'remove', path: '/length' },
  );
  expect(result).toEqual({
    resourceType: 'Patient',
    name: [
      { family: 'Okafor', given: ['Adaeze', 'Ngozi', 'Ada'] },
      { text: 'Okafor', given: ['Adaeze', 'Ngozi', 'Ada'] },
    ],
  });
});

test('may be applied again as it came', () => {
  const patch = jsonPatch([
    { op: 'add', path: '/contact', value: [{}] },
    { op: 'add', path: '/contact/-', value: {} },
  ]);
  for (const _ of [1, 2]) expect(patch({ resourceType: 'Patient' }).contact).toHaveLength(2);
});

test('keeps numbers as they were written, in the patch as in the resource', () => {
  const resource = readResource(
    '{"resourceType":"Observation","valueQuantity":{"value":1.10},"low":{"value":2.50}}',
  );
  const operations = parseJson(
    '[{"op":"replace","path":"/valueQuantity/value","value":7.00},' +
      '{"op":"add","path":"/high","value":{"value":3.0}},{"op":"test","path":"/low/value","value":2.5}]',
  );
  expect(writeResource(jsonPatch(operations)(resource))).toBe(
    '{"resourceType":"Observation","valueQuantity":{"value":7.00},"low":{"value":2.50},"high":{"value":3.0}}',
  );
  const plain = readResource('{"resourceType":"Observation","valueQuantity":{"value":1.10}}');
  const replaced = jsonPatch([{ op: 'replace', path: '/valueQuantity/value', value: 1.1 }])(plain);
  expect(writeResource(replaced)).toContain('"value":1.1}');
});

describe('refuses', () => {
  test.each([
    [[]],
    [{}],
    [[{ op: 'add', path: '/x' }]],
    [[{ op: 'add', path: 'x', value: 1 }]],
    [[{ op: 'add', path: '/~2', value: 1 }]],
    [[{ op: 'move', path: '/x' }]],
    [[{ op: '_get', path: '/name' }]],
    [[{ path: '/x', value: 1 }]],
    [[null]],
  ])('what is no patch: %j', (operations) => {
    expect(() => jsonPatch(operations)).toThrow(expect.objectContaining({ code: 'invalid' }));
  });

  test.each([
    [{ op: 'remove', path: '/nothing' }],
    [{ op: 'replace', path: '/nothing', value: 1 }],
    [{ op: 'add', path: '/nothing/here', value: 1 }],
    [{ op: 'add', path: '/name/7', value: {} }],
    [{ op: 'add', path: '/name/x', value: {} }],
    [{ op: 'add', path: '/name/length', value: 0 }],
    [{ op: 'remove', path: '/name/-' }],
    [{ op: 'test', path: '/name/0/family', value: 'Other' }],
    [{ op: 'replace', path: '', value: 3 }],
    [{ op: 'remove', path: '' }],
    [{ op: 'remove', path: '/resourceType' }],
  ])('what does not fit, and says nothing of the resource: %j', (operation) => {
    try {
      patched(PATIENT, operation);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'not-processable' });
      expect((error as Error).message).not.toMatch(/Okafor|Other/);
    }
  });

  test.each([
    '/__proto__/polluted',
    '/constructor/polluted',
    '/constructor/prototype/polluted',
    '/toString/polluted',
    '/name/push/polluted',
    '/name/0/hasOwnProperty',
    '/name/constructor/polluted',
  ])('what objects inherit: %s', (path) => {
    for (const operation of [
      { op: 'add', path, value: 'yes' },
      { op: 'replace', path, value: 'yes' },
      { op: 'copy', from: '/name', path },
      { op: 'copy', from: path, path: '/text' },
    ]) {
      expect(() => patched(PATIENT, operation)).toThrow(expect.objectContaining({ code: 'not-processable' }));
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect((Object as unknown as Record<string, unknown>).polluted).toBeUndefined();
    expect((Object.prototype.toString as unknown as Record<string, unknown>).polluted).toBeUndefined();
  });
});

interface PublishedCase {
  readonly comment: string;
  readonly doc: object;
  readonly patch: object[];
  readonly expected?: object;
  readonly error?: string;
}

const folder = sharedData('fhir/patch');
describe.skipIf(folder === null)('the published cases', () => {
  const cases =
    folder === null
      ? []
      : (JSON.parse(readFileSync(join(folder, 'json-patch-tests.json'), 'utf8')) as PublishedCase[]);
  test.each(cases.map((one) => [one.comment, one] as const))('%s', (_, { doc, patch, expected, error }) => {
    const resource = { resourceType: 'Basic', ...doc };
    if (error !== undefined) expect(() => patched(resource, ...patch)).toThrow();
    else expect(patched(resource, ...patch)).toEqual({ resourceType: 'Basic', ...expected });
  });
});
