import { expect, test } from 'vitest';
import { Pressure } from './pressure.ts';

test('what is one too many is refused at once, and welcome when another has ended', async () => {
  const pressure = new Pressure({ requests: 2, delayMs: 10_000, sampleMs: 1000 });
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

test('a server that cannot keep up says so until it can again', async () => {
  const pressure = new Pressure({ requests: 10, delayMs: 60, sampleMs: 100 });
  const refused = () =>
    pressure.carry(async () => false).catch((error: { code: string }) => error.code === 'unavailable');
  expect(await refused()).toBe(false);
  const busy = setInterval(() => {
    const until = performance.now() + 120;
    while (performance.now() < until);
  }, 1);
  await expect.poll(refused, { timeout: 4000, interval: 20 }).toBe(true);
  clearInterval(busy);
  await expect.poll(refused, { timeout: 4000 }).toBe(false);
  pressure.stop();
});
