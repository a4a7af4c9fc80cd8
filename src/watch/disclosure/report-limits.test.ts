import { describe, expect, test } from 'vitest';
import { ReportLimits } from './report-limits.ts';

function limitsAt(start: number) {
  const time = { now: start };
  const limits = new ReportLimits({ now: () => new Date(time.now) });
  return { limits, pass: (seconds: number) => (time.now += seconds * 1000) };
}

describe('reports from one address', () => {
  test('may come five at once, and then one every two minutes', () => {
    const { limits, pass } = limitsAt(0);
    for (let sent = 0; sent < 5; sent += 1) {
      expect(limits.waitSeconds('192.0.2.1')).toBe(0);
      limits.note('192.0.2.1');
    }
    expect(limits.waitSeconds('192.0.2.1')).toBe(120);
    pass(119);
    expect(limits.waitSeconds('192.0.2.1')).toBe(1);
    pass(1);
    expect(limits.waitSeconds('192.0.2.1')).toBe(0);
    limits.note('192.0.2.1');
    expect(limits.waitSeconds('192.0.2.1')).toBe(120);
    pass(600);
    for (let sent = 0; sent < 5; sent += 1) limits.note('192.0.2.1');
    expect(limits.waitSeconds('192.0.2.1')).toBe(120);
  });

  test('never make anybody behind it wait longer than two minutes, and nobody elsewhere at all', () => {
    const { limits, pass } = limitsAt(0);
    for (let second = 0; second < 3600; second += 1) {
      if (limits.waitSeconds('192.0.2.1') === 0) limits.note('192.0.2.1');
      expect(limits.waitSeconds('192.0.2.1')).toBeLessThanOrEqual(120);
      pass(1);
    }
    expect(limits.waitSeconds('192.0.2.2')).toBe(0);
  });

  test('are counted for a household of IPv6 as a whole', () => {
    const { limits } = limitsAt(0);
    for (let sent = 0; sent < 5; sent += 1) limits.note(`2001:db8:1:2::${sent}`);
    expect(limits.waitSeconds('2001:db8:1:2::7')).toBe(120);
    expect(limits.waitSeconds('2001:db8:1:3::')).toBe(0);
  });
});
