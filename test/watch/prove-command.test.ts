/**
 * `postern prove` as an operator runs it, against a production server behind TLS: the portal is closed until
 * it has passed, a killed run leaves nothing to the next, and what the server's code gets wrong is found.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfiguration } from '../../src/base/configuration.ts';
import { openPostern } from '../../src/cli/index.ts';
import type { ProveReport } from '../../src/watch/index.ts';
import { certificateFor } from '../support/certificate.ts';
import { freePort } from '../support/free-port.ts';
import { type Running, runPostern, serveUntilStopped } from '../support/serving.ts';
import { openTlsFront, type TlsFront } from '../support/tls-front.ts';

// Runs are many requests, and the machine may have other things to do.
vi.setConfig({ testTimeout: 300_000 });

const NAME = 'care.practice.org';
const DAY_MS = 86_400_000;

let folder: string;
let front: TlsFront;
let server: Running;
let patient: string;
let doctor: string;
const environment: Record<string, string> = {};

/** The name leads to this machine, as it would to the proxy. */
const HERE = [
  '--import',
  `data:text/javascript,${encodeURIComponent(
    `import dns from 'node:dns';
    const lookup = dns.lookup;
    dns.lookup = (name, options, done) =>
      name === '${NAME}' ? lookup('127.0.0.1', options, done) : lookup(name, options, done);`,
  )}`,
];

const prove = (...args: string[]) =>
  runPostern({ folder, environment, execArgv: HERE, args: ['prove', ...args] });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-prove-'));
  const certificate = certificateFor({
    name: NAME,
    from: new Date(Date.now() - DAY_MS),
    until: new Date(Date.now() + 90 * DAY_MS),
  });
  await writeFile(join(folder, 'authority.pem'), certificate.cert);
  const port = await freePort();
  front = await openTlsFront(port, certificate);
  Object.assign(environment, {
    POSTERN_DATA: join(folder, 'data'),
    POSTERN_KEY_VAULT: `file:${join(folder, 'keys', 'root.key')}`,
    POSTERN_PORT: String(port),
    POSTERN_PUBLIC_URL: `https://${NAME}:${front.port}`,
    POSTERN_TRUSTED_PROXIES: '127.0.0.1',
    POSTERN_SECURITY_CONTACT: 'mailto:security@practice.org',
    NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem'),
  });
  await foundPractice();
  server = await serveUntilStopped({ folder, environment });
});
afterAll(async () => {
  await server?.stop();
  await front?.close();
  await rm(folder, { recursive: true, force: true });
});

/** A practice with a patient and a doctor, and a session of each. */
async function foundPractice(): Promise<void> {
  const surroundings = { workingFolder: folder, homeFolder: folder };
  const postern = await openPostern(readConfiguration(environment, '', surroundings));
  const { keychain, gate, store, database } = postern;
  const practiceId = await keychain.createPractice(database.owner, { slug: 'practice', name: 'Practice' });
  const stored = await gate.asJob(practiceId, 'system-import', 'test', (visit) =>
    store.create(visit, { resourceType: 'Patient', name: [{ family: 'Okafor' }] }),
  );
  const session = async (role: 'patient' | 'doctor') => {
    const accountId = await gate.accounts.createAccount({ email: `${role}@practice.org`, name: role });
    const chartId = role === 'patient' ? (stored.id as never) : null;
    const terms = {
      accountId,
      role,
      chartId,
      sections: null,
      startsAt: new Date(),
      endsAt: null,
      reason: null,
    };
    await gate.asJob(practiceId, 'system-setup', 'test', (visit) => gate.grants.give(visit, terms));
    return gate.openSession({ practiceId, accountId, purpose: 'test', client: null, ttlSeconds: 3600 });
  };
  [patient, doctor] = [await session('patient'), await session('doctor')];
  await postern.close();
}

async function get(path: string, token?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { host: NAME, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    const options = { host: '127.0.0.1', port: front.port, path, headers, rejectUnauthorized: false };
    const request = https.get(options, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      answer.on('end', () => resolve({ status: answer.statusCode!, text }));
    });
    request.on('error', reject);
  });
}

test('production keeps the portal closed to patients, and lets the staff in', async () => {
  expect(server.said()).toContain('The portal is closed to patients until postern prove has passed here.');
  const page = await get('/portal');
  expect([page.status, page.text]).toEqual([
    503,
    expect.stringContaining('Das Portal ist gerade geschlossen'),
  ]);
  expect((await get('/portal/x/results')).status).toBe(503);
  const refused = await get('/session', patient);
  expect([refused.status, refused.text]).toEqual([503, expect.stringContaining('The portal opens when')]);
  expect((await get('/fhir/Patient', doctor)).status).toBe(200);
  expect((await get('/desk')).status).toBe(200);
  expect((await get('/.well-known/security.txt')).status).toBe(200);
});

test('a run that proves too little, or elsewhere, opens nothing', async () => {
  const few = await prove('--types', 'Patient,Observation');
  expect([few.code, few.out]).toEqual([0, expect.stringContaining('opens no portal: Not every type')]);
  expect((await get('/portal')).status).toBe(503);
  const nowhere = await prove('--url', 'https://127.0.0.1:9');
  expect([nowhere.code, nowhere.err]).toEqual([
    1,
    expect.stringContaining('Nothing answers at that address'),
  ]);
});

test('a killed run leaves nothing to the next, which passes over TLS', async () => {
  const args = [...HERE, join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts'), 'prove'];
  const killed = spawn(process.execPath, args, {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', HOME: folder, ...environment },
  });
  await new Promise<void>((resolve) => {
    killed.stderr.on('data', (chunk: Buffer) => chunk.includes('Trying every route') && resolve());
  });
  killed.kill('SIGKILL');
  const { code, report } = await proveAsJson('--types', 'Patient,Claim');
  const failed = report.checks.flatMap(({ findings }) => findings);
  expect([code, failed, report.passed, report.opens]).toEqual([0, [], true, false]);
  const transport = report.checks.find(({ check }) => check === 'transport')!;
  expect([transport.outcome, transport.findings]).toEqual(['passed', []]);
  const accounts = await runPostern({ folder, environment, args: ['account', 'list'] });
  expect(accounts.out.trim().split('\n')).toHaveLength(2);
});

// What opens it is also in src/watch/prove/opening.test.ts: a whole run takes half a minute of two cores.
test.runIf(process.env.SLOW === '1')(
  'a whole run passes, and opens the portal',
  async () => {
    const { code, report } = await proveAsJson();
    const failed = report.checks.filter(({ outcome }) => outcome === 'failed');
    expect([code, failed]).toEqual([0, []]);
    expect([report.passed, report.opens, report.why]).toEqual([true, true, null]);
    await expect.poll(async () => (await get('/portal')).status, { timeout: 5000 }).toBe(200);
    expect((await get('/session', patient)).status).toBe(200);
    console.log(`prove: ${report.looked} things, ${report.requests} requests, ${report.seconds} s.`);
  },
  1_200_000,
);

async function proveAsJson(...args: string[]): Promise<{ code: number | null; report: ProveReport }> {
  const { code, out } = await prove('--json', ...args);
  return { code, report: JSON.parse(out) as ProveReport };
}

/** Lines of the server's code, and what stands there instead. */
const MISTAKES: readonly (readonly [file: string, part: string, instead: string])[] = [
  [
    'src/fhir/routes.ts',
    'const OPERATIONS = [',
    "const OPERATIONS = [['GET', '/fhir/$peek', 'peeks', systemSearch],",
  ],
  [
    'src/seal/key-ring.ts',
    'return this.#reach.allows(action, section, chartId, boundAuthor(section, author), type);',
    'return true;',
  ],
  ['src/base/browser-sessions.ts', 'HttpOnly; ', ''],
];

/** Hands the server other code than lies there, as a mistake in a new version would. */
const mistaken = [
  '--import',
  `data:text/javascript,${encodeURIComponent(
    `import { registerHooks } from 'node:module';
    const mistakes = ${JSON.stringify(MISTAKES)};
    registerHooks({
      load(url, context, next) {
        const loaded = next(url, context);
        for (const [file, part, instead] of mistakes) {
          if (!url.endsWith(file)) continue;
          const text = loaded.source.toString();
          if (!text.includes(part)) throw new Error('not written as it was: ' + file);
          loaded.source = text.replace(part, instead);
        }
        return loaded;
      },
    });`,
  )}`,
];

test('what the code of the server gets wrong is found, and said in words and figures', async () => {
  await server.stop();
  server = await serveUntilStopped({ folder, environment, execArgv: mistaken });
  const { code, out, err } = await prove('--types', 'Patient,Observation');
  const failed = [...out.matchAll(/FAILED {2}.*\n.*/g)].map(([text]) => text);
  expect(failed).toEqual([expect.any(String), expect.any(String), expect.any(String)]);
  expect([code, err]).toEqual([1, expect.stringMatching(/3 of \d+ checks failed\.\n$/)]);
  expect(out).toMatch(/FAILED {2}Every route is known .*\n +GET \/fhir\/\$peek: The server answers a route/);
  expect(out).toMatch(/FAILED {2}Each of the two locks.*\n +the key ring alone: read: /);
  expect(out).toMatch(/FAILED {2}Session cookies.*\n +POST \/signin: The session cookie lacks HttpOnly\./);
  expect(out).toContain('NOT every promise holds: see what to do above.');
});
