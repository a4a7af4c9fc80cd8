/**
 * Files made to harm whoever takes, scans, draws or opens them, sent by somebody who may send files: by an
 * upload, as bytes, and within JSON. What runs is not taken, or goes out as bytes to be saved; what is
 * malicious is opened for nobody; and nothing of it makes the server fail.
 */
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChartId, PracticeId } from '../../src/base/ids.ts';
import { ClamAv } from '../../src/documents/index.ts';
import { type Clamd, clamdProgram, EICAR, MOST_BYTES, startClamd } from '../support/clamd.ts';
import { blobsOf } from '../support/file-requests.ts';
import { dicomOf } from '../support/made-dicom.ts';
import { pdfOf } from '../support/made-pdf.ts';
import { pngOf } from '../support/made-png.ts';
import { zipOf } from '../support/made-zip.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

const program = clamdProgram();
let clamd: Clamd | null = null;
let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let doctor: Person;

beforeAll(async () => {
  if (program !== null) clamd = await startClamd(program);
  const scanner = clamd === null ? {} : { scanner: new ClamAv({ kind: 'unix', path: clamd.path }) };
  served = await servePractices(scanner);
  practice = await served.makePractice();
  chart = await served.chart(practice, { name: [{ family: 'Okafor' }] });
  doctor = await served.person(practice, { role: 'doctor' });
});
afterAll(async () => {
  await served.close();
  await clamd?.stop();
});

const SCRIPT = '<script>alert(document.domain)</script>';
const picture = (format: 'png' | 'jpeg' | 'webp' | 'gif') =>
  sharp({ create: { width: 64, height: 32, channels: 3, background: 'teal' } })
    [format]()
    .toBuffer();
const dicom = (comment: string) =>
  dicomOf(
    { rows: 8, columns: 8, samples: 1, bits: 8, photometric: 'MONOCHROME2', comment },
    Buffer.from(Array.from({ length: 64 }, (_, at) => at * 4)),
  );

async function send(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  content: Uint8Array = Buffer.alloc(0),
) {
  const body = (async function* () {
    yield content;
  })();
  const authorization = `Bearer ${doctor.token}`;
  const request = {
    method,
    path,
    query: '',
    headers: { authorization, ...headers },
    address: '192.0.2.1',
    body,
  };
  const answer = await served.server.handle(request);
  const pieces: Uint8Array[] = [];
  if (answer.body instanceof Uint8Array) pieces.push(answer.body);
  else for await (const piece of answer.body ?? []) pieces.push(piece as Uint8Array);
  return { ...answer, bytes: Buffer.concat(pieces) };
}

const TUS = { 'tus-resumable': '1.0.0' };
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** By an upload in one part; the status of its end, and the address of the Binary where there is one. */
async function uploaded(content: Buffer, filename = 'card.png', filetype = 'image/png') {
  const said = { chart, filename, filetype, type: 'other', title: 'A file' };
  const list = Object.entries(said).map(([name, value]) => `${name} ${base64(value)}`);
  const begun = await send('POST', '/uploads', {
    ...TUS,
    'upload-length': String(content.length),
    'upload-metadata': list.join(','),
  });
  // A name with a null in it is none.
  if (begun.status === 400) return { status: 400, said: begun.bytes.toString(), url: null };
  expect(begun.status).toBe(201);
  const part = { ...TUS, 'content-type': 'application/offset+octet-stream', 'upload-offset': '0' };
  const ended = await send('PATCH', begun.headers.location!, part, content);
  const document = ended.headers['upload-document'];
  if (document === undefined) return { status: ended.status, said: ended.bytes.toString(), url: null };
  const { json } = await served.ask(doctor.token, 'GET', `/fhir/${document}`);
  const url = json.content![0]!.attachment!.url as unknown as string;
  return { status: ended.status, said: '', url: `/fhir/${url}` };
}

/** Within a Binary in JSON, as records bring it along. */
async function within(content: Buffer, contentType = 'image/png'): Promise<string> {
  const { status, json } = await sentWithin(content, contentType);
  expect(status).toBe(201);
  return `/fhir/Binary/${json.id as unknown as string}`;
}

async function sentWithin(content: Buffer, contentType: string) {
  const securityContext = { reference: `Patient/${chart}` };
  const body = { resourceType: 'Binary', contentType, securityContext, data: content.toString('base64') };
  return served.ask(doctor.token, 'POST', '/fhir/Binary', { body });
}

const blobCount = async () => (await blobsOf(served)).length;

test('what is shown is shown as what it is, by every way, in a place where nothing runs', async () => {
  const files: readonly (readonly [Buffer, string, string])[] = [
    [pdfOf('0 0 1 rg 0 0 200 100 re f'), 'application/pdf', 'inline'],
    [await picture('png'), 'image/png', 'inline'],
    [Buffer.from('HbA1c 5.7 %'), 'text/plain', 'inline'],
    [dicom('a tooth'), 'application/dicom', 'attachment'],
  ];
  for (const [content, type, way] of files) {
    // Whatever the sender says of it.
    const { url } = await uploaded(content, 'page.html', 'text/html');
    for (const address of [url!, await within(content, 'text/html')]) {
      const told = await send('GET', address, {});
      expect(told.bytes.equals(content), type).toBe(true);
      expect(told.headers['content-type']).toContain(type);
      expect(told.headers['content-disposition']).toMatch(new RegExp(`^${way}; filename="`));
      expect(told.headers['content-disposition']).not.toMatch(/\.html"?$/);
      expect(told.headers['content-security-policy']).toContain("sandbox; default-src 'none'");
      expect(told.headers['x-content-type-options']).toBe('nosniff');
    }
  }
});

/** Each with the name under which it would do harm. */
async function hostile(): Promise<readonly (readonly [string, Buffer])[]> {
  const zip = zipOf({ 'a.html': SCRIPT });
  const macros = {
    '[Content_Types].xml': '',
    '_rels/.rels': '',
    'word/document.xml': '',
    'word/vbaProject.bin': '',
  };
  return [
    ['page', Buffer.from(`<!doctype html>${SCRIPT}`)],
    ['page in UTF-16', Buffer.from(`\uFEFF<!doctype html>${SCRIPT}`, 'utf16le')],
    ['drawing', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
    ['drawing in XML', Buffer.from('<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>')],
    ['script', Buffer.from('#!/bin/sh\nrm -rf /\n')],
    ['program', Buffer.concat([Buffer.from('MZ'), Buffer.alloc(600), Buffer.from('PE\0\0')])],
    ['macros', zipOf(macros)],
    ['picture and archive', Buffer.concat([await picture('jpeg'), zip])],
    ['PDF and archive', Buffer.concat([pdfOf(''), zip])],
    ['page and PDF', Buffer.from(`${SCRIPT}\n%PDF-1.7\n`)],
    ['DICOM and program', Buffer.concat([Buffer.from('MZ\x90\0', 'latin1'), dicom('x').subarray(4)])],
    ['DICOM and page', Buffer.concat([Buffer.from(SCRIPT), dicom('x').subarray(SCRIPT.length)])],
  ];
}

test('what runs, or could be taken for two things, is not taken, and nothing of it is left', async () => {
  const before = await blobCount();
  for (const [what, content] of await hostile()) {
    const { status, said } = await uploaded(content);
    expect([what, status], said).toEqual([what, 415]);
    const raw = await send(
      'POST',
      '/fhir/Binary',
      { 'content-type': 'image/png', 'x-security-context': `Patient/${chart}` },
      content,
    );
    expect([what, raw.status]).toEqual([what, 415]);
  }
  expect(await blobCount()).toBe(before);
});

test('what comes within a record and runs goes out as bytes to be saved, under a harmless name', async () => {
  for (const [what, content] of await hostile()) {
    const address = await within(content);
    const told = await send('GET', address, { accept: 'text/html,image/svg+xml,*/*' });
    expect([what, told.status, told.headers['content-type']]).toEqual([
      what,
      200,
      'application/octet-stream',
    ]);
    expect(told.headers['content-disposition']).toMatch(/^attachment; filename="[^"]+\.bin"$/);
    expect(told.headers['x-content-type-options']).toBe('nosniff');
    expect((await send('GET', `${address}/$preview`, {})).status, what).toBe(422);
  }
});

test('words of a script within DICOM and text are words', async () => {
  const scan = (await uploaded(dicom(SCRIPT), 'scan.dcm', 'application/dicom')).url!;
  const told = await send('GET', scan, { accept: 'text/html' });
  expect(told.headers['content-type']).toBe('application/dicom');
  expect(told.headers['content-disposition']).toMatch(/^attachment/);
  const note = await uploaded(
    Buffer.from('She wrote: if (1 < 2) alert(1); onload="x"'),
    'note.txt',
    'text/plain',
  );
  const text = await send('GET', note.url!, { accept: 'text/html' });
  expect(text.headers['content-type']).toContain('text/plain');
});

test('names are names, whatever stands in them', async () => {
  const content = await picture('png');
  const names = [
    '../../../etc/cron.d/x',
    'a\0.exe',
    'x\r\nSet-Cookie: a=b',
    'invoice\u202Egnp.exe',
    'CON',
    '%2e%2e%2f"',
  ];
  for (const name of names) {
    const { status, url } = await uploaded(content, name);
    if (status !== 204) {
      expect([name, status]).toEqual([name, 400]);
      continue;
    }
    const { headers } = await send('GET', url!, {});
    const disposition = headers['content-disposition']!;
    expect(disposition).toMatch(
      /^inline; filename="[\w .,()!=-]+\.png"(; filename\*=UTF-8''[\w%.!-]+\.png)?$/,
    );
    expect(disposition).not.toMatch(/\.\.|%0|%2F|%5C|%E2%80%AE|filename="con\./i);
    expect(headers['set-cookie']).toBeUndefined();
  }
});

test('bombs are taken as what they are or not at all, and neither taking nor drawing them harms', {
  timeout: 120_000,
}, async () => {
  const bombs: readonly (readonly [Buffer, readonly number[]])[] = [
    [pngOf(60_000, 60_000, Buffer.alloc(1_000_000)), [422]],
    // Blanks that are packed three times over: drawn or given up, as time allows.
    [pdfOf(Buffer.alloc(30_000_000, ' '), { packed: 3 }), [200, 422]],
  ];
  for (const [content, statuses] of bombs) {
    expect([204, 413]).toContain((await uploaded(content, 'bomb.pdf', 'application/pdf')).status);
    const { status, json } = await sentWithin(content, 'application/pdf');
    expect([201, clamd === null ? 201 : 413]).toContain(status);
    if (status !== 201) continue;
    const drawn = await send('GET', `/fhir/Binary/${json.id as unknown as string}/$preview`, {});
    expect(statuses).toContain(drawn.status);
  }
  const packed = zipOf({
    '[Content_Types].xml': '',
    '_rels/.rels': '',
    'word/document.xml': Buffer.alloc(80_000_000),
  });
  // Where files are scanned, what cannot be looked into is not taken at all.
  expect((await uploaded(packed, 'letter.docx')).status).toBe(clamd === null ? 204 : 413);
  expect((await sentWithin(packed, 'application/msword')).status).toBe(clamd === null ? 201 : 413);
  expect((await uploaded(await picture('png'))).status).toBe(204);
});

test('a photo tells nobody where it was taken, and keeps its picture', async () => {
  const photo = await sharp({ create: { width: 64, height: 32, channels: 3, background: 'teal' } })
    .jpeg()
    .withExif({ IFD0: { Artist: 'Ada Okafor' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 30/1 0/1' } })
    .toBuffer();
  expect(photo.includes('Okafor')).toBe(true);
  const before = await blobCount();
  const { url } = await uploaded(photo, 'tooth.jpg', 'image/jpeg');
  const told = await send('GET', url!, {});
  expect(told.bytes.length).toBe(photo.length);
  expect(told.bytes.includes('Okafor')).toBe(false);
  expect((await sharp(told.bytes).metadata()).exif?.includes('GPS') ?? false).toBe(false);
  expect((await sharp(told.bytes).raw().toBuffer()).equals(await sharp(photo).raw().toBuffer())).toBe(true);
  // What came is gone.
  expect(await blobCount()).toBe(before + 1);
  const broken = await uploaded(photo.subarray(0, photo.length - 200), 'tooth.jpg', 'image/jpeg');
  expect(broken.status).toBe(415);
  expect(await blobCount()).toBe(before + 1);
});

test.skipIf(program === null)(
  'what a scanner finds is kept apart, its sender told and an incident opened',
  async () => {
    const incidents = async () => {
      const { rows } = await served.database.owner.query<{ kind: string }>(
        `select kind from postern.incident where practice_id = $1 and kind = 'malicious-file'`,
        [practice],
      );
      return rows.length;
    };
    const clean = await uploaded(Buffer.from('a letter'), 'letter.txt', 'text/plain');
    expect([clean.status, await incidents()]).toEqual([204, 0]);
    for (const content of [Buffer.from(EICAR), zipOf({ 'letter.txt': EICAR })]) {
      const { status, said, url } = await uploaded(content, 'letter.txt', 'text/plain');
      expect([status, url]).toEqual([422, null]);
      expect(said).toContain('malicious');
      expect(said).not.toContain('Eicar');
    }
    expect(await incidents()).toBeGreaterThan(0);
    const raw = { 'content-type': 'text/plain', 'x-security-context': `Patient/${chart}` };
    expect((await send('POST', '/fhir/Binary', raw, Buffer.from(EICAR))).status).toBe(422);
    const before = await blobCount();
    expect((await sentWithin(Buffer.from(EICAR), 'text/plain')).status).toBe(422);
    expect(await blobCount()).toBe(before);
    const large = await uploaded(Buffer.alloc(MOST_BYTES + 70_000, 'a letter '), 'long.txt', 'text/plain');
    expect(large.status).toBe(413);
  },
);

test.skipIf(program === null)(
  'where the scanner is gone, nothing is taken, and nothing that was is lost',
  async () => {
    const content = Buffer.from('a letter that waits');
    const pid = clamd!.pid;
    process.kill(pid, 'SIGSTOP');
    await clamd!.stop();
    clamd = null;
    const { status, said } = await uploaded(content, 'letter.txt', 'text/plain');
    expect([status, said.includes('Try again')]).toEqual([503, true]);
    expect((await sentWithin(content, 'text/plain')).status).toBe(503);
    // It waits until it can be scanned.
    const { rows } = await served.database.owner.query(
      `select u.arrived = u.length as whole from postern.upload u
     where u.practice_id = $1 and u.state = 'open' and u.length = $2`,
      [practice, content.length],
    );
    expect(rows).toEqual([{ whole: true }]);
  },
);
