/**
 * Attacks the running deployment from outside and looks at its walls from inside: every promise that can be
 * tried is tried. What is made for it is removed in the end, however it ends. Authority: the operator's.
 */
import type { Clock } from '../../base/clock.ts';
import { PosternError } from '../../base/errors.ts';
import type { Database } from '../../db/index.ts';
import { isProduction } from '../production/production.ts';
import { judgeAnswer } from './answers.ts';
import { removeCanaries } from './canaries.ts';
import { proveCatalog } from './catalog.ts';
import { proveFinders } from './finders.ts';
import { type CheckResult, Judge } from './finding.ts';
import { askRoutes, judgeRoutes, probeRoutes, type RouteList } from './known-routes.ts';
import { proveLocks } from './locks.ts';
import { proveLineFirst, proveLines, proveLogs } from './logs.ts';
import { proveMatrix, typesToProve } from './matrix.ts';
import { Outside } from './outside.ts';
import { keepProof } from './proof.ts';
import { proveRevocation, proveThrottle } from './revocation.ts';
import { proveSealed } from './sealed.ts';
import { type Cast, Stage } from './stage.ts';
import { proveTransport } from './transport.ts';
import { World, type WorldParts } from './world.ts';

export interface ProveParts extends WorldParts {
  readonly database: Pick<Database, 'owner' | 'server' | 'serverRole' | 'ownerConnection'>;
  readonly clock: Clock;
  /** What this command is made of, to be compared with what the server says of itself. */
  readonly edition: string;
  /** The address that people use. */
  readonly publicUrl: string;
}

export interface ProveOptions {
  readonly url: URL;
  readonly signal: AbortSignal;
  /** Every combination instead of those in which all ways meet all types; takes some minutes. */
  readonly thorough?: boolean;
  /** Only these types: such a run proves too little to open anything. */
  readonly types?: readonly string[];
  onProgress?(stage: string, done: number, total: number): void;
}

export interface ProveReport {
  readonly url: string;
  readonly edition: string;
  readonly at: string;
  readonly passed: boolean;
  /** Whether this run is kept as a proof that opens the portal, and why not. */
  readonly opens: boolean;
  readonly why: string | null;
  readonly seconds: number;
  readonly requests: number;
  readonly looked: number;
  readonly checks: readonly CheckResult[];
}

/** Two runs at once would remove each other's canaries. Any number that nothing else waits for. */
const LOCK = 7_067_837_016;

/** Throws `conflict` where another run is at it, and what the signal says where it was told to stop. */
export async function prove(parts: ProveParts, options: ProveOptions): Promise<ProveReport> {
  const alone = await parts.owner.connect();
  let sound = false;
  try {
    const { rows } = await alone.query<{ got: boolean }>(`select pg_try_advisory_lock(${LOCK}) as got`);
    if (!rows[0]!.got)
      throw new PosternError('conflict', 'Another postern prove is running; wait for it to end.');
    const report = await run(parts, options);
    await alone.query(`select pg_advisory_unlock(${LOCK})`);
    sound = true;
    return report;
  } finally {
    alone.release(!sound);
  }
}

async function run(parts: ProveParts, options: ProveOptions): Promise<ProveReport> {
  const started = parts.clock.now();
  const judge = new Judge();
  const { url } = options;
  const secure = url.protocol === 'https:';
  const outside = new Outside({
    url,
    signal: options.signal,
    onTold: (asking, told) => judgeAnswer(judge, secure, asking, told),
  });
  await removeCanaries(parts);
  try {
    await attack(parts, options, judge, outside);
  } finally {
    outside.close();
    options.onProgress?.('Removing canaries', 0, 1);
    await removeCanaries(parts);
  }
  await lookInside(parts, options, judge);
  const checks = judge.results;
  const passed = checks.every(({ outcome }) => outcome !== 'failed');
  const why = whyNot(parts, options, passed);
  const edition = parts.edition;
  await keepProof(parts.owner, parts.keychain, {
    at: parts.clock.now(),
    edition,
    url: url.origin,
    passed: why === null,
  });
  return {
    url: url.origin,
    edition,
    at: started.toISOString(),
    passed,
    opens: why === null,
    why,
    seconds: (parts.clock.now().getTime() - started.getTime()) / 1000,
    requests: outside.asked,
    looked: checks.reduce((sum, { looked }) => sum + looked, 0),
    checks,
  };
}

/** Why the run opens nothing; null where it does. */
function whyNot({ publicUrl }: ProveParts, { url, types }: ProveOptions, passed: boolean): string | null {
  if (!passed) return 'A promise does not hold.';
  if (types !== undefined) return 'Not every type was tried.';
  const origin = new URL(publicUrl).origin;
  if (url.origin !== origin) return `People use ${origin} (POSTERN_PUBLIC_URL), and that was not tried.`;
  return null;
}

/** From outside, as people and strangers would. */
async function attack(
  parts: ProveParts,
  options: ProveOptions,
  judge: Judge,
  outside: Outside,
): Promise<void> {
  const { clock } = parts;
  const types = typesToProve(options.types ?? null);
  const tell = (stage: string) => (done: number, total: number) => options.onProgress?.(stage, done, total);
  tell('Making canaries')(0, 1);
  await assertReachable(outside);
  const world = await World.make(parts, [
    ...new Set([...types, 'Observation', 'DocumentReference', 'Binary']),
  ]);
  const cast: Cast = {
    patient: await world.person('patient', 'own'),
    doctor: await world.person('doctor', 'other'),
    billing: await world.person('billing', 'other'),
    partner: await world.person('partner', 'other'),
    foreigner: await world.person('doctor', 'elsewhere'),
  };
  const list = await meetServer(parts, judge, outside, cast);
  if (list === null) return;
  const stage = new Stage({
    outside,
    judge,
    world,
    cast,
    secure: options.url.protocol === 'https:',
    publicOrigin: new URL(parts.publicUrl).origin,
    closed: (await outside.ask(null, { method: 'GET', target: '/portal' })).status === 503,
    signinCode: (ttlSeconds) => parts.gate.accounts.signinCode(cast.patient.accountId, ttlSeconds),
  });
  await probeRoutes(stage, list, tell('Trying every route'));
  await proveLineFirst(stage, parts.owner);
  await proveLocks(stage, parts.owner);
  tell('Revoking')(0, 1);
  await proveRevocation(stage, parts.gate, types);
  await proveThrottle(stage);
  await proveMatrix(stage, { types, thorough: options.thorough === true }, tell('Attacking records'));
  await proveFinders(outside, judge, { now: clock.now(), production: isProduction(options.url.href) });
  await proveLines(stage, parts.owner);
  tell('Looking for what can be read')(0, 1);
  await proveSealed(parts.owner, judge, world);
  await proveLogs(parts, judge, tell('Verifying access logs'));
}

async function assertReachable(outside: Outside): Promise<void> {
  try {
    const { status } = await outside.ask(null, { method: 'GET', target: '/healthz' });
    if (status === 200) return;
    throw new PosternError('unavailable', `There is no Postern at that address: /healthz answers ${status}.`);
  } catch (error) {
    if (error instanceof PosternError || (error as Error).name === 'AbortError') throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new PosternError('unavailable', `Nothing answers at that address (${code ?? 'no answer'}).`, {
      cause: error,
    });
  }
}

const OTHER =
  'Run the command where the server runs, with its POSTERN_DATA, POSTERN_DATABASE_URL and POSTERN_KEY_VAULT.';

/** The routes of the server; null where it is another installation, which can prove nothing. */
async function meetServer(
  { edition, publicUrl }: ProveParts,
  judge: Judge,
  outside: Outside,
  cast: Cast,
): Promise<RouteList | null> {
  const token = await cast.patient.token();
  const session = await outside.ask(token, { method: 'GET', target: '/session' });
  const ours = judge.expect(
    'server',
    session.status === 200,
    publicUrl,
    `The server does not know a session of this installation (${session.status}).`,
    OTHER,
  );
  if (!ours) return null;
  const list = await askRoutes(outside, token);
  const sentence = 'The server does not say which routes it has.';
  if (!judge.expect('server', list !== null, 'GET /routes', sentence, 'Start it anew from this Postern.'))
    return null;
  judge.expect(
    'server',
    list!.edition === edition,
    'GET /routes',
    'The server runs another edition of Postern than this command.',
    'Start the server anew, so that it runs what is installed here, and prove that.',
  );
  const statement = await outside.ask(null, { method: 'GET', target: '/fhir/metadata' });
  judgeRoutes(judge, list!, parsed(statement.text));
  return list;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The walls themselves, and what carries requests to them. */
async function lookInside(parts: ProveParts, options: ProveOptions, judge: Judge): Promise<void> {
  options.onProgress?.('Looking at the walls', 0, 1);
  const { owner, server, serverRole } = parts.database;
  await proveCatalog({ owner, server, serverRole }, judge);
  await proveTransport(options.url, judge, parts.clock.now());
}
