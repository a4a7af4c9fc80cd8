import { expect, test } from 'vitest';
import { CARD_RATIO, frameIn, lightIn } from './card-picture.ts';

const points = (...lightness: number[]) => lightness.flatMap((each) => [each, each, each, 255]);

test('the frame has the shape of a card and lies in the middle, whichever way the picture is held', () => {
  for (const [width, height] of [
    [1920, 1080],
    [1080, 1920],
    [640, 480],
  ] as const) {
    const frame = frameIn(width, height);
    expect(frame.width / frame.height).toBeCloseTo(CARD_RATIO, 6);
    expect(frame.left * 2 + frame.width).toBeCloseTo(width, 6);
    expect(frame.top * 2 + frame.height).toBeCloseTo(height, 6);
    expect(Math.min(frame.left, frame.top)).toBeGreaterThan(0);
  }
});

test('darkness and glare are told apart from good light', () => {
  expect(lightIn(points(...Array<number>(100).fill(120)))).toBe('good');
  expect(lightIn(points(...Array<number>(100).fill(20)))).toBe('dark');
  expect(lightIn(points(...Array<number>(90).fill(120), ...Array<number>(10).fill(255)))).toBe('glare');
});
