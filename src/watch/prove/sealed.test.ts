import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { isReadable } from './sealed.ts';

test('what is sealed is never taken for text, however short it is', () => {
  for (const length of [40, 64, 65, 100, 333, 4096]) {
    for (let drawn = 0; drawn < 3000; drawn += 1) expect(isReadable(randomBytes(length))).toBe(false);
  }
});

test('text is told, in whatever clothes it comes', () => {
  const text = JSON.stringify({
    resourceType: 'Patient',
    name: [{ family: 'Muñoz' }],
    note: 'x'.repeat(400),
  });
  const kinds = [
    Buffer.from(text),
    Buffer.from(text.slice(0, 40)),
    Buffer.from(Buffer.from(text).toString('base64')),
    Buffer.from('История болезни: пациент жалуется на боль. '.repeat(9)),
    gzipSync(text),
    Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(500)]),
    Buffer.alloc(200),
  ];
  expect(kinds.map(isReadable)).toEqual(kinds.map(() => true));
});
