/** `postern reports` as an operator uses it, beside a server that finders send their reports to. */
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { armor, Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MailListener, mailListener } from '../support/mail-listener.ts';
import { freePort } from '../support/served-demo.ts';
import { type Ran, type Running, runPostern, serveUntilStopped } from '../support/serving.ts';

let folder: string;
let server: Running;
let environment: Record<string, string>;
let origin: string;
let listener: MailListener;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postern-reports-'));
  const port = await freePort();
  listener = await mailListener();
  await listener.start();
  origin = `http://127.0.0.1:${port}`;
  environment = {
    POSTERN_DATA: join(folder, 'data'),
    POSTERN_KEY_VAULT: `file:${join(folder, 'keys', 'root.key')}`,
    POSTERN_PORT: String(port),
    POSTERN_SECURITY_CONTACT: 'mailto:security@practice.org',
    POSTERN_SMTP_URL: `smtp://127.0.0.1:${listener.port}`,
  };
  server = await serveUntilStopped({ folder, environment });
});
afterAll(async () => {
  await server.stop();
  await listener.stop();
  await rm(folder, { recursive: true, force: true });
});

const reports = (...args: string[]): Promise<Ran> =>
  runPostern({ folder, environment, args: ['reports', ...args] });
/** A server that is busy (it has just started, on a machine that does much else) is asked again. */
const ask = async (path: string, init: RequestInit = {}) => {
  let answer = await fetch(`${origin}${path}`, init);
  for (let again = 0; again < 10 && answer.status === 503; again += 1) {
    await delay(300);
    answer = await fetch(`${origin}${path}`, init);
  }
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};
const send = (body: Uint8Array | string, type = 'application/octet-stream') =>
  ask('/security/reports', { method: 'POST', headers: { 'content-type': type }, body: Buffer.from(body) });
const identityFile = () => join(folder, 'keys', 'reports.key');

async function seal(text: string): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient((await ask('/security/recipient.txt')).text.trim());
  return encrypter.encrypt(text);
}

const report = {
  what: 'The door opens \u001b[31mby itself\u001b[0m.\n7K3M-Q9ZD-1XWP  acknowledged \u202eyadot\u202c',
  where: '/portal\r/desk',
  how: '',
  contact: 'finder@elsewhere.example',
  language: 'en',
};
let receipt: string;

describe('before the desk has been set up', () => {
  test('the pages say how else to report, and nothing is taken that nobody could open', async () => {
    const form = await ask('/security/report');
    expect(form.text).toContain('have not been set up here yet');
    expect(form.text).toContain('mailto:security@practice.org');
    expect(form.text).not.toContain('<form');
    expect((await ask('/security/recipient.txt')).status).toBe(404);
    const txt = await ask('/.well-known/security.txt');
    expect(txt.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(txt.text).not.toMatch(/Encryption|security\/report/);
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(await generateX25519Identity()));
    expect((await send(await encrypter.encrypt('x'))).status).toBe(503);
    expect(await reports('list')).toEqual({
      code: 0,
      out: '',
      err: 'Sealed reports are not set up yet: postern reports init.\n',
    });
  }, 120_000);
});

test('the server says at its start what finders would miss, and test-mail tries the way', async () => {
  expect(server.said()).toContain('Sealed reports of weaknesses are not set up: postern reports init.');
  expect(server.said()).not.toContain('Nobody is told of them by mail');
  const tried = await reports('test-mail');
  expect([tried.code, tried.out]).toEqual([0, expect.stringContaining('security@practice.org')]);
  expect(listener.mails.splice(0).map(({ to }) => to)).toEqual([['security@practice.org']]);
  const none = await runPostern({
    folder,
    environment: { ...environment, POSTERN_SMTP_URL: '' },
    args: ['reports', 'test-mail'],
  });
  expect([none.code, none.err]).toEqual([1, 'postern: POSTERN_SMTP_URL names no mail server.\n']);
}, 120_000);

describe('once it has been set up', () => {
  beforeAll(async () => {
    const made = await reports('init');
    expect([made.code, made.out]).toEqual([0, expect.stringMatching(/^age1[02-9ac-hj-np-z]{58}\n$/)]);
    expect(made.err).toContain('Whoever has it can read the reports');
  }, 120_000);

  test('the identity is private, and the running server seals to it at once', async () => {
    expect((await stat(identityFile())).mode & 0o777).toBe(0o600);
    const text = await readFile(identityFile(), 'utf8');
    const { text: recipient } = await ask('/security/recipient.txt');
    expect(text).toContain(`# public key: ${recipient}`);
    expect((await ask('/security/report')).text).toContain(`data-recipient="${recipient.trim()}"`);
    expect((await ask('/.well-known/security.txt')).text).toMatch(/^Contact: .*\/security\/report$/m);
    const again = await reports('init', '--json');
    expect(JSON.parse(again.out)).toEqual({
      recipient: recipient.trim(),
      identity: identityFile(),
      made: false,
      changed: false,
    });
  }, 120_000);

  test('what is not sealed, too large or of another kind is refused, and says how it must be', async () => {
    const plain = await send('I found a weakness in the door');
    expect([plain.status, plain.text]).toEqual([422, expect.stringContaining('must be an age file')]);
    expect(plain.text).not.toContain('weakness in the door');
    expect((await send(await seal('x'), 'text/plain')).status).toBe(415);
    expect((await send(await seal('x'.repeat(257 * 1024)))).status).toBe(413);
    expect((await ask('/security/reports')).status).toBe(405);
  });

  test('a report is listed and shown, and steers no terminal', async () => {
    const sent = await send(await seal(JSON.stringify(report)));
    expect(sent.status).toBe(201);
    ({ receipt } = JSON.parse(sent.text) as { receipt: string });
    await expect.poll(() => listener.mails.length, { timeout: 10_000 }).toBe(1);
    expect(listener.mails[0]!.text).toContain(`postern reports show ${receipt}`);
    const [listed, shown, json] = [
      await reports('list', '--waiting', '--json'),
      await reports('show', receipt.toLowerCase()),
      await reports('show', receipt, '--json'),
    ];
    expect(JSON.parse(listed.out)).toEqual([
      { receipt, receivedAt: expect.any(String), bytes: expect.any(Number), acknowledgedAt: null },
    ]);
    expect(shown.out).not.toMatch(/[^\P{Cc}\n]|\p{Bidi_Control}/u);
    expect(shown.out).toContain('  | The door opens \\u001b[31mby itself\\u001b[0m.\n');
    expect(shown.out).toContain('  | 7K3M-Q9ZD-1XWP  acknowledged \\u202eyadot');
    expect(shown.out).toContain('  | finder@elsewhere.example\n');
    expect(JSON.parse(json.out)).toMatchObject({ receipt, acknowledgedAt: null, report, note: null });
  }, 120_000);

  test('acknowledging says when it was read, to the finder too, and keeps the note sealed', async () => {
    const note = 'Mended; the finder knows';
    const done = await reports('acknowledge', receipt, '--note', note, '--json');
    const { acknowledgedAt } = JSON.parse(done.out) as { acknowledgedAt: string };
    expect(Date.now() - Date.parse(acknowledgedAt)).toBeLessThan(60_000);
    const again = await reports('acknowledge', receipt);
    expect(again.out).toBe(`${receipt}  ${acknowledgedAt}\n`);
    expect(JSON.parse((await reports('show', receipt, '--json')).out)).toMatchObject({
      note,
      acknowledgedAt,
    });
    const page = await ask(`/security/receipt?number=${receipt}`);
    expect(page.text).toContain('Read and confirmed on');
    expect(page.text).not.toContain('Mended');
    expect((await reports('list', '--waiting')).err).toBe('There are no reports.\n');
    const absent = await reports('acknowledge', receipt, '0000-0000-0000');
    expect([absent.code, absent.err]).toEqual([1, 'postern: No report has the receipt 0000-0000-0000.\n']);
  }, 120_000);

  test('an identity that others can read is refused, and one kept elsewhere opens it there', async () => {
    await chmod(identityFile(), 0o640);
    const open = await reports('show', receipt);
    expect([open.code, open.err]).toEqual([1, expect.stringMatching(/can be read .*chmod 600/)]);
    await chmod(identityFile(), 0o600);
    const inside = await reports('init', '--identity', join(folder, 'data', 'reports.key'));
    expect([inside.code, inside.err]).toEqual([1, expect.stringMatching(/inside the data folder.*move it/)]);
    const none = await reports('show', receipt, '--identity', join(folder, 'nowhere.key'));
    expect([none.code, none.err]).toEqual([1, expect.stringMatching(/no identity at .*--sealed/)]);
    const sealed = await reports('show', receipt, '--sealed');
    const decrypter = new Decrypter();
    const lines = (await readFile(identityFile(), 'utf8')).split('\n');
    decrypter.addIdentity(lines.find((line) => line.startsWith('AGE-SECRET-KEY-'))!);
    expect(JSON.parse(await decrypter.decrypt(armor.decode(sealed.out), 'text'))).toEqual(report);
  }, 120_000);

  test('another recipient takes its place, and reports from before need the identity of then', async () => {
    const before = (await ask('/security/recipient.txt')).text.trim();
    const other = join(folder, 'other.key');
    const made = await reports('init', '--identity', other, '--json');
    expect(JSON.parse(made.out)).toMatchObject({ made: true, changed: true });
    expect((await ask('/security/recipient.txt')).text.trim()).not.toBe(before);
    const wrong = await reports('show', receipt, '--identity', other);
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('sealed to another one')]);
    expect((await reports('show', receipt)).code).toBe(0);
    const back = await reports('init', '--recipient', before, '--json');
    expect(JSON.parse(back.out)).toMatchObject({ recipient: before, identity: null, changed: true });
    const mistyped = await reports(
      'init',
      '--recipient',
      before.replace(/.$/, (last) => (last === 'q' ? 'p' : 'q')),
    );
    expect([mistyped.code, mistyped.err]).toEqual([2, expect.stringContaining('must be an age recipient')]);
  }, 120_000);

  test('a report is removed for good once it has been acknowledged, and not before', async () => {
    const sent = JSON.parse((await send(await seal('x'))).text) as { receipt: string };
    const early = await reports('remove', receipt, sent.receipt);
    expect([early.code, early.err]).toEqual([1, expect.stringContaining('not been acknowledged yet')]);
    expect((await reports('remove', receipt)).out).toBe(`${receipt}  removed\n`);
    expect((await reports('show', receipt)).code).toBe(1);
    expect((await ask(`/security/receipt?number=${receipt}`)).text).toContain('no report with that number');
  }, 120_000);

  test('what the operator does leaves lines in the log of the installation', async () => {
    const args = ['log', 'show', '--installation', '--json'];
    const { out } = await runPostern({ folder, environment, args });
    const actions = out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { action: string }).action);
    for (const action of ['reports-init', 'reports-show', 'reports-acknowledge', 'reports-remove']) {
      expect(actions).toContain(action);
    }
  }, 120_000);
});
