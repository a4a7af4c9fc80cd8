import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import pino from 'pino';
import { describe, expect, test } from 'vitest';
import { newId } from '../base/ids.ts';
import type { RecordPlace } from './context.ts';
import { Opened } from './opened.ts';

const SECRET = 'Hiroshima-Canary-7781';
const origin: RecordPlace = {
  practiceId: newId(),
  chartId: newId(),
  section: 'clinical',
  author: null,
  type: 'Condition',
  id: newId(),
  version: 1,
};
const opened = new Opened(Buffer.from(JSON.stringify({ note: SECRET })), origin);

function written(write: (stream: Writable) => void): string {
  let text = '';
  write(
    new Writable({
      write(chunk, _encoding, done) {
        text += String(chunk);
        done();
      },
    }),
  );
  return text;
}

const ways: [string, () => string][] = [
  ['JSON.stringify', () => JSON.stringify({ deep: [opened], opened })],
  ['a template literal', () => `${opened}`],
  ['concatenation', () => `a ${opened as unknown as string}`],
  ['String', () => String(opened)],
  ['toLocaleString', () => opened.toLocaleString()],
  [
    'util.inspect, everything shown',
    () => inspect({ opened }, { depth: null, showHidden: true, getters: true }),
  ],
  ['util.format', () => format('%s %o %O %j', opened, opened, opened, opened)],
  ['console.log', () => written((stream) => new Console(stream).log(opened, { opened }))],
  ['console.table', () => written((stream) => new Console(stream).table([opened]))],
  ['pino', () => written((stream) => pino({}, stream).info({ opened, list: [opened] }, 'read'))],
  ['an error message', () => inspect(new Error(`failed on ${opened}`, { cause: opened }))],
  ['a spread copy', () => inspect({ ...opened }, { showHidden: true })],
  ['Object.entries', () => inspect(Object.entries(opened))],
  ['structuredClone', () => inspect(structuredClone(opened), { showHidden: true, depth: null })],
  ['v8.serialize', () => serialize(opened).toString('latin1')],
];

describe('what was opened', () => {
  test.each(ways)('does not show in %s', (_, show) => {
    const text = show();
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(Buffer.from(SECRET).toString('hex'));
    expect(text).not.toContain('48, 69, 72, 6f');
  });

  test('is there for who asks for it by name, with its origin', () => {
    expect(opened.bytes().toString()).toContain(SECRET);
    expect(opened.json<{ note: string }>().note).toBe(SECRET);
    expect(opened.json()).not.toBe(opened.json());
    expect(opened.origin).toEqual(origin);
  });

  test('and is not JSON fails without quoting it', () => {
    const broken = new Opened(Buffer.from(`{"note": ${SECRET}`), origin);
    let caught: unknown;
    try {
      broken.json();
    } catch (error) {
      caught = error;
    }
    expect(caught).toMatchObject({ code: 'damaged' });
    expect(inspect(caught, { depth: null })).not.toContain(SECRET.slice(0, 4));
  });
});
