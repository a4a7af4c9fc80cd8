/**
 * Loads the two demo practices: practices, accounts, grants and resources. Each step leaves alone what is
 * there, so a load that was interrupted is finished by the next start. The day it was made for is kept in the
 * database, because everything in it hangs on that day.
 */
import type { Pool, PoolClient } from 'pg';
import {
  type DemoPerson,
  type DemoPersonLine,
  type DemoPractice,
  type DemoResource,
  demoPeople,
  generateDemo,
} from '../../demo/index.ts';
import { systemClock } from '../base/clock.ts';
import { PosternError } from '../base/errors.ts';
import type { AccountId, ChartId, PracticeId } from '../base/ids.ts';
import { maskOf } from '../base/section.ts';
import { type FhirResource, type ImportDraft, writeResource } from '../chart/index.ts';
import type { Visit } from '../gate/index.ts';
import { listPractices, noteGrowth, type Postern } from './open-postern.ts';
import { showProgress } from './progress.ts';
import { deriveIdWith, digestWith } from './source-ids.ts';

/** One person of the demo who can sign in, with the ids of charts as this installation has them. */
export type DemoLine = DemoPersonLine;

const BATCH = 200;

/** Loads what is missing, and lists everyone who can sign in. Of servers that start at once, one loads. */
export async function loadDemo(postern: Postern): Promise<DemoLine[]> {
  return whileLoading(postern.database.owner, async (client) => {
    const today = systemClock.now().toISOString().slice(0, 10);
    await client.query('insert into postern.demo (day) values ($1) on conflict do nothing', [today]);
    const { day, loaded } = (await standingDemo(client))!;
    const practices = demoOf(day);
    if (!loaded) {
      for (const practice of practices) await loadPractice(postern, practice);
      await noteGrowth(postern);
      await client.query('update postern.demo set loaded_at = now()');
    }
    return peopleOf(postern, practices);
  });
}

/** Everyone of the demo who can sign in. Throws `not-found` where it has not been loaded. */
export async function listDemo(postern: Postern): Promise<DemoLine[]> {
  const standing = await standingDemo(postern.database.owner);
  if (standing?.loaded !== true) {
    throw new PosternError('not-found', 'The demo practices are not loaded; `postern serve --demo` does it.');
  }
  return peopleOf(postern, demoOf(standing.day));
}

function demoOf(day: string): DemoPractice[] {
  return generateDemo({ today: new Date(`${day}T00:00:00Z`) });
}

async function standingDemo(
  client: Pick<PoolClient, 'query'>,
): Promise<{ day: string; loaded: boolean } | null> {
  const { rows } = await client.query<{ day: string; loaded: boolean }>(
    'select d.day::text as day, d.loaded_at is not null as loaded from postern.demo d',
  );
  return rows[0] ?? null;
}

/** Waits for whoever loads the demo just now. The lock ends with its connection. */
async function whileLoading<T>(owner: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await owner.connect();
  try {
    await client.query("select pg_advisory_lock(hashtextextended('postern.demo', 0))");
    return await work(client);
  } finally {
    client.release(true);
  }
}

async function peopleOf(postern: Postern, practices: readonly DemoPractice[]): Promise<DemoLine[]> {
  const ids = new Map((await listPractices(postern)).map(({ slug, practiceId }) => [slug, practiceId]));
  const lines: DemoLine[] = [];
  for (const line of demoPeople(practices)) {
    const derive = deriveIdWith(await postern.keychain.of(ids.get(line.practice)!));
    const chartOf = (key: string) => derive('Patient', demoKey(key));
    lines.push({
      ...line,
      chart: line.chart === null ? null : chartOf(line.chart),
      proxyFor: line.proxyFor.map((proxy) => ({ ...proxy, chart: chartOf(proxy.chart) })),
    });
  }
  return lines;
}

async function loadPractice(postern: Postern, demo: DemoPractice): Promise<void> {
  const known = (await listPractices(postern)).find(({ slug }) => slug === demo.slug);
  const practiceId =
    known?.practiceId ??
    (await postern.keychain.createPractice(postern.database.owner, { slug: demo.slug, name: demo.name }));
  const accounts = new Map<string, AccountId>();
  for (const person of demo.people) {
    const found = await postern.gate.accounts.findAccount(person.email);
    accounts.set(person.key, found ?? (await postern.gate.accounts.createAccount(person)));
  }
  await postern.gate.asJob(practiceId, 'system-import', 'demo', (visit) =>
    loadResources(postern, visit, practiceId, demo, accounts),
  );
  await postern.gate.asJob(practiceId, 'system-setup', 'demo', (visit) =>
    grantAll(postern, visit, practiceId, demo, accounts),
  );
}

async function loadResources(
  postern: Postern,
  visit: Visit,
  practiceId: PracticeId,
  demo: DemoPractice,
  accounts: ReadonlyMap<string, AccountId>,
): Promise<void> {
  const keys = await postern.keychain.of(practiceId);
  const derive = deriveIdWith(keys);
  const digest = digestWith(keys);
  const addresses = new Map(
    demo.resources.map(({ key, resource }) => {
      const type = resource.resourceType;
      return [`${type}/${key}`, `${type}/${derive(type, demoKey(key))}`];
    }),
  );
  const drafts = ordered(demo.resources).map((item): ImportDraft => {
    const { resource, key, section, author } = item;
    const id = derive(resource.resourceType, demoKey(key));
    const rewritten = rewrite({ ...resource, id }, addresses) as FhirResource;
    return {
      id,
      resource: rewritten,
      section: section ?? null,
      author: author === undefined ? visit.scope.accountId : (accounts.get(author) ?? visit.scope.accountId),
      digest: digest(writeResource(rewritten)),
    };
  });
  const total = drafts.length;
  const bar = showProgress({
    title: demo.name,
    unit: 'resources',
    total,
    clock: systemClock,
    stream: process.stderr,
  });
  for (let start = 0; start < total; start += BATCH) {
    await loadBatch(postern, visit, drafts.slice(start, start + BATCH));
    bar.reach(Math.min(total, start + BATCH));
  }
  bar.end();
}

async function loadBatch(postern: Postern, visit: Visit, batch: readonly ImportDraft[]): Promise<void> {
  const known = await postern.store.importDigests(
    visit,
    batch.map(({ id }) => id),
  );
  const missing = batch.filter(({ id }) => !known.has(id));
  if (missing.length === 0) return;
  for (const outcome of await postern.store.importBatch(visit, missing)) {
    if (outcome.kind === 'refused') throw outcome.error;
  }
}

function demoKey(key: string): string {
  return `demo/${key}`;
}

const LATER = new Map([
  ['Patient', -1],
  ['Binary', 1],
  ['Provenance', 1],
]);

/** Owners before what they own; otherwise as they come. */
function ordered(resources: readonly DemoResource[]): DemoResource[] {
  const rank = ({ resource }: DemoResource) => LATER.get(resource.resourceType) ?? 0;
  return [...resources].sort((a, b) => rank(a) - rank(b));
}

/** A copy in which every address of the demo is that of this installation. */
function rewrite(value: unknown, addresses: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return addresses.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => rewrite(item, addresses));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, rewrite(item, addresses)]));
}

async function grantAll(
  postern: Postern,
  visit: Visit,
  practiceId: PracticeId,
  demo: DemoPractice,
  accounts: ReadonlyMap<string, AccountId>,
): Promise<void> {
  const derive = deriveIdWith(await postern.keychain.of(practiceId));
  const chartOf = (key: string) => derive('Patient', demoKey(key)) as string as ChartId;
  for (const person of demo.people) {
    const accountId = accounts.get(person.key)!;
    if ((await postern.gate.grants.ofAccount(visit, accountId)).length > 0) continue;
    for (const grant of grantsFor(person, chartOf)) {
      await postern.gate.grants.give(visit, {
        accountId,
        startsAt: systemClock.now(),
        endsAt: null,
        reason: null,
        ...grant,
      });
    }
  }
}

interface DemoGrant {
  readonly role: DemoPerson['roles'][number];
  readonly chartId: ChartId | null;
  readonly sections: number | null;
}

function grantsFor(person: DemoPerson, chartOf: (key: string) => ChartId): DemoGrant[] {
  const grants = person.roles
    .filter((role) => role !== 'patient' && role !== 'proxy')
    .map((role): DemoGrant => ({ role, chartId: null, sections: null }));
  if (person.chart !== undefined)
    grants.push({ role: 'patient', chartId: chartOf(person.chart), sections: null });
  for (const { chart, sections } of person.proxyFor ?? []) {
    grants.push({ role: 'proxy', chartId: chartOf(chart), sections: maskOf(...sections) });
  }
  return grants;
}
