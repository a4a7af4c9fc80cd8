/** From empty data to an owner who is signed in, and on, as docs/guides/accounts.md walks it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { type Running, runPostern, serveUntilStopped } from '../support/serving.ts';

const OWNER = 'ada.rivers@elm-street.org';
let folder: string;
let environment: Record<string, string>;
let server: Running;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-first-owner-'));
  environment = { POSTERN_PORT: String(await freePort()) };
  server = await serveUntilStopped({ folder, environment });
}, 300_000);

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const run = (...args: string[]) => runPostern({ folder, environment, args });
const told = async (...args: string[]) => {
  const { code, err } = await run(...args);
  expect(code).not.toBe(0);
  return err;
};
const printed = async (...args: string[]) => {
  const { code, out, err } = await run(...args);
  expect([code, code === 0 ? '' : err]).toEqual([0, '']);
  return out;
};

/** Signs in with the link that the command prints, as its page does; answers what the session says. */
async function signIn(email: string): Promise<Record<string, unknown>> {
  const [address, code] = (await printed('signin', email)).trim().split('/signin#');
  const signed = await fetch(`${address}/signin`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  });
  expect(signed.status).toBe(201);
  const { token } = (await signed.json()) as { token: string };
  const session = await fetch(`${address}/session`, { headers: { authorization: `Bearer ${token}` } });
  expect(session.status).toBe(200);
  return (await session.json()) as Record<string, unknown>;
}

test('an owner signs in on data that was empty, after three commands', async () => {
  expect(await told('import', '--practice', 'elm-street', folder)).toContain('postern practice add');
  await printed('practice', 'add', 'elm-street', '--name', 'Elm Street Dental');
  expect(await printed('practice', 'list')).toBe('  elm-street  Elm Street Dental\n');
  expect(await told('signin', OWNER)).toContain('postern account add EMAIL');
  await printed('account', 'add', OWNER, '--name', 'Ada Rivers');
  expect(await told('signin', OWNER)).toContain('postern grant add EMAIL');
  await printed('grant', 'add', OWNER, '--practice', 'elm-street', '--role', 'owner', '--reason', 'Hers');
  const session = await signIn(OWNER);
  expect(session).toMatchObject({ practice: { slug: 'elm-street' }, roles: ['owner'] });
}, 300_000);

test('a grant is listed, given once, ended, and each leaves a line', async () => {
  const add = ['grant', 'add', OWNER, '--practice', 'elm-street'];
  const until = ['--until', '2099-12-31'];
  const nurse = JSON.parse(
    await printed(...add, '--role', 'nurse', ...until, '--sections', 'clinical', '--json'),
  );
  expect(nurse).toMatchObject({ email: OWNER, role: 'nurse', chart: null, sections: ['clinical'] });
  expect(nurse.until).toBe('2099-12-31T00:00:00.000Z');
  expect(await told(...add, '--role', 'nurse', ...until)).toContain(`postern grant end ${nurse.id}`);
  const listed = async (...more: string[]) =>
    JSON.parse(await printed('grant', 'list', '--practice', 'elm-street', '--json', ...more));
  expect((await listed('--account', OWNER)).map(({ role }: { role: string }) => role)).toEqual([
    'owner',
    'nurse',
  ]);
  expect(await printed('grant', 'end', nurse.id)).toContain('Ended');
  expect(await printed('grant', 'end', nurse.id)).toContain('already');
  expect(await listed()).toHaveLength(1);
  expect(await listed('--all')).toHaveLength(2);
  const actions = async (...whose: string[]) =>
    (await printed('log', 'show', ...whose, '--json'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).action)
      .filter((action) => /grant|account|create/.test(action));
  expect(await actions('--installation')).toEqual(['create-account', 'create-practice']);
  const given = ['list-grants', 'list-grants', 'end-grant', 'list-grants', 'grant', 'grant'];
  expect(await actions('--practice', 'elm-street')).toEqual(given);
}, 300_000);

test('what cannot be given is refused in a sentence that says what to do', async () => {
  const grant = (...more: string[]) => told('grant', 'add', OWNER, '--practice', 'elm-street', ...more);
  expect(await grant('--role', 'boss')).toContain('--role must be one of owner, dentist');
  expect(await grant('--role', 'break-glass')).toContain('--role must be one of');
  expect(await grant('--role', 'patient')).toContain('add --chart');
  const absent = '0b7a5a0e-0f0e-4b6e-9d53-6f6f2b9f3a01';
  expect(await grant('--role', 'patient', '--chart', absent)).toContain('No patient of that practice');
  expect(await grant('--role', 'nurse', '--chart', absent)).toContain('leave --chart out');
  expect(await grant('--role', 'nurse', '--sections', 'sensitive')).toContain('administrative, clinical');
  expect(await grant('--role', 'nurse', '--until', '2026-02-31')).toContain('must be a time');
  expect(await grant('--role', 'nurse', '--until', '2020-01-01')).toContain('over already');
  expect(await told('grant', 'end', absent)).toContain('There is no such grant');
  expect(await told('practice', 'add', 'Elm', '--name', 'R')).toContain('A slug is');
  expect(await told('practice', 'add', 'lakeside-family', '--name', 'L')).toContain('of the demo');
  expect(await told('practice', 'add', 'elm-street', '--name', 'R')).toContain('has that slug');
  expect(await told('account', 'add', OWNER, '--name', 'Ada')).toContain('has an account');
  expect(await told('account', 'add', 'nobody', '--name', 'Ada')).toContain('not an e-mail address');
}, 300_000);

test('production starts on it, and the same owner signs in there', async () => {
  await server.stop();
  const production = {
    ...environment,
    POSTERN_PUBLIC_URL: 'https://care.elm-street.org',
    POSTERN_TRUSTED_PROXIES: '127.0.0.1',
    POSTERN_SECURITY_CONTACT: 'mailto:security@elm-street.org',
  };
  server = await serveUntilStopped({ folder, environment: production });
  expect(server.said()).toContain('https://care.elm-street.org');
  const args = ['signin', OWNER];
  const { out } = await runPostern({ folder, environment: production, args });
  expect(out).toMatch(/^https:\/\/care\.elm-street\.org\/signin#/);
}, 300_000);
