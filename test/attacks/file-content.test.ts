/**
 * Files by what is said of them: script under the types of what a browser shows and for whoever asks for
 * those, names that end early or say more than a name, ranges of every kind. What the bytes do themselves:
 * hostile-files.test.ts.
 */
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ChartId, PracticeId } from '../../src/base/ids.ts';
import { fileOf, PART, sendFile, uploadHeaders } from '../support/file-requests.ts';
import { pdfOf } from '../support/made-pdf.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
let chart: ChartId;
let doctor: Person;
beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
  chart = await served.chart(practice);
});
afterAll(() => served.close());
beforeEach(async () => {
  doctor = await served.person(practice, { role: 'doctor' });
});

const SCRIPT = '<script>fetch("/session").then(alert)</script>';
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">${SCRIPT}</svg>`;
const HTML = `<!doctype html><html><body onload="alert(1)">${SCRIPT}</body></html>`;

const png = () =>
  sharp({ create: { width: 8, height: 8, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();

/** DICOM whose texts hold script: a preamble, the mark, and a patient's name. */
function dicom(preamble: string): Buffer {
  const text = Buffer.from(SCRIPT.padEnd(Math.ceil(SCRIPT.length / 2) * 2));
  const element = Buffer.alloc(8);
  element.writeUInt16LE(0x10, 0);
  element.writeUInt16LE(0x10, 2);
  element.write('PN', 4, 'latin1');
  element.writeUInt16LE(text.length, 6);
  return Buffer.concat([Buffer.from(preamble.padEnd(128, '\0')), Buffer.from('DICM'), element, text]);
}

const FILES: Readonly<Record<string, () => Buffer | Promise<Buffer>>> = {
  'a drawing with script': () => Buffer.from(SVG),
  'a drawing behind a declaration': () => Buffer.from(`<?xml version="1.0"?>\n<!-- x -->\n${SVG}`),
  'a drawing that is packed': () => gzipSync(SVG),
  'a page': () => Buffer.from(HTML),
  'a page behind spaces': () => Buffer.from(`${' \n'.repeat(700)}${HTML}`),
  'a page in UTF-16': () => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(HTML, 'utf16le')]),
  'a page in UTF-7': () => Buffer.from('+ADw-script+AD4-alert(1)+ADw-/script+AD4-'),
  'XHTML as XML': () => Buffer.from(`<html xmlns="http://www.w3.org/1999/xhtml">${SCRIPT}</html>`),
  'XML that turns into a page': () =>
    Buffer.from(`<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#"?><x>${SCRIPT}</x>`),
  'a script': () => Buffer.from('#!/bin/sh\nrm -rf /\n'),
  'text with script': () => Buffer.from(`Dear doctor, ${SCRIPT}`),
  'a document that acts': () =>
    Buffer.from('%PDF-1.4\n1 0 obj\n<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>\nendobj\n%%EOF\n'),
  'a document with a page before it': () => Buffer.concat([Buffer.from(HTML), pdfOf('0 0 m')]),
  'a document with a page after it': () => Buffer.concat([pdfOf('0 0 m'), Buffer.from(HTML)]),
  'a picture with a page after it': async () => Buffer.concat([await png(), Buffer.from(HTML)]),
  'a picture that is a program': () => Buffer.from(`GIF89a/*${SCRIPT}*/=1;alert(1)`),
  'DICOM with script in a name': () => dicom(''),
  'DICOM with a page before it': () => dicom('<html><script>alert(1)//'),
  'DICOM that is a program': () => dicom('MZ\x90'),
};

/** What a browser runs, draws with script in it, or guesses at. */
const RUNS = /html|svg|xml|javascript|ecmascript|css|flash|multipart|message/i;
const SAID = ['image/svg+xml', 'text/html'];

describe('what may run is never given out as what runs:', () => {
  test('a picture is shown as one', async () => {
    const id = await fileOf(served, doctor, `Patient/${chart}`, await png());
    const { status, headers } = await sendFile(served, doctor, 'GET', `/fhir/Binary/${id}`);
    expect([status, headers['content-type'], headers['content-disposition']]).toEqual([
      200,
      'image/png',
      expect.stringMatching(/^inline/),
    ]);
  });

  test.each(Object.entries(FILES))('%s', async (_, make) => {
    const content = await make();
    const ids: string[] = [];
    for (const type of SAID) {
      const headers = { 'content-type': type, 'x-security-context': `Patient/${chart}` };
      const sent = await sendFile(served, doctor, 'POST', '/fhir/Binary', headers, content);
      expect([201, 415]).toContain(sent.status);
      if (sent.status === 201) ids.push(/Binary\/([^/]+)/.exec(sent.headers.location!)![1]!);
      const { status, json } = await served.ask(doctor.token, 'POST', '/fhir/Binary', {
        body: {
          resourceType: 'Binary',
          contentType: type,
          securityContext: { reference: `Patient/${chart}` },
          data: content.toString('base64'),
        },
      });
      expect(status).toBe(201);
      ids.push(json.id as unknown as string);
    }
    for (const id of ids) {
      for (const accept of ['*/*', 'text/html,image/svg+xml']) {
        const answer = await sendFile(served, doctor, 'GET', `/fhir/Binary/${id}`, { accept });
        expect(await answer.bytes()).toEqual(content);
        const { headers } = answer;
        expect(headers['content-type']).not.toMatch(RUNS);
        if (headers['content-type'] === 'application/octet-stream') {
          expect(headers['content-disposition']).toMatch(/^attachment/);
        }
        expect(headers).toMatchObject({
          'x-content-type-options': 'nosniff',
          'cache-control': 'no-store',
          'x-frame-options': 'DENY',
          'cross-origin-resource-policy': 'same-origin',
          'content-security-policy': expect.stringMatching(/^(?!.*allow).*sandbox.*default-src 'none'/),
        });
      }
    }
  });

  test('and neither is what is drawn of it, nor what is said where it cannot be drawn', async () => {
    for (const make of Object.values(FILES)) {
      const content = await make();
      const { json } = await served.ask(doctor.token, 'POST', '/fhir/Binary', {
        body: {
          resourceType: 'Binary',
          contentType: 'image/png',
          securityContext: { reference: `Patient/${chart}` },
          data: content.toString('base64'),
        },
      });
      const answer = await sendFile(served, doctor, 'GET', `/fhir/Binary/${json.id}/$preview`);
      expect([200, 422]).toContain(answer.status);
      expect(answer.headers['content-type']).toMatch(/^(?:image\/webp|application\/fhir\+json)/);
      expect((await answer.bytes()).includes('<script')).toBe(false);
    }
  });
});

describe('a name', () => {
  const NAMES = [
    '../../../etc/passwd',
    'card\0.html',
    'card.pdf\0',
    'card.pdf\r\nset-cookie: postern=stolen\r\n\r\n<script>',
    'card.pdf"; filename="evil.html',
    "card.pdf'; filename*=UTF-8''evil.html",
    '%2e%2e%2fevil.html',
  ];

  test.each(NAMES.map((name) => [JSON.stringify(name), name]))('%s leads nowhere', async (_, name) => {
    const content = pdfOf('0 0 m');
    const said = { chart, filename: name };
    const begun = await sendFile(served, doctor, 'POST', '/uploads', uploadHeaders(content.length, said));
    expect(begun.status).toBe(name.includes('\0') ? 400 : 201);
    if (begun.status === 400) return;
    const part = { ...PART, 'upload-offset': '0' };
    const last = await sendFile(served, doctor, 'PATCH', begun.headers.location!, part, content);
    expect(last.status).toBe(204);
    const target = `/fhir/${last.headers['upload-document']}`;
    const { json } = await served.ask(doctor.token, 'GET', target);
    const url = json.content![0]!.attachment!.url as unknown as string;
    const { headers } = await sendFile(served, doctor, 'GET', `/fhir/${url}`);
    const disposition = headers['content-disposition']!;
    expect(disposition).toMatch(/^[\x20-\x7e]+$/);
    const [, quoted = ''] = /filename="((?:[^"\\]|\\.)*)"/.exec(disposition) ?? [];
    const [, coded = quoted] = /filename\*=UTF-8''([^;]*)/.exec(disposition) ?? [];
    for (const shown of [quoted, decodeURIComponent(coded)]) {
      expect(shown).toMatch(/^(?![. ])[^/\\\p{Cc}\p{Cf}]+\.pdf$/u);
    }
    expect(disposition.replace(quoted, '').match(/filename=/g)).toHaveLength(1);
    expect(headers['content-type']).toBe('application/pdf');
  });

  test('as a whole of too many letters is refused', async () => {
    const headers = uploadHeaders(10, { chart, filename: 'a'.repeat(5000) });
    expect((await sendFile(served, doctor, 'POST', '/uploads', headers)).status).toBe(400);
  });
});

describe('ranges', () => {
  const content = Buffer.from(Array.from({ length: 40_000 }, (_, at) => at & 255));
  const ALL = 40_000;
  const MANY = Array.from({ length: 500 }, (_, at) => `${at}-${at + 1}`).join(',');
  const RANGES: readonly [string, number, number][] = [
    ['bytes=0-0', 206, 1],
    ['bytes=39999-', 206, 1],
    ['bytes=-1', 206, 1],
    ['bytes=-99999', 206, ALL],
    ['bytes=100-999999999999999', 206, ALL - 100],
    ['bytes=40000-', 416, 0],
    ['bytes=-0', 416, 0],
    ['bytes=999999999999999-', 416, 0],
    ['bytes=9007199254740993-', 200, ALL],
    ['bytes=18446744073709551615-18446744073709551616', 200, ALL],
    ['bytes=0-18446744073709551615', 200, ALL],
    ['bytes=-18446744073709551615', 200, ALL],
    ['bytes=--1', 200, ALL],
    ['bytes=5-2', 200, ALL],
    ['bytes=-', 200, ALL],
    ['bytes=0x0-0xf', 200, ALL],
    ['bytes=1e3-', 200, ALL],
    ['bytes=\u0661-', 200, ALL],
    ['bytes=0-1\0', 200, ALL],
    ['lines=0-1', 200, ALL],
    [`bytes=${MANY}`, 200, ALL],
    ['bytes=0-,0-,0-,0-,0-', 200, ALL],
  ];

  test('of every kind give a part of the file, all of it, or nothing', async () => {
    const id = await fileOf(served, doctor, `Patient/${chart}`, content);
    for (const [range, status, length] of RANGES) {
      const answer = await sendFile(served, doctor, 'GET', `/fhir/Binary/${id}`, { range });
      const bytes = await answer.bytes();
      const told = Number(answer.headers['content-length'] ?? 0);
      expect([range, answer.status, bytes.length, told]).toEqual([range, status, length, length]);
      expect(content.includes(bytes)).toBe(true);
      expect(answer.headers['content-type'] ?? '').not.toContain('multipart');
    }
  });
});
