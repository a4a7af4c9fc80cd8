/**
 * Whether every route of the running server is known here: what it lists itself, and what its
 * CapabilityStatement offers. What is not known was not attacked, so it fails.
 */
import { TYPES } from '../../chart/index.ts';
import type { Judge } from './finding.ts';
import { type Outside, someAtOnce } from './outside.ts';
import { RECORD_WAYS } from './record-ways.ts';
import { ROUTE_PROBES } from './route-probes.ts';
import type { Stage } from './stage.ts';

export interface RouteList {
  readonly edition: string;
  readonly routes: readonly { readonly method: string; readonly path: string; readonly who: string }[];
}

const WAY_ROUTES = new Set(RECORD_WAYS.map(({ route }) => route));
const MEND =
  'Add it to src/watch/prove/route-probes.ts or record-ways.ts with the attack on it, or remove the route.';

export function isKnownRoute(route: string): boolean {
  return WAY_ROUTES.has(route) || Object.hasOwn(ROUTE_PROBES, route);
}

/** The server's own list; null where it has none. */
export async function askRoutes(outside: Outside, token: string): Promise<RouteList | null> {
  const told = await outside.ask(token, { method: 'GET', target: '/routes' });
  if (told.status !== 200) return null;
  try {
    const list = JSON.parse(told.text) as Partial<RouteList>;
    return Array.isArray(list.routes) && typeof list.edition === 'string' ? (list as RouteList) : null;
  } catch {
    return null;
  }
}

/** Every route of the list and of the CapabilityStatement has an attack. */
export function judgeRoutes(judge: Judge, list: RouteList, statement: unknown): void {
  for (const { method, path } of list.routes) {
    const route = `${method} ${path}`;
    judge.expect(
      'routes',
      isKnownRoute(route),
      route,
      'The server answers a route that nobody attacks.',
      MEND,
    );
  }
  const listed = new Set(list.routes.map(({ method, path }) => `${method} ${path}`));
  for (const { type, offers } of offersOf(statement)) {
    const known = type === null || TYPES.has(type) || type === 'AuditEvent';
    const sentence = 'The CapabilityStatement offers a type that the registry does not have.';
    judge.expect('routes', known, `/fhir/${type}`, sentence, 'Add the type to the registry, or take it out.');
    for (const offer of offers) {
      const routes = OFFERED[offer] ?? [];
      const where = `${type ?? 'the whole API'}: ${offer}`;
      const served = routes.some((route) => listed.has(route) && isKnownRoute(route));
      judge.expect('routes', served, where, 'The CapabilityStatement offers what nobody attacks.', MEND);
    }
  }
}

/** Routes by what the statement calls them, `$name` for operations. */
const OFFERED: Readonly<Record<string, readonly string[]>> = {
  read: ['GET /fhir/:type/:id'],
  vread: ['GET /fhir/:type/:id/_history/:version'],
  update: ['PUT /fhir/:type/:id'],
  patch: ['PATCH /fhir/:type/:id'],
  delete: ['DELETE /fhir/:type/:id'],
  'history-instance': ['GET /fhir/:type/:id/_history'],
  'history-type': ['GET /fhir/:type/_history'],
  create: ['POST /fhir/:type'],
  'search-type': ['GET /fhir/:type'],
  batch: ['POST /fhir'],
  transaction: ['POST /fhir'],
  'history-system': ['GET /fhir/_history'],
  'search-system': ['GET /fhir'],
  $validate: ['POST /fhir/:type/$validate'],
  $everything: ['GET /fhir/Patient/:id/$everything'],
  $match: ['POST /fhir/Patient/$match'],
  $export: ['GET /fhir/$export', 'GET /fhir/Patient/$export', 'GET /fhir/Group/:id/$export'],
};

interface Offer {
  /** Null for the whole API. */
  readonly type: string | null;
  readonly offers: readonly string[];
}

function offersOf(statement: unknown): Offer[] {
  const rests = listIn(statement, 'rest');
  return rests.flatMap((rest) => [
    { type: null, offers: namesIn(rest) },
    ...listIn(rest, 'resource').map((resource) => ({
      type: String((resource as { type?: unknown }).type),
      offers: namesIn(resource),
    })),
  ]);
}

function namesIn(of: unknown): string[] {
  const codes = listIn(of, 'interaction').map((each) => String((each as { code?: unknown }).code));
  const names = listIn(of, 'operation').map((each) => `$${String((each as { name?: unknown }).name)}`);
  return [...codes, ...names];
}

function listIn(of: unknown, name: string): unknown[] {
  const value = typeof of === 'object' && of !== null ? (of as Record<string, unknown>)[name] : undefined;
  return Array.isArray(value) ? value : [];
}

/** Runs the probe of every route that is listed and has one. */
export async function probeRoutes(
  stage: Stage,
  list: RouteList,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const listed = new Set(list.routes.map(({ method, path }) => `${method} ${path}`));
  const probes = Object.entries(ROUTE_PROBES).filter(([route]) => listed.has(route));
  let done = 0;
  await someAtOnce(probes, async ([route, probe]) => {
    await probe(stage, route);
    done += 1;
    onProgress(done, probes.length);
  });
  const sessions = list.routes.filter(({ who }) => who === 'session');
  await someAtOnce(sessions, async ({ method, path }) => withoutSession(stage, method, path));
}

/** Without a live session, every route that needs one gives the same answer. */
async function withoutSession(stage: Stage, method: string, path: string): Promise<void> {
  const target = path
    .replace(':compartment', 'Patient')
    .replace(':type', 'Patient')
    .replace(':id', stage.world.charts.other)
    .replace(':version', '1');
  for (const token of [null, `${'pst_'}${'0'.repeat(32)}_${'A'.repeat(43)}`]) {
    const told = await stage.outside.ask(token, { method, target });
    stage.judge.expect(
      'matrix',
      told.status === 401,
      `${method} ${path}`,
      `It answers ${told.status} without a live session.`,
      'Make the route need a session, or say that it is for anyone.',
    );
    stage.expectNoLeak('matrix', `${method} ${path}`, told, null);
  }
}
