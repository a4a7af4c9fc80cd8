import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { generateDemo } from '../index.ts';
import { Random } from '../random.ts';
import { drawIdentityCard } from './identity-card.ts';
import { encodeJpeg } from './jpeg.ts';
import { readJpegMeans } from './jpeg-reader.ts';
import { encodePng } from './png.ts';
import { createRaster, type Raster } from './raster.ts';

const files = generateDemo({ today: new Date('2026-03-18T12:00:00Z') }).flatMap(({ resources }) =>
  resources.flatMap(({ resource, key }) =>
    resource.resourceType === 'Binary'
      ? [{ key, type: resource.contentType, bytes: Buffer.from(resource.data ?? '', 'base64') }]
      : [],
  ),
);

function filesOf(type: string): typeof files {
  return files.filter((file) => file.type === type);
}

/** Reads back what `encodePng` writes; throws where a length does not agree. */
function readPng(bytes: Buffer): Raster {
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    chunks.set(bytes.toString('latin1', at + 4, at + 8), bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
    if (at > bytes.length) throw new Error('A chunk runs past the end');
  }
  expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
  const header = chunks.get('IHDR') ?? Buffer.alloc(0);
  const channels = header[9] === 2 ? 3 : 1;
  const raster = createRaster(header.readUInt32BE(0), header.readUInt32BE(4), channels);
  const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
  const stride = raster.width * channels;
  expect(rows.length).toBe((stride + 1) * raster.height);
  for (let y = 0; y < raster.height; y += 1) {
    for (let x = 0; x < stride; x += 1) {
      const left = x < channels ? 0 : (raster.data[y * stride + x - channels] ?? 0);
      raster.data[y * stride + x] = left + (rows[y * (stride + 1) + 1 + x] ?? 0);
    }
  }
  return raster;
}

const CARD = drawIdentityCard(
  {
    name: 'Beatriz Carvalho',
    birthDate: '1976-09-01',
    address: '17 Saltbox Lane',
    city: 'Mill Harbor WI 53993',
    cardNumber: 'N100-1000-1000',
    expires: '2030-01-01',
    ageYears: 49,
    gender: 'female',
  },
  new Random('card'),
);

describe('PNG files', () => {
  it('read back to the same pixels', () => {
    expect(Buffer.from(readPng(encodePng(CARD)).data).equals(Buffer.from(CARD.data))).toBe(true);
  });

  it('of the demo all open', () => {
    expect(filesOf('image/png').length).toBeGreaterThan(5);
    for (const { bytes } of filesOf('image/png')) expect(readPng(bytes).width).toBeGreaterThan(100);
  });
});

describe('JPEG files', () => {
  it('decode to the brightness that was drawn, block by block', () => {
    const picture = readJpegMeans(encodeJpeg(CARD, 90));
    expect([picture.width, picture.height, picture.components]).toEqual([CARD.width, CARD.height, 3]);
    for (const [blockX, blockY] of [
      [0, 0],
      [6, 11],
      [20, 8],
      [41, 25],
    ] as const) {
      let sum = 0;
      for (let i = 0; i < 64; i += 1) {
        const at = ((blockY * 8 + (i >> 3)) * CARD.width + blockX * 8 + (i & 7)) * 3;
        const [red = 0, green = 0, blue = 0] = CARD.data.subarray(at, at + 3);
        sum += 0.299 * red + 0.587 * green + 0.114 * blue;
      }
      const seen = picture.means[blockY * Math.ceil(CARD.width / 8) + blockX] ?? 0;
      expect(Math.abs(seen - sum / 64)).toBeLessThan(3);
    }
  });

  it('of the demo all decode to the last block', () => {
    expect(filesOf('image/jpeg').length).toBeGreaterThan(40);
    for (const { bytes } of filesOf('image/jpeg')) {
      const { means, width, height } = readJpegMeans(bytes);
      expect(means.length).toBe(Math.ceil(width / 8) * Math.ceil(height / 8));
      expect(new Set(means.map(Math.round)).size).toBeGreaterThan(20);
    }
  });
});

describe('PDF files', () => {
  it('of the demo all have a cross-reference table that points at their objects', () => {
    expect(filesOf('application/pdf').length).toBeGreaterThan(45);
    for (const { bytes, key } of filesOf('application/pdf')) {
      const text = bytes.toString('latin1');
      expect(text.startsWith('%PDF-1.4\n') && text.endsWith('%%EOF\n'), key).toBe(true);
      const start = Number(/startxref\n(\d+)\n/.exec(text)?.[1]);
      const table = text.slice(start).split('\n');
      expect(table[0]).toBe('xref');
      const count = Number(table[1]?.split(' ')[1]);
      for (let object = 1; object < count; object += 1) {
        const offset = Number(table[2 + object]?.slice(0, 10));
        expect(text.slice(offset).startsWith(`${object} 0 obj\n`), `${key} object ${object}`).toBe(true);
      }
      for (const [, length, stream] of text.matchAll(/\/Length (\d+) >>\nstream\n([\s\S]*?)\nendstream/g)) {
        expect(stream?.length).toBe(Number(length));
      }
    }
  });

  it('say whom they concern', () => {
    const consent = filesOf('application/pdf').find(({ key }) => key.startsWith('mateo-fuentes-consent'));
    expect(consent?.bytes.toString('latin1')).toContain('Mateo Fuentes');
  });
});
