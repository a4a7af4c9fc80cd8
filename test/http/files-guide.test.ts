/** The commands of docs/guides/files.md, as whoever follows it runs them. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChartId } from '../../src/base/ids.ts';
import { freePort } from '../support/free-port.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

const run = promisify(execFile);
let served: ServedPractices;
let chart: ChartId;
let doctor: Person;
let folder: string;

beforeAll(async () => {
  const port = await freePort();
  served = await servePractices({ port, publicUrl: `http://127.0.0.1:${port}` });
  const practice = await served.makePractice();
  chart = await served.chart(practice, { name: [{ family: 'Whitfield' }] });
  doctor = await served.person(practice, { role: 'doctor' });
  await served.server.listen();
  folder = await mkdtemp(join(tmpdir(), 'postern-files-guide-'));
});
afterAll(async () => {
  await served.close();
  await rm(folder, { recursive: true, force: true });
});

test('the guide sends a file by curl in two parts and whole, and reads it and a part of it', async () => {
  const guide = await readFile(new URL('../../docs/guides/files.md', import.meta.url), 'utf8');
  const section = guide.split('### By curl')[1]!.split('\n## ')[0]!;
  const script = [...section.matchAll(/```\n([\s\S]*?)```/g)].map(([, commands]) => commands).join('');
  expect(script).toContain('/uploads');
  const commands = script
    .replace('http://localhost:8080', served.publicUrl)
    // The command that prints it is the operator's; here the doctor has one already.
    .replace(/^TOKEN=.*$/m, `TOKEN=${doctor.token}`);
  await writeFile(join(folder, 'letter.pdf'), Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(5000)]));
  const { stdout } = await run('sh', ['-ec', commands], { cwd: folder });
  const [said, ...rest] = stdout.split('\n');
  expect(said).toBe('the same');
  expect(rest.join('\n')).toMatch(/^%PDF-\{"resourceType":"DocumentReference"/);
  expect(stdout).toContain(`Patient/${chart}`);
});
