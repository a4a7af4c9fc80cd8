import { expect, test } from 'vitest';
import { kindOfFile, pictureType } from './file-kind.ts';

const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

test.each([
  ['pdf', '%PDF-1.7\n'],
  ['pdf', `${'\0'.repeat(900)}%PDF-1.4`],
  ['image', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
  ['image', '\xff\xd8\xff\xe0\0\x10JFIF'],
  ['image', 'RIFF\x10\0\0\0WEBPVP8 '],
  ['dicom', `${'\0'.repeat(128)}DICM\x02\0\0\0`],
  ['video', '\0\0\0\x18ftypmp42'],
  ['ccda', '<?xml version="1.0"?><?xml-stylesheet href="CDA.xsl"?><ClinicalDocument xmlns="urn:hl7-org:v3">'],
  ['ccda', '\xef\xbb\xbf<!-- from elsewhere --><cda:ClinicalDocument xmlns:cda="urn:hl7-org:v3">'],
  ['text', 'Dear colleague,\n\nthank you for < 5 mm.'],
  ['text', '<Patient xmlns="http://hl7.org/fhir"/>'],
  ['markup', '<!DOCTYPE html><title>x</title>'],
  ['markup', '\n  <HTML><script>alert(1)</script>'],
  ['markup', '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"><svg onload="alert(1)"/>'],
  ['markup', '<!-- note --><svg xmlns="http://www.w3.org/2000/svg"/>'],
  ['markup', '\xff\xfe<\0h\0t\0m\0l\0>\0'],
  ['still', '\0\0\0\x18ftypheic'],
  ['still', 'II*\0\x08\0\0\0'],
  ['still', 'MM\0*\0\0\0\x08'],
  ['other', 'MZ\x90\0\x03'],
  ['other', 'PK\x03\x04'],
] as const)('says %s of what begins with %j', (kind, start) => {
  expect(kindOfFile(bytes(start))).toBe(kind);
});

test('says nothing of a picture that only ends like one', () => {
  expect(pictureType(bytes('\0\0\0\0\0\0\0\0WEBP'))).toBeNull();
  expect(kindOfFile(new Uint8Array())).toBe('text');
});
