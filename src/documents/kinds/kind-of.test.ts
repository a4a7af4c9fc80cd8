/** What a file is, by its bytes: real files, files made here for one purpose each, and noise. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { zipOf } from '../../../test/support/made-zip.ts';
import { sharedData } from '../../../test/support/third-party-inputs.ts';
import { KIND_NAMES, kindNamed, readFilesPolicy, STRICT_POLICY } from './file-kind.ts';
import { assertTaken, differenceFrom, kindOf } from './kind-of.ts';
import { HEAD_BYTES, Sampler, sampleFrom, sampleOf, TAIL_BYTES } from './sample.ts';

const uploads = sharedData('uploads');
const documents = sharedData('ccda');

const nameOf = async (content: Uint8Array | string) =>
  (await kindOf(sampleOf(Buffer.from(content)), STRICT_POLICY)).name;
const isNamed = async (content: Uint8Array | string, name: string) =>
  expect(await nameOf(content)).toBe(name);

const WORD = {
  '[Content_Types].xml': '<Types/>',
  '_rels/.rels': '<r/>',
  'word/document.xml': '<w:document/>',
};
const ODT = {
  mimetype: 'application/vnd.oasis.opendocument.text',
  'content.xml': '<office:document-content/>',
};
const CCDA =
  '<?xml version="1.0"?><?xml-stylesheet href="CDA.xsl"?><ClinicalDocument xmlns="urn:hl7-org:v3">';
const dicom = (preamble: Buffer | string = '') => {
  const file = Buffer.alloc(400);
  file.write(preamble.toString('latin1'), 0, 128, 'latin1');
  file.write('DICM\x02\x00\x00\x00UL\x04\x00', 128, 'latin1');
  return file;
};
const picture = (format: 'png' | 'jpeg' | 'webp' | 'tiff' | 'gif' | 'avif') =>
  sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    [format]()
    .toBuffer();
const boxed = (brand: string) =>
  Buffer.from(`\0\0\0\x18ftyp${brand}\0\0\0\0${brand}mif1${'\0'.repeat(90)}`, 'latin1');

test('pictures, videos, PDF and DICOM are told by their bytes and shown', async () => {
  for (const format of ['png', 'jpeg', 'webp', 'tiff'] as const) await isNamed(await picture(format), format);
  await isNamed(boxed('heic'), 'heic');
  await isNamed(boxed('isom'), 'mp4');
  await isNamed('%PDF-1.7\n1 0 obj', 'pdf');
  await isNamed('\n\n%PDF-1.7\n1 0 obj', 'pdf');
  await isNamed(dicom(), 'dicom');
  await isNamed(dicom('II*\0\x08\0\0\0'), 'dicom');
  for (const name of ['png', 'jpeg', 'webp', 'tiff', 'heic', 'mp4', 'pdf', 'dicom'] as const) {
    expect(kindNamed(name, STRICT_POLICY).handling).toBe('shown');
  }
});

test('text is told in each of its encodings, with the encoding it is in', async () => {
  const charsetOf = async (content: Buffer) => (await kindOf(sampleOf(content), STRICT_POLICY)).charset;
  const letter = 'Größe 1,80 m; Befund unauffällig.\r\n'.repeat(9000);
  expect(await charsetOf(Buffer.from(letter))).toBe('utf-8');
  expect(await charsetOf(Buffer.from(letter, 'latin1'))).toBe('windows-1252');
  expect(await charsetOf(Buffer.from(`\uFEFF${letter}`, 'utf16le'))).toBe('utf-16le');
  expect(await charsetOf(Buffer.from(`\uFEFF${letter}`, 'utf16le').swap16())).toBe('utf-16be');
  await isNamed('HbA1c <5.7 %, <base excess> 2, a<b', 'text');
  await isNamed('<5 mg', 'text');
  await isNamed(`${letter.slice(0, 5000)}\0`, 'unknown');
  await isNamed(Buffer.concat([Buffer.from(letter), Buffer.from([0])]), 'unknown');
});

test('pages, drawings and scripts are told in whatever they are wrapped', async () => {
  const pages = [
    '<!DOCTYPE html><p>',
    '\uFEFF \n<!-- x --><html>',
    '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "x" "y"><svg/>',
    '<?xml version="1.0"?><x:svg xmlns:x="http://www.w3.org/2000/svg"/>',
    '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>',
    '<img src=x onerror=alert(1)>',
    '<?php system($_GET[0]); ?>',
    'nothing to see\n<SCRIPT\n>alert(1)</script>',
  ];
  for (const page of pages) {
    await isNamed(page, 'page');
    await isNamed(Buffer.from(`\uFEFF${page}`, 'utf16le'), 'page');
  }
  for (const script of [
    '#!/bin/sh\nrm -rf /',
    '@echo off',
    '%!PS-Adobe-3.0',
    'Windows Registry Editor Version 5',
  ])
    await isNamed(script, 'program');
  await isNamed('{\\rtf1 hello}', 'older-office-document');
});

test('a clinical document is XML of its own namespace, and without a DTD', async () => {
  await isNamed(`${CCDA}<title>Visit</title></ClinicalDocument>`, 'ccda');
  await isNamed(Buffer.from(`\uFEFF${CCDA}</ClinicalDocument>`, 'utf16le'), 'ccda');
  await isNamed('<v3:ClinicalDocument xmlns:v3="urn:hl7-org:v3"/>', 'ccda');
  await isNamed('<ClinicalDocument xmlns="urn:other"/>', 'other-xml');
  await isNamed('<ClinicalDocument xmlns:x="urn:hl7-org:v3"/>', 'other-xml');
  await isNamed('<!DOCTYPE a [<!ENTITY b "c">]><ClinicalDocument xmlns="urn:hl7-org:v3"/>', 'other-xml');
  await isNamed('<section xmlns="urn:hl7-org:v3"/>', 'other-xml');
});

test('office documents are told by their parts, and one with programs inside is another kind', async () => {
  await isNamed(zipOf(WORD), 'docx');
  await isNamed(zipOf({ ...WORD, 'xl/embeddings/table.xlsx': 'PK' }), 'docx');
  await isNamed(zipOf(ODT), 'odt');
  await isNamed(zipOf({ ...WORD, 'word/vbaProject.bin': 'x' }), 'macro-document');
  await isNamed(zipOf({ ...WORD, 'word/activeX/activeX1.xml': 'x' }), 'macro-document');
  await isNamed(zipOf({ ...ODT, 'Basic/Standard/Module1.xml': 'x' }), 'macro-document');
  await isNamed(zipOf({ a: 'b' }), 'archive');
  await isNamed(zipOf({}), 'archive');
  await isNamed(zipOf({ 'META-INF/MANIFEST.MF': 'Main-Class: A', 'A.class': 'x' }), 'program');
  await isNamed(zipOf({ ...WORD, 'xl/workbook.xml': 'x' }), 'archive');
  await isNamed(Buffer.concat([zipOf(WORD), Buffer.from('<script>')]), 'archive');
  for (const name of ['../../etc/cron', '/etc/cron', 'a\\b', 'C:/x'])
    await isNamed(zipOf({ ...WORD, [name]: 'x' }), 'archive');
});

test('an archive that unpacks to a thousand times its size is an archive, and never unpacked', async () => {
  const bomb = zipOf({ ...WORD, 'word/media/image1.bmp': Buffer.alloc(100 * 1024 * 1024) });
  expect(bomb.length).toBeLessThan(1024 * 1024);
  await isNamed(bomb, 'archive');
  const started = performance.now();
  for (let round = 0; round < 20; round += 1) await nameOf(bomb);
  expect((performance.now() - started) / 20).toBeLessThan(50);
});

test('what could be taken for two kinds is neither', async () => {
  const zip = zipOf({ 'a.html': '<script>' });
  const both = (first: Buffer | string) => Buffer.concat([Buffer.from(first as string), zip]);
  for (const format of ['png', 'jpeg', 'webp', 'gif'] as const) {
    await isNamed(both(await picture(format)), 'mixed-file');
  }
  await isNamed(both('%PDF-1.7\n'), 'mixed-file');
  await isNamed(both(dicom()), 'mixed-file');
  await isNamed(dicom('MZ\x90\0'), 'mixed-file');
  await isNamed(dicom('<script>alert(1)</script>'), 'mixed-file');
  await isNamed(dicom('#!/bin/sh\n'), 'mixed-file');
  await isNamed('<html>%PDF-1.7\n', 'mixed-file');
  await isNamed('%PDF-1.7\n<script>alert(1)</script>', 'mixed-file');
  await isNamed(
    Buffer.concat([(await picture('gif')).subarray(0, 60), Buffer.from('\n%PDF-1.4')]),
    'mixed-file',
  );
});

test('a practice says what becomes of what is not shown, and what it says badly stays strict', async () => {
  const groups = KIND_NAMES.filter((name) => kindNamed(name, STRICT_POLICY).handling !== 'shown');
  expect(groups).toEqual([
    'page',
    'program',
    'mixed-file',
    'macro-document',
    'archive',
    'older-office-document',
    'other-media',
    'other-xml',
    'unknown',
  ]);
  const mild = readFilesPolicy({ pages: 'inert', programs: 'inert', macros: 'inert', archives: 'refused' });
  expect(kindNamed('page', mild)).toMatchObject({
    handling: 'inert',
    mediaType: 'application/octet-stream',
    opensInBrowser: false,
  });
  expect(kindNamed('archive', mild).handling).toBe('refused');
  for (const setting of [
    null,
    undefined,
    'inert',
    { pages: 'shown', others: 1 },
    JSON.parse('{"__proto__":{}}'),
  ])
    expect(readFilesPolicy(setting)).toEqual(STRICT_POLICY);
});

test('a refusal says what the file is, and an empty file is refused as one', () => {
  expect(() => assertTaken(kindNamed('program', STRICT_POLICY), 5)).toThrow(
    expect.objectContaining({ code: 'unsupported-media', message: expect.stringContaining('a program') }),
  );
  expect(() => assertTaken(kindNamed('unknown', STRICT_POLICY), 0)).toThrow(
    expect.objectContaining({ code: 'invalid' }),
  );
  expect(() => assertTaken(kindNamed('pdf', STRICT_POLICY), 5)).not.toThrow();
});

test('a claim that the bytes do not bear out is told, and does not count', () => {
  const pdf = kindNamed('pdf', STRICT_POLICY);
  expect(differenceFrom(pdf, 'image/png')).toContain('PDF document');
  for (const claim of ['application/pdf', 'Application/PDF; x=y', 'application/octet-stream', '', null])
    expect(differenceFrom(pdf, claim)).toBeNull();
  expect(differenceFrom(kindNamed('ccda', STRICT_POLICY), 'text/xml; charset=utf-8')).toBeNull();
  expect(differenceFrom(kindNamed('text', STRICT_POLICY), 'text/csv')).toBeNull();
  expect(differenceFrom(kindNamed('text', STRICT_POLICY), 'text/html')).not.toBeNull();
});

test('a sample of a stream, of parts and of the whole are the same, however the pieces fall', async () => {
  for (const bytes of [0, 1, HEAD_BYTES, TAIL_BYTES, TAIL_BYTES + 1, 700_001]) {
    const content = randomBytes(bytes);
    const whole = sampleOf(content);
    const parts = await sampleFrom(async function* (start, end) {
      for (let at = start; at < end; at += 16_384) yield content.subarray(at, Math.min(end, at + 16_384));
    }, bytes);
    const digest = ({ head, tail }: typeof whole) =>
      createHash('sha256').update(head).update(tail).digest('hex');
    if (bytes > HEAD_BYTES) expect(digest(parts)).toBe(digest(whole));
    for (const size of [777, 65_536, 300_000]) {
      const sampler = new Sampler();
      for (let at = 0; at < bytes; at += size) sampler.take(content.subarray(at, at + size));
      expect(sampler.sample().bytes).toBe(bytes);
      expect(digest(sampler.sample())).toBe(digest(whole));
    }
  }
});

test('noise with signatures in it is always something, within a moment', async () => {
  const marks = [
    'PK\x03\x04',
    'PK\x05\x06',
    'PK\x01\x02',
    '%PDF-',
    'DICM\x02\0',
    '<?',
    '<!--',
    '<a:',
    '\xff\xd8\xff',
  ];
  const more = [
    '\x89PNG\r\n\x1a\n',
    'RIFF',
    'ftypheic',
    'II*\0',
    'ID3',
    '\x1aE\xdf\xa3',
    '\0\0\0',
    ' xmlns="',
  ];
  const piece = fc.oneof(
    fc.constantFrom(...marks, ...more).map((text) => Buffer.from(text, 'latin1')),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    fc
      .tuple(fc.constantFrom(...marks, ...more, ' ', 'a'), fc.integer({ min: 1, max: 8000 }))
      .map(([text, times]) => Buffer.from(text.repeat(times), 'latin1')),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const started = performance.now();
      const kind = await kindOf(sampleOf(Buffer.concat(pieces)), STRICT_POLICY);
      expect(KIND_NAMES).toContain(kind.name);
      expect(performance.now() - started).toBeLessThan(1500);
    }),
    { numRuns: process.env.SLOW === '1' ? 3000 : 200 },
  );
});

test.skipIf(uploads === null)('every file of the third-party collection is what it is', async () => {
  const found = new Map<string, number>();
  for (const entry of readdirSync(uploads!, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const content = readFileSync(join(entry.parentPath, entry.name));
    const key = `${entry.name.split('.').at(-1)} ${await nameOf(content)}`;
    found.set(key, (found.get(key) ?? 0) + 1);
  }
  expect(Object.fromEntries(found)).toEqual({
    'dcm dicom': 52,
    // Written without the part that says that it is DICOM.
    'dcm unknown': 1,
    'mjs page': 1,
    'jpg jpeg': 2,
    'png png': 30,
    'svg page': 2,
    'pdf pdf': 45,
    // Damaged on purpose: three without a header at the beginning, two whose header is not one.
    'pdf unknown': 2,
    'pdf mixed-file': 1,
    'pdf text': 2,
  });
});

test.skipIf(documents === null)('every whole C-CDA document of the collection is one', async () => {
  const folder = join(documents!, 'microsoft');
  for (const name of readdirSync(folder)) await isNamed(readFileSync(join(folder, name)), 'ccda');
});

test('a picture whose header alone is true is still a picture to be drawn elsewhere', async () => {
  const ihdr = Buffer.from('\0\0\0\rIHDR\xff\xff\xff\xff\xff\xff\xff\xff\x08\x06\0\0\0\0\0\0\0', 'latin1');
  const idat = deflateSync(Buffer.alloc(10));
  await isNamed(Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ihdr, idat]), 'png');
});
