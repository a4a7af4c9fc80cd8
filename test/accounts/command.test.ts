/** `postern account` as the operator runs it beside a server: who is disabled is out at once. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { type AccountId, newId, type PracticeId } from '../../src/base/ids.ts';
import { openPostern, type Postern } from '../../src/cli/index.ts';
import { Providers } from '../../src/doors/index.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
const run = promisify(execFile);
const EMAIL = 'ines.moreau@hillside.example';

let folder: string;
let running: Postern;
let practiceId: PracticeId;
let accountId: AccountId;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-accounts-'));
  running = await openPostern(
    {
      dataFolder: join(folder, 'data'),
      host: '127.0.0.1',
      port: 0,
      trustedProxies: [],
      databaseUrl: null,
      keyVault: `file:${join(folder, 'root.key')}`,
      publicUrl: 'https://accounts.example',
      smtpUrl: null,
      mailFrom: null,
      reportsIdentity: join(folder, 'reports.key'),
      securityContacts: [],
      keyBackupDays: 7,
      clamAv: null,
      fileLimits: {},
      blobs: { kind: 'folder', path: join(folder, 'data', 'files') },
      blobsBefore: null,
    },
    { settings: { fsync: 'off' } },
  );
  const { keychain, database, gate } = running;
  practiceId = await keychain.createPractice(database.owner, { slug: 'hillside', name: 'Hillside' });
  accountId = await gate.accounts.createAccount({ email: EMAIL, name: 'Ines Moreau' });
  await gate.asJob(practiceId, 'system-setup', 'test', (visit) =>
    gate.grant(visit, {
      accountId,
      role: 'nurse',
      chartId: null,
      sections: null,
      startsAt: new Date(),
      endsAt: null,
      reason: null,
    }),
  );
  await gate.listen(database.serverConnection);
}, 180_000);

afterAll(async () => {
  await running.close();
  await rm(folder, { recursive: true, force: true });
});

async function postern(...args: string[]): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    POSTERN_DATA: join(folder, 'data'),
    POSTERN_KEY_VAULT: `file:${join(folder, 'root.key')}`,
  };
  const { stdout } = await run(process.execPath, [MAIN, ...args], { cwd: folder, env });
  return stdout;
}

const stderrOf = (command: Promise<string>) =>
  command.then(
    () => null,
    (error: { stderr: string }) => error.stderr,
  );

test('an account that is disabled is out of the running server, and gets no link and no token', async () => {
  const token = (await postern('token', EMAIL)).trim();
  const visit = (await running.gate.admit(token, null))!;
  expect(visit.scope.allows('read', 'clinical', null, null)).toBe(true);
  expect(await postern('account', 'disable', EMAIL)).toBe('Disabled. Its sessions have ended.\n');
  for (let waited = 0; !visit.scope.ended && waited < 200; waited += 1) await delay(10);
  expect(visit.scope.ended).toBe(true);
  expect(await running.gate.admit(token, null)).toBeNull();
  for (const command of ['token', 'signin']) {
    expect(await stderrOf(postern(command, EMAIL))).toContain('The account is disabled');
  }
  expect(await postern('account', 'disable', EMAIL)).toBe('It is disabled already.\n');
  expect(await postern('account', 'list')).toContain('Ines Moreau (disabled)');
  expect(await postern('account', 'enable', EMAIL)).toBe('It may sign in again.\n');
  expect(await running.gate.admit((await postern('token', EMAIL)).trim(), null)).not.toBeNull();
  expect(await postern('signin', EMAIL)).toContain('/signin#');
  expect(JSON.parse(await postern('account', 'list', '--json'))).toEqual([
    { id: accountId, email: EMAIL, name: 'Ines Moreau', language: null, disabled: false },
  ]);
}, 180_000);

test('leaves lines that the log shows, of the practice and of the installation', async () => {
  const actions = async (...whose: string[]) => {
    const shown = await postern('log', 'show', ...whose, '--json');
    const lines = shown
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    return lines.filter(({ client }) => /account|signin/.test(client ?? '')).map(({ action }) => action);
  };
  expect((await actions('--installation')).reverse()).toEqual([
    'disable-account',
    'list-accounts',
    'enable-account',
    'sign-in-link',
    'list-accounts',
  ]);
  expect((await actions('--practice', 'hillside')).reverse()).toEqual(['disable-account', 'enable-account']);
}, 180_000);

test('shows in the log who it was by address, and the lines of one address alone', async () => {
  const shown = await postern('log', 'show', '--practice', 'hillside', '--account', EMAIL);
  const [headings, ...lines] = shown.trim().split('\n');
  expect(headings).toMatch(/^TIME +NUMBER +WHO +PURPOSE /);
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) expect(line.split(/ {2,}/)[2]).toBe(EMAIL);
  expect(shown).not.toContain(accountId);
  expect(await postern('log', 'show', '--practice', 'hillside')).toContain('the server itself');
  const nobody = postern('log', 'show', '--practice', 'hillside', '--account', 'no@nowhere.example');
  expect(await stderrOf(nobody)).toBe('postern: No account has that e-mail address.\n');
}, 120_000);

test('says what is missing, and whom it does not know', async () => {
  expect(await stderrOf(postern('account', 'disable'))).toContain('account takes list, add EMAIL');
  expect(await stderrOf(postern('account', 'list', EMAIL))).toContain('account takes');
  expect(await stderrOf(postern('account', 'disable', `${newId()}@nowhere.example`))).toBe(
    'postern: No account has that e-mail address; postern account add EMAIL --name NAME makes one.\n',
  );
}, 180_000);

test('postern sso sets, shows and ends a provider of a practice, and never tells its secret', async () => {
  const SECRET = 'a secret between the two of them';
  const file = join(folder, 'secret.txt');
  await writeFile(file, `${SECRET}\n`);
  const sso = (what: string, ...more: string[]) => postern('sso', what, '--practice', 'hillside', ...more);
  const issuer = 'https://login.example.org/tenant';
  const client = ['--issuer', issuer, '--client', '0f1e2d'];
  const roles = ['--role-claim', 'groups', '--role', 'Front desk=front-desk', '--role', 'Nurses=nurse'];
  const told = await sso('set', ...client, '--secret', file, ...roles, '--max-age', '3600');
  const provider = {
    id: 'main',
    issuer,
    clientId: '0f1e2d',
    algorithm: 'RS256',
    roles: { 'Front desk': ['front-desk'], Nurses: ['nurse'] },
    maxAge: 3600,
    privateNetwork: false,
    returnAddress: expect.stringMatching(/\/signin\/single-sign-on\/return\/hillside\/main$/),
    logoutAddress: expect.stringMatching(/\/signin\/single-sign-on\/logout\/hillside\/main$/),
  };
  expect(JSON.parse(told)).toMatchObject([provider]);
  // What is left out is as at first, but for the secret, which stays; and only the operator allows this.
  expect(await stderrOf(sso('set', ...client, '--role-claim', 'x', '--role', 'All=owner'))).toMatch(/owner/);
  const moved = await stderrOf(sso('set', '--issuer', 'https://evil.example', '--client', '0f1e2d'));
  expect(moved).toMatch(/clientSecret/);
  expect(JSON.parse(await sso('set', ...client, '--private-network'))).toMatchObject([
    { roles: {}, privateNetwork: true },
  ]);
  const shown = await sso('show');
  expect(JSON.parse(shown)).toHaveLength(1);
  for (const text of [told, shown]) expect(text).not.toContain(SECRET);
  const { keychain, gate, database, configuration } = running;
  const { publicUrl } = configuration;
  const known = new Providers({ server: database.server, keychain, gate, clock: systemClock, publicUrl });
  expect((await known.of(practiceId)).providers).toMatchObject([{ clientSecret: SECRET }]);
  expect(await sso('end')).toMatch(/^Ended/);
  expect(await stderrOf(sso('end'))).not.toBeNull();
  const { rows } = await database.owner.query<{ action: string }>(
    `select l.action from postern.access_line l
     where l.practice_id = $1 and l.action like 'single-sign-on-%' order by l.at`,
    [practiceId],
  );
  const [set, end] = ['single-sign-on-set', 'single-sign-on-end'];
  expect(rows.map(({ action }) => action)).toEqual([set, set, end]);
}, 60_000);
