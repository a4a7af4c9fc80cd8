/** Published examples brought in as by an import, and read back over HTTP. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type FhirResource, isObject } from '../../src/chart/index.ts';
import { ChartImportStore, importSources } from '../../src/intake/index.ts';
import { testDigest, testId } from './memory-import-store.ts';
import type { ServedPractices } from './served-practices.ts';

export interface RoundTrip {
  /** File name to the reason, for those that were not taken. */
  readonly refused: Readonly<Record<string, string>>;
  /** File name to the places that came back changed. */
  readonly changed: Readonly<Record<string, readonly string[]>>;
  readonly equal: number;
}

/** What an import or a server gives a resource itself. */
const GIVEN = new Set(['id', 'meta.versionId', 'meta.lastUpdated', 'meta.source']);
const REWRITTEN = new Set(['reference', 'type', 'identifier']);

/** Each file is one resource. They go into a practice of their own, whose doctor reads them. */
export async function roundTrip(served: ServedPractices, paths: readonly string[]): Promise<RoundTrip> {
  const practice = await served.makePractice();
  const { token } = await served.person(practice, { role: 'doctor' });
  const ids = new Map<string, string>();
  const report = await served.gate.asJob(practice, 'system-import', 'test', (visit) =>
    importSources({
      paths,
      store: new ChartImportStore(served.store, visit),
      deriveId: (type, key) => {
        const id = testId(type, key);
        ids.set(decodeURIComponent(key).split('/').slice(-2).join('/'), id);
        return id;
      },
      digestOf: testDigest,
    }),
  );
  // A reason that names a file does so by its path on this machine.
  const refused = Object.fromEntries(
    report.failures.map(({ file, reason }) => [
      basename(file),
      reason.replace(/ \S*\/(?=[\w.-]+\.json)/, ' '),
    ]),
  );
  const changed: Record<string, string[]> = {};
  let equal = 0;
  for (const path of paths) {
    const name = basename(path);
    if (refused[name] !== undefined) continue;
    const sent = withNumberTexts(readFileSync(path, 'utf8'));
    const id = ids.get(`${sent.resourceType}/${sent.id}`);
    const answer = await served.ask(token, 'GET', `/fhir/${sent.resourceType}/${id}`);
    const places =
      answer.status === 200 ? differences(sent, withNumberTexts(answer.text)) : [`${answer.status}`];
    if (places.length === 0) equal += 1;
    else changed[name] = places;
  }
  return { refused, changed, equal };
}

/** Each number as it is written: FHIR holds 1.10 and 1.1 apart. */
function withNumberTexts(text: string): FhirResource {
  return JSON.parse(text, (_, value, context?: { source?: string }) =>
    typeof value === 'number' ? `number ${context?.source}` : value,
  );
}

/** Places at which two resources differ in what neither import nor server may touch. */
export function differences(sent: FhirResource, got: FhirResource): string[] {
  const places: string[] = [];
  compare(sent, got, '', places);
  return places;
}

function compare(sent: unknown, got: unknown, place: string, places: string[]): void {
  if (GIVEN.has(place)) return;
  if (Array.isArray(sent) && Array.isArray(got) && sent.length === got.length) {
    for (const [index, item] of sent.entries()) compare(item, got[index], `${place}[${index}]`, places);
  } else if (isObject(sent) && isObject(got)) {
    const rewritten = typeof sent.reference === 'string' && !sent.reference.startsWith('#');
    for (const key of new Set([...Object.keys(sent), ...Object.keys(got)])) {
      if (rewritten && REWRITTEN.has(key)) continue;
      compare(sent[key], got[key], place === '' ? key : `${place}.${key}`, places);
    }
  } else if (sent !== got && !isGiven(sent, got, place)) places.push(place);
}

/** A resource without `meta` has one afterwards, with what it is given. */
function isGiven(sent: unknown, got: unknown, place: string): boolean {
  if (place !== 'meta' || sent !== undefined || !isObject(got)) return false;
  return Object.keys(got).every((key) => GIVEN.has(`meta.${key}`));
}
