import { expect, test } from 'vitest';
import { Pressure } from './pressure.ts';

test('what is one too many is refused at once, and welcome when another has ended', async () => {
  const pressure = new Pressure({ requests: 2, lateMs: 10_000, sampleMs: 1000 });
  const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<string>()];
  const carried = [pressure.carry(() => first.promise), pressure.carry(() => second.promise)];
  await expect(pressure.carry(async () => 'third')).rejects.toMatchObject({ code: 'unavailable' });
  first.resolve('first');
  expect(await carried[0]).toBe('first');
  expect(await pressure.carry(async () => 'third')).toBe('third');
  second.reject(new Error('second'));
  await expect(carried[1]).rejects.toThrow('second');
  expect(await Promise.all([1, 2].map((count) => pressure.carry(async () => count)))).toEqual([1, 2]);
  pressure.stop();
});

test('a server that comes late to its own timer takes nothing more until it is in time again', async () => {
  const pressure = new Pressure({ requests: 10, lateMs: 50, sampleMs: 100 });
  const refused = () =>
    pressure.carry(async () => false).catch((error: { code: string }) => error.code === 'unavailable');
  expect(await refused()).toBe(false);
  const until = performance.now() + 300;
  while (performance.now() < until);
  await expect.poll(refused, { interval: 5 }).toBe(true);
  await expect.poll(refused, { interval: 5 }).toBe(false);
  pressure.stop();
});
