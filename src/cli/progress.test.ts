import { describe, expect, test } from 'vitest';
import { ManualClock } from '../base/clock.ts';
import { showProgress } from './progress.ts';

function listen(isTTY: boolean, total: number | null) {
  const clock = new ManualClock('2026-01-01T00:00:00Z');
  const written: string[] = [];
  const stream = { isTTY, columns: 100, write: (text: string) => written.push(text) };
  return {
    clock,
    written,
    progress: showProgress({ title: 'Importing', unit: 'resources', total, clock, stream }),
  };
}

describe('progress', () => {
  test('on a terminal is one bar, drawn again in its place, with rate and time left', () => {
    const { clock, written, progress } = listen(true, 4000);
    clock.advance(1);
    progress.reach(1000);
    progress.reach(1001);
    expect(written).toEqual([
      '\r\u001b[KImporting  ██████░░░░░░░░░░░░░░░░░░ 25 %  1,000/4,000 resources  1,000/s  3 s left',
    ]);
    progress.end();
    expect(written.at(-1)).toBe('\n');
  });

  test('elsewhere is a line every ten seconds and one at the end', () => {
    const { clock, written, progress } = listen(false, 60_000);
    for (let second = 1; second <= 25; second += 1) {
      clock.advance(1);
      progress.reach(second * 100);
    }
    progress.end();
    expect(written).toHaveLength(3);
    expect(written[0]).toMatch(/^Importing .* 1,000\/60,000 resources {2}100\/s {2}10 min left\n$/);
  });

  test('without a known total says how many and how fast', () => {
    const { clock, written, progress } = listen(false, null);
    clock.advance(20);
    progress.reach(40);
    expect(written).toEqual(['Importing  40 resources  2/s\n']);
  });
});
