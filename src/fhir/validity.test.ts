/** What we make ourselves is held to what we hold others to. */
import { expect, test } from 'vitest';
import type { ResourceId } from '../base/ids.ts';
import { loadDefinitions, type Stored, validate } from '../chart/index.ts';
import { historyBytes, searchsetBytes } from './bundle.ts';
import { resultsBytes } from './bundle-results.ts';
import { capabilityStatement } from './capability.ts';
import { outcomeBytes } from './outcome.ts';

const base = 'https://care.example/fhir';
const definitions = await loadDefinitions();

function stored(version: number): Stored {
  const id = '6f1c8a52-6c3e-4d7f-9a0b-1f2e3d4c5b6a' as ResourceId;
  const bytes = () => Buffer.from(JSON.stringify({ resourceType: 'Patient', id }));
  const content = { bytes } as Stored['content'];
  return { type: 'Patient', id, version, updatedAt: new Date(), deleted: false, content };
}

const links = { self: `${base}/Patient`, next: `${base}/Patient?_cursor=x` };
const deletion = { ...stored(2), deleted: true, content: null };

test.each([
  ['the CapabilityStatement', Buffer.from(JSON.stringify(capabilityStatement(base, new Date())))],
  [
    'an outcome',
    outcomeBytes({ severity: 'error', code: 'invalid', text: 'So.', expression: ['Patient.id'] }),
  ],
  ['a page of search results', searchsetBytes(base, { matches: [stored(1)], total: 1 }, links)],
  ['an empty page', searchsetBytes(base, { matches: [], total: 0 }, links)],
  [
    'what came of a batch',
    resultsBytes('batch-response', [
      { status: 204, etag: 'W/"2"' },
      {
        status: 201,
        fullUrl: `${base}/Patient/x`,
        location: `${base}/Patient/x/_history/1`,
        lastModified: '2026-01-02T03:04:05.006Z',
        resource: stored(1).content!.bytes(),
      },
      { status: 404, outcome: outcomeBytes({ severity: 'error', code: 'not-found', text: 'Nothing.' }) },
    ]),
  ],
  ['what came of nothing', resultsBytes('transaction-response', [])],
  ['a history', historyBytes(base, [deletion, stored(1)], links)],
])('%s is valid FHIR', (_, bytes) => {
  const resource = JSON.parse(bytes.toString());
  expect(validate(definitions, resource)).toEqual([]);
  expect(validate(definitions, { ...resource, unheardOf: 1 })).not.toEqual([]);
});
