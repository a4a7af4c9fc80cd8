import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitted, moved, pixelAt, pointOf, turnedRight, zoomed } from './placement.ts';

const room = { width: 400, height: 300 };
const picture = { width: 800, height: 300 };

test('shows all of a picture in the middle, upright or turned', () => {
  expect(fitted(picture, room)).toEqual({ x: 0, y: 0, turns: 0, scale: 0.5 });
  expect(fitted(picture, room, 1).scale).toBe(0.375);
  expect(fitted({ width: 8, height: 8 }, room).scale).toBe(8);
  expect(fitted({ width: 0, height: 0 }, { width: 0, height: 0 }).scale).toBe(1);
});

test('keeps what lies under the pointer there while it grows', () => {
  const at = { x: 60, y: -20 };
  const before = fitted(picture, room);
  const after = zoomed(before, 2, at, picture, room);
  expect(after.scale).toBe(1);
  const [was, is] = [pixelAt(before, at, picture), pixelAt(after, at, picture)];
  expect(is.x).toBeCloseTo(was.x);
  expect(is.y).toBeCloseTo(was.y);
});

test('never moves a picture out of sight', () => {
  const far = moved(fitted(picture, room), { x: 9999, y: -9999 }, picture, room);
  expect([far.x, far.y]).toEqual([(400 + 400) / 2 - 48, -((150 + 300) / 2 - 48)]);
});

test('is where it was after four turns', () => {
  const start = { x: 12, y: 34, scale: 1, turns: 0 };
  const end = [1, 2, 3, 4].reduce((placement) => turnedRight(placement), start);
  expect(end).toEqual(start);
});

test('finds the place in the picture at each point of the stage, however it lies', () => {
  const place = fc.record({
    x: fc.integer({ min: -500, max: 500 }),
    y: fc.integer({ min: -500, max: 500 }),
  });
  fc.assert(
    fc.property(
      place,
      place,
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 1, max: 64 }),
      (at, by, turns, eighths) => {
        const placement = { ...by, turns, scale: eighths / 8 };
        const there = pointOf(placement, pixelAt(placement, at, picture), picture);
        expect(there.x).toBeCloseTo(at.x, 6);
        expect(there.y).toBeCloseTo(at.y, 6);
      },
    ),
  );
});
