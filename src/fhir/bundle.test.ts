import { describe, expect, test } from 'vitest';
import type { ResourceId } from '../base/ids.ts';
import type { Stored } from '../chart/index.ts';
import { historyBytes, searchsetBytes } from './bundle.ts';

const base = 'https://care.example/fhir';
const links = { self: `${base}/Patient?name=a%22b`, next: null };

/** As the store gives it out; only the bytes of what was opened matter here. */
function stored(version: number, text: string | null): Stored {
  const id = '6f1c8a52-6c3e-4d7f-9a0b-1f2e3d4c5b6a' as ResourceId;
  const content = text === null ? null : ({ bytes: () => Buffer.from(text) } as Stored['content']);
  const updatedAt = new Date('2026-01-02T03:04:05.006Z');
  return { type: 'Patient', id, version, updatedAt, deleted: text === null, content };
}

describe('a page of search results', () => {
  test('holds every resource as its bytes are, between what the bundle says of it', () => {
    const texts = ['{"resourceType":"Patient","a":1.10}', '{"resourceType":"Patient","name":"Ünal"}'];
    const bytes = searchsetBytes(
      base,
      { matches: texts.map((text) => stored(1, text)) },
      { ...links, next: `${base}/Patient?_cursor=x` },
    );
    const text = bytes.toString();
    for (const each of texts) expect(text).toContain(`"resource":${each}`);
    expect(JSON.parse(text)).toMatchObject({
      resourceType: 'Bundle',
      type: 'searchset',
      link: [
        { relation: 'self', url: links.self },
        { relation: 'next', url: `${base}/Patient?_cursor=x` },
      ],
      entry: [
        { fullUrl: `${base}/Patient/6f1c8a52-6c3e-4d7f-9a0b-1f2e3d4c5b6a`, search: { mode: 'match' } },
        { resource: { name: 'Ünal' }, search: { mode: 'match' } },
      ],
    });
  });

  test('has no list of entries where there are none, since FHIR knows no empty lists', () => {
    expect(JSON.parse(searchsetBytes(base, { matches: [] }, links).toString())).toEqual({
      resourceType: 'Bundle',
      type: 'searchset',
      link: [{ relation: 'self', url: links.self }],
    });
  });
});

test('a history says of each version what made it, and shows no content for a deletion', () => {
  const versions = [stored(3, null), stored(2, '{"v":2}'), stored(1, '{"v":1}')];
  const { entry } = JSON.parse(historyBytes(base, versions, links).toString());
  const id = versions[0]!.id;
  expect(entry.map((each: { request: object }) => each.request)).toEqual([
    { method: 'DELETE', url: `Patient/${id}` },
    { method: 'PUT', url: `Patient/${id}` },
    { method: 'POST', url: 'Patient' },
  ]);
  expect(entry.map((each: { resource?: object }) => each.resource)).toEqual([undefined, { v: 2 }, { v: 1 }]);
  expect(entry[0].response).toEqual({
    status: '204',
    etag: 'W/"3"',
    lastModified: '2026-01-02T03:04:05.006Z',
  });
});
