import { afterEach, expect, test } from 'vitest';
import { PosternError } from '../base/errors.ts';
import { Failures } from './failures.ts';
import { openLog } from './log.ts';
import { Overload } from './pressure.ts';

let failures: Failures;
afterEach(() => failures.stop());

function listen(everyMs: number) {
  const lines: { msg: string; count?: number; err?: object; route?: string }[] = [];
  const log = openLog('info', { write: (line: string) => void lines.push(JSON.parse(line)) });
  failures = new Failures(log, everyMs);
  return lines;
}

const entry = (route: string) => ({ method: 'GET', route, status: 503, ms: 1 });

test('refusals of an overload are one line without a stack, and then their count', async () => {
  const lines = listen(40);
  for (let time = 0; time < 1000; time += 1) failures.note(entry(`/${time % 3}`), new Overload());
  expect(lines).toMatchObject([{ msg: 'too much to do' }]);
  expect(lines[0]!.err).toBeUndefined();
  await expect.poll(() => lines.length).toBe(2);
  expect(lines[1]).toMatchObject({ msg: 'too much to do, again', count: 999 });
  failures.note(entry('/'), new Overload());
  failures.stop();
  expect(lines.reduce((sum, { count = 1 }) => sum + count, 0)).toBe(1001);
});

test('failures that are equal are told once in full, and different ones each', async () => {
  const lines = listen(10_000);
  const equal = () => new PosternError('damaged', 'one');
  for (let time = 0; time < 5; time += 1) failures.note(entry('/a'), equal());
  failures.note(entry('/b'), equal());
  failures.note(entry('/a'), new TypeError('another'));
  expect(lines.map(({ msg, route, err }) => [msg, route, err !== undefined])).toEqual([
    ['request failed', '/a', true],
    ['request failed', '/b', true],
    ['request failed', '/a', true],
  ]);
  failures.stop();
  expect(lines.at(-1)).toMatchObject({ count: 4 });
});

test('a failure that comes again after a while is told in full again', async () => {
  const lines = listen(20);
  const fail = () => failures.note(entry('/'), new TypeError('late'));
  fail();
  await new Promise((done) => setTimeout(done, 80));
  fail();
  expect(lines.map(({ msg }) => msg)).toEqual(['request failed', 'request failed']);
});
