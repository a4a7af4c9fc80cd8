/** The operator is told of reports by mail: by a real listener, that is down and up again. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Configuration } from '../../src/base/configuration.ts';
import { acknowledgeReport, type Desk, ReportMail } from '../../src/watch/index.ts';
import { type FreshDatabase, freshDatabase } from '../support/database.ts';
import { type MailListener, mailListener } from '../support/mail-listener.ts';
import { openReportDesk, sealed } from '../support/report-desk.ts';

const CANARY = 'cnry-what-was-found';
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

let database: FreshDatabase;
let listener: MailListener;
let desk: Desk;
let faults: string[];
/** What the desk's mails take for the time is so much later than it is. */
let later: number;
beforeEach(async () => {
  [database, listener] = await Promise.all([freshDatabase(), mailListener()]);
  desk = await openReportDesk(database);
  faults = [];
  later = 0;
});
afterEach(async () => {
  await listener.stop();
  await database.close();
});

type Settings = Pick<Configuration, 'publicUrl' | 'securityContacts' | 'smtpUrl' | 'mailFrom'>;

function mailOf(settings: Partial<Settings> = {}): ReportMail {
  const configuration: Settings = {
    publicUrl: 'https://care.practice.org',
    securityContacts: [
      'https://elsewhere.example/report',
      'mailto:security@practice.org',
      'mailto:it@practice.org',
    ],
    smtpUrl: `smtp://127.0.0.1:${listener.port}`,
    mailFrom: null,
    ...settings,
  };
  const onError = (what: string, error: unknown) => void faults.push(`${what} ${(error as Error).message}`);
  return new ReportMail({
    owner: database.owner,
    configuration,
    clock: { now: () => new Date(Date.now() + later) },
    onError,
  });
}

/** What a script of its own process says on standard error. */
async function runScript(script: string, environment: Readonly<Record<string, string>>): Promise<string> {
  const args = ['--input-type=module', '-e', script];
  const env = { PATH: process.env.PATH ?? '', ...environment };
  const { stderr } = await promisify(execFile)(process.execPath, args, { env });
  return stderr;
}

let networks = 0;
const report = async (text = CANARY) => {
  networks += 1;
  return desk.take(await sealed(`${text} ${Math.random()}`), `198.51.100.${networks}`);
};
const messageId = (text: string) => /^Message-ID: (<[^>]+>)/im.exec(text)![1]!;

test('of many reports that come at once from one network, five are taken', async () => {
  const all = await Promise.all(Array.from({ length: 20 }, (_, each) => sealed(`at once ${each}`)));
  const answers = await Promise.allSettled(all.map((each) => desk.take(each, '203.0.113.9')));
  const refused = answers.filter((each) => each.status === 'rejected');
  expect(answers.length - refused.length).toBe(5);
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'throttled' });
});

describe('a mail about reports', () => {
  test('goes to every mail address of the contacts, and says nothing of what was found', async () => {
    await listener.start();
    const mail = mailOf();
    const receipt = await report();
    await mail.round();
    await mail.round();
    expect(faults).toEqual([]);
    expect(listener.mails).toHaveLength(1);
    const [{ from, to, text }] = listener.mails as [(typeof listener.mails)[number]];
    expect([from, to]).toEqual(['security@practice.org', ['security@practice.org', 'it@practice.org']]);
    expect(text).toContain(receipt);
    expect(text).toContain('Subject: One report of a weakness at care.practice.org');
    expect(text).toMatch(/^Auto-Submitted: auto-generated/im);
    expect(text).not.toContain(CANARY);
    expect(messageId(text)).toMatch(/@care\.practice\.org>$/);
  });

  test('waits while the listener is down, is tried ever more seldom, and comes once it is up', async () => {
    const mail = mailOf({ mailFrom: 'postern@practice.org' });
    const receipt = await report();
    const tried: number[] = [];
    for (let minute = 0; minute < 20; minute += 1) {
      later = minute * MINUTE;
      const before = faults.length;
      await mail.round();
      if (faults.length > before) tried.push(minute);
    }
    expect(tried).toEqual([0, 1, 3, 7, 15]);
    expect(faults[0]).toBe(
      'A mail about reports was not sent; it will be tried again. ' +
        'The mail server did not take the mail (ESOCKET).',
    );
    await listener.start();
    for (; later < 40 * MINUTE; later += MINUTE) await mail.round();
    expect(listener.mails).toHaveLength(1);
    expect(listener.mails[0]!.from).toBe('postern@practice.org');
    expect(listener.mails[0]!.text).toContain(receipt);
  });

  test('is not lost with the process, and is the same mail when it is tried again', async () => {
    // The server took it, and the process ended before it could note that.
    await listener.start();
    await report();
    await mailOf().round();
    await database.owner.query('update postern.disclosure_mail set sent_at = null, try_at = now()');
    await mailOf().round();
    expect(listener.mails).toHaveLength(2);
    expect(messageId(listener.mails[1]!.text)).toBe(messageId(listener.mails[0]!.text));
  });

  test('is sent by one of several servers alone', async () => {
    await listener.start();
    const receipts = [await report(), await report()];
    await Promise.all(Array.from({ length: 6 }, () => mailOf().round()));
    expect(faults).toEqual([]);
    const text = listener.mails.map((each) => each.text).join('\n');
    for (const receipt of receipts) {
      expect(text.split(`\n  ${receipt}`).length - 1, receipt).toBe(1);
    }
  });

  test('tells of a flood in few mails', async () => {
    await listener.start();
    const mail = mailOf();
    const receipts: string[] = [];
    for (let minute = 0; minute < 20; minute += 1) {
      later = minute * MINUTE;
      for (let each = 0; each < 3; each += 1) {
        receipts.push(await desk.take(await sealed(`${minute} ${each}`), `192.0.2.${minute}`));
      }
      await mail.round();
    }
    later = 30 * MINUTE;
    await mail.round();
    expect(listener.mails.length).toBeLessThanOrEqual(6);
    const text = listener.mails.map((each) => each.text).join('\n');
    for (const receipt of receipts) expect(text).toContain(receipt);
  });

  test('reminds twice, after two days and after four, and not of what was acknowledged', async () => {
    await listener.start();
    const mail = mailOf();
    const [read, unread] = [await report(), await report()];
    await mail.round();
    await acknowledgeReport(database.owner, read, null);
    const days: number[] = [];
    for (let hour = 1; hour < 24 * 12; hour += 1) {
      later = (hour / 24) * DAY;
      const before = listener.mails.length;
      await mail.round();
      if (listener.mails.length > before) days.push(Math.round(hour / 24));
    }
    expect(days).toEqual([2, 4]);
    for (const { text } of listener.mails.slice(1)) {
      expect(text).toContain('Subject: Reminder: One report of a weakness');
      expect([text.includes(unread), text.includes(read)]).toEqual([true, false]);
    }
  });

  test('is made once there is a server or an address, also of what came before', async () => {
    await listener.start();
    const receipt = await report();
    await mailOf({ smtpUrl: null }).round();
    await mailOf({ securityContacts: ['tel:+15550100'] }).round();
    expect(listener.mails).toEqual([]);
    await mailOf().round();
    expect(listener.mails[0]!.text).toContain(receipt);
  });
});

test('a served report is told of at once, and stopping waits for what is under way', async () => {
  await listener.start();
  const mail = mailOf();
  mail.start();
  const poked = await openReportDesk(database, { onReport: () => mail.poke() });
  const receipt = await poked.take(await sealed(CANARY), '192.0.2.1');
  await mail.stop();
  expect(listener.mails.map(({ text }) => text.includes(receipt))).toEqual([true]);
  expect(faults).toEqual([]);
});

describe('beyond this machine', () => {
  test('nothing is sent to a server without TLS, and no password either', async () => {
    const names: string[] = [];
    const open = await mailListener({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      onAuth: ({ username }, _session, done) => {
        names.push(username ?? '');
        done(null, { user: username ?? '' });
      },
    });
    await open.start();
    await report();
    await mailOf({ smtpUrl: `smtp://desk:secret-word@0.0.0.0:${open.port}` }).round();
    expect(faults).toEqual([expect.stringMatching(/did not take the mail \(ETLS/)]);
    expect([open.mails, names]).toEqual([[], []]);
    await open.stop();
  });

  const folder = mkdtemp(join(tmpdir(), 'postern-mail-'));
  const openssl = spawnSync('openssl', ['version']).status === 0;
  if (!openssl) process.stderr.write('\n*** SKIPPED: no openssl here, so no mail is sent over TLS.\n\n');

  test.skipIf(!openssl)('goes by STARTTLS under a certificate that holds, with the password', async () => {
    const place = await folder;
    const [key, cert] = [join(place, 'key.pem'), join(place, 'cert.pem')];
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=localhost'],
      ...['-addext', 'subjectAltName=DNS:localhost'],
    ]);
    expect(made.status, made.stderr.toString()).toBe(0);
    const tls = await mailListener({
      disabledCommands: [],
      key: await readFile(key),
      cert: await readFile(cert),
      onAuth: ({ username, password }, _session, done) => {
        if (password === 'secret word') done(null, { user: username ?? '' });
        else done(new Error('No'));
      },
    });
    await tls.start();
    const receipt = await report();
    const smtpUrl = `smtp://desk:secret%20word@localhost:${tls.port}`;
    // A certificate of nobody that is known here.
    await mailOf({ smtpUrl }).round();
    expect(faults).toEqual([expect.stringMatching(/did not take the mail \(E/)]);
    expect(tls.mails).toEqual([]);
    // The authority is named as an operator names it, to a process of its own.
    const script = `
      import { sendMail } from ${JSON.stringify(new URL('../../src/post/index.ts', import.meta.url))};
      await sendMail(${JSON.stringify(smtpUrl)}, { from: 'a@practice.org', to: ['b@practice.org'],
        subject: 'One report', text: ${JSON.stringify(receipt)}, messageId: 'x@practice.org' });`;
    expect(await runScript(script, { NODE_EXTRA_CA_CERTS: cert })).toBe('');
    expect(tls.mails.map(({ secure, user }) => [secure, user])).toEqual([[true, 'desk']]);
    expect(tls.mails[0]!.text).toContain(receipt);
    await tls.stop();
    await rm(place, { recursive: true, force: true });
  });
});
