import type { Random } from './random.ts';

/** A scribble in the unit square that stands for someone's signature; the same stream gives the same hand. */
export function scribble(random: Random): [number, number][] {
  const speed = random.between(0.7, 1.3);
  const height = random.between(0.2, 0.45);
  return Array.from({ length: 64 }, (_, index): [number, number] => {
    const t = index / 63;
    const wave = Math.sin(t * 38 * speed) * height * (1 - 0.5 * t) + 0.15 * Math.sin(t * 9);
    return [0.05 + 0.85 * t + 0.035 * Math.cos(t * 38 * speed), 0.4 + wave * 0.8];
  });
}
