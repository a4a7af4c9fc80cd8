/**
 * Whoever holds on to what is being sent: readers who take nothing or little, who hang up at every moment,
 * and senders who drip. Over sockets, as they would. None of it leaves a file open or a place taken, or ends
 * the server.
 */
import { randomBytes } from 'node:crypto';
import { readdir, readlink } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChartId, PracticeId } from '../../src/base/ids.ts';
import { USUAL_LIMITS } from '../../src/http/index.ts';
import { blobPaths, fileOf, PART, sendFile, uploadHeaders } from '../support/file-requests.ts';
import { freePort } from '../support/free-port.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

const PACE_MS = 700;
const EACH = 4;
/** More than the machine's own buffers between two sockets take. */
const LARGE = 24 * 1024 * 1024;

let served: ServedPractices;
let port: number;
let practice: PracticeId;
let chart: ChartId;
let doctor: Person;
let patient: Person;
let file: string;

beforeAll(async () => {
  port = await freePort();
  const places = { ...USUAL_LIMITS.places, sessions: { all: 12, each: EACH } };
  const flow = { bytes: 64 * 1024, ms: PACE_MS };
  served = await servePractices({ port, limits: { ...USUAL_LIMITS, places, flow, lateMs: 60_000 } });
  await served.gate.listen(served.database.serverConnection);
  practice = await served.makePractice();
  chart = await served.chart(practice);
  doctor = await served.person(practice, { role: 'doctor' });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
  await served.server.listen();
  file = await fileOf(served, doctor, `Patient/${chart}`, randomBytes(LARGE));
});
afterAll(() => served.close());

/** Asks, and reads nothing of the answer. */
async function asking(who: Person, target: string, fields = ''): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  socket.pause();
  await new Promise((connected) => socket.once('connect', connected));
  socket.write(`GET ${target} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${who.token}\r\n${fields}\r\n`);
  return socket;
}

/** Files of the store that this process, which is the server too, has open. */
async function openBlobs(): Promise<number> {
  const links = await readdir('/proc/self/fd').catch(() => []);
  const targets = await Promise.all(
    links.map((link) => readlink(join('/proc/self/fd', link)).catch(() => '')),
  );
  return targets.filter((target) => target.startsWith(served.filesFolder)).length;
}

const whole = async (who: Person) => {
  const answer = await fetch(`http://127.0.0.1:${port}/fhir/Binary/${file}`, {
    headers: { authorization: `Bearer ${who.token}`, accept: 'application/octet-stream' },
  });
  return { status: answer.status, bytes: (await answer.arrayBuffer()).byteLength };
};
const soon = { timeout: 20_000, interval: 25 };

test('a reader who takes what is sent gets all of it, however often', async () => {
  for (let time = 0; time < 2; time += 1) expect(await whole(patient)).toEqual({ status: 200, bytes: LARGE });
  await expect.poll(openBlobs, soon).toBe(0);
});

test('who hangs up at whatever moment leaves no file open', async () => {
  for (let moment = 0; moment < 30; moment += 1) {
    const who = await served.person(practice, { role: 'patient', chartId: chart });
    const socket = await asking(who, `/fhir/Binary/${file}`);
    await new Promise((gone) => setTimeout(gone, moment * 2));
    socket.resetAndDestroy();
  }
  for (const method of ['HEAD', 'GET']) {
    const answer = await fetch(`http://127.0.0.1:${port}/fhir/Binary/${file}`, {
      method,
      headers: { authorization: `Bearer ${patient.token}`, range: 'bytes=5-9', 'if-range': '"1"' },
    });
    expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([206, method === 'GET' ? 5 : 0]);
  }
  await expect.poll(openBlobs, soon).toBe(0);
  expect((await whole(patient)).status).toBe(200);
});

test('who takes nothing, or a byte now and then, is not waited for and takes nobody a place', async () => {
  const slow = await served.person(practice, { role: 'patient', chartId: chart });
  const sockets = await Promise.all(Array.from({ length: EACH }, () => asking(slow, `/fhir/Binary/${file}`)));
  await expect.poll(openBlobs, soon).toBe(EACH);
  expect((await whole(slow)).status).toBe(503);
  expect((await whole(patient)).status).toBe(200);
  const dripping = setInterval(() => sockets[0]!.read(1), 50);
  await expect.poll(openBlobs, soon).toBe(0);
  clearInterval(dripping);
  for (const socket of sockets) socket.destroy();
  expect(await whole(slow)).toEqual({ status: 200, bytes: LARGE });
});

test('who reads at their own pace gets no more once the session has ended', async () => {
  const leaving = await served.person(practice, { role: 'patient', chartId: chart });
  const socket = await asking(leaving, `/fhir/Binary/${file}`);
  // Once it has begun: an ended session would be a 401, after which the connection stays.
  await new Promise((begun) => socket.once('readable', begun));
  expect(String(socket.read(12))).toBe('HTTP/1.1 200');
  expect(await openBlobs()).toBe(1);
  await served.ask(leaving.token, 'DELETE', '/session');
  let received = 0;
  socket.on('data', (piece) => {
    received += piece.length;
  });
  socket.resume();
  await new Promise((closed) => socket.once('close', closed));
  expect(received).toBeLessThan(LARGE);
  await expect.poll(openBlobs, soon).toBe(0);
});

test('senders who drip are given up, and keep nobody else from sending', async () => {
  const before = (await blobPaths(served)).length;
  const drip = async () => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    const fields = [
      'POST /fhir/Binary HTTP/1.1',
      'host: x',
      `authorization: Bearer ${doctor.token}`,
      'content-type: application/pdf',
      `x-security-context: Patient/${chart}`,
      'content-length: 100000',
    ];
    socket.write(`${fields.join('\r\n')}\r\n\r\n%PDF-1.4`);
    const timer = setInterval(() => socket.write('.'), 50);
    let answer = '';
    socket.on('data', (text) => {
      answer += String(text);
    });
    await new Promise((closed) => socket.once('close', closed));
    clearInterval(timer);
    return answer.slice(0, 'HTTP/1.1 400'.length);
  };
  const dripping = Array.from({ length: EACH }, drip);
  const colleague = await served.person(practice, { role: 'doctor' });
  const mine = await fileOf(served, colleague, `Patient/${chart}`, randomBytes(1000));
  expect(mine).toMatch(/^[0-9a-f-]{36}$/);
  expect(await Promise.all(dripping)).toEqual(Array.from({ length: EACH }, () => 'HTTP/1.1 400'));
  expect(await blobPaths(served)).toHaveLength(before + 1);
  const again = await fileOf(served, doctor, `Patient/${chart}`, randomBytes(1000));
  expect(again).not.toBe(mine);
});

test('a dripping part of an upload keeps what came, and its sender goes on from there', async () => {
  const content = Buffer.concat([
    Buffer.from('%PDF-1.4\n'),
    Buffer.alloc(5000, '.'),
    Buffer.from('\n%%EOF\n'),
  ]);
  const url = `http://127.0.0.1:${port}`;
  const authorization = `Bearer ${patient.token}`;
  const begun = await fetch(`${url}/uploads`, {
    method: 'POST',
    headers: { authorization, ...uploadHeaders(content.length, { chart, filename: 'a.pdf' }) },
  });
  const path = begun.headers.get('location')!;
  const part = (offset: number, body: BodyInit) =>
    fetch(`${url}${path}`, {
      method: 'PATCH',
      headers: { authorization, ...PART, 'upload-offset': String(offset) },
      body,
      duplex: 'half',
    } as RequestInit);
  const stuck = new ReadableStream({
    start: (controller) => controller.enqueue(content.subarray(0, 3000)),
  });
  expect((await part(0, stuck)).status).toBe(400);
  const last = await part(3000, content.subarray(3000));
  expect([last.status, last.headers.get('upload-offset')]).toEqual([204, String(content.length)]);
});

test('who acts for a patient and is sent away in the middle files nothing and gets no more', async () => {
  const proxy = await served.person(practice, { role: 'proxy', chartId: chart });
  const content = Buffer.concat([
    Buffer.from('%PDF-1.4\n'),
    Buffer.alloc(3000, '.'),
    Buffer.from('\n%%EOF\n'),
  ]);
  const begin = async (who: Person) => {
    const headers = uploadHeaders(content.length, { chart, filename: 'a.pdf' });
    return (await sendFile(served, who, 'POST', '/uploads', headers)).headers.location!;
  };
  const part = { ...PART, 'upload-offset': '0' };
  const done = await sendFile(served, proxy, 'PATCH', await begin(proxy), part, content);
  expect(done.headers['upload-document']).toMatch(/^DocumentReference/);
  const reading = await asking(proxy, `/fhir/Binary/${file}`);
  await expect.poll(openBlobs, soon).toBe(1);
  const path = await begin(proxy);
  const source = (async function* () {
    yield content.subarray(0, 1000);
    await sendAway(proxy);
    yield content.subarray(1000);
  })();
  const refused = await sendFile(served, proxy, 'PATCH', path, part, source);
  expect([401, 404]).toContain(refused.status);
  expect([401, 404]).toContain((await sendFile(served, proxy, 'GET', path, PART)).status);
  expect([401, 404]).toContain((await sendFile(served, proxy, 'DELETE', path, PART)).status);
  const found = await served.ask(doctor.token, 'GET', `/fhir/DocumentReference/${path.split('/').at(-1)}`);
  expect(found.status).toBe(404);
  reading.resume();
  await expect.poll(openBlobs, soon).toBe(0);
  expect([401, 404]).toContain((await whole(proxy)).status);
});

/** As the patient does it, by the list of who sees the record. */
async function sendAway({ accountId }: Person): Promise<void> {
  const { json } = await served.ask(patient.token, 'GET', `/family?chart=${chart}`);
  const people = json.records![0]!.people as unknown as { id: string; account?: string }[];
  const { id } = people.find(({ account }) => account === undefined || account === accountId)!;
  expect((await served.ask(patient.token, 'DELETE', `/family/${id}`)).status).toBe(204);
}
