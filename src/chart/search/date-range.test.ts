import { describe, expect, it } from 'vitest';
import { boundsOf, meetsDate, PREFIXES, parseDateCriterion } from './date-criterion.ts';
import { OPEN_HIGH, OPEN_LOW, precisionOf, rangeOf, rangeOfDate } from './date-range.ts';

const iso = (text: string) => {
  const range = rangeOfDate(text);
  return range === null ? null : [range.low, range.high].map((at) => new Date(at).toISOString());
};

describe('a FHIR date', () => {
  it('covers the time that its precision leaves open', () => {
    expect(iso('2020')).toEqual(['2020-01-01T00:00:00.000Z', '2020-12-31T23:59:59.999Z']);
    expect(iso('2020-02')).toEqual(['2020-02-01T00:00:00.000Z', '2020-02-29T23:59:59.999Z']);
    expect(iso('2020-12')).toEqual(['2020-12-01T00:00:00.000Z', '2020-12-31T23:59:59.999Z']);
    expect(iso('2020-05-17')).toEqual(['2020-05-17T00:00:00.000Z', '2020-05-17T23:59:59.999Z']);
    expect(iso('2020-05-17T10:30')).toEqual(['2020-05-17T10:30:00.000Z', '2020-05-17T10:30:59.999Z']);
    expect(iso('2020-05-17T10:30:15Z')).toEqual(['2020-05-17T10:30:15.000Z', '2020-05-17T10:30:15.999Z']);
    expect(iso('2020-05-17T10:30:15.4Z')).toEqual(['2020-05-17T10:30:15.400Z', '2020-05-17T10:30:15.499Z']);
    expect(iso('2020-05-17T10:30:15.410Z')).toEqual(['2020-05-17T10:30:15.410Z', '2020-05-17T10:30:15.410Z']);
    expect(iso('2020-05-17T10:30:15.4107Z')).toEqual([
      '2020-05-17T10:30:15.410Z',
      '2020-05-17T10:30:15.410Z',
    ]);
  });

  it('is an instant in its time zone', () => {
    expect(iso('2020-05-17T23:30:00-05:00')![0]).toBe('2020-05-18T04:30:00.000Z');
    expect(iso('2020-01-01T00:00:00+14:00')![0]).toBe('2019-12-31T10:00:00.000Z');
  });

  it('never leaves the years that a record can name, whatever the zone, the prefix or the slack', () => {
    const now = new Date('2026-01-05T10:00:00Z');
    for (const text of ['0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59-14:00', '0001', '9999']) {
      for (const prefix of PREFIXES) {
        const { range, ...criterion } = parseDateCriterion('date', `${prefix}${text}`, now);
        for (const end of Object.values(boundsOf({ ...criterion, range }) ?? {}) as Date[]) {
          expect([end.getTime() >= OPEN_LOW, end.getTime() <= OPEN_HIGH]).toEqual([true, true]);
        }
      }
      expect(iso(text)!.every((end) => /^[0-9]{4}-/.test(end) && end >= '0001')).toBe(true);
    }
  });

  it('keeps early and late years apart from ours', () => {
    expect(iso('0068')![0]).toBe('0068-01-01T00:00:00.000Z');
    expect(iso('9999')).toEqual(['9999-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z']);
  });

  it('is none where the calendar has no such day or the text is another', () => {
    for (const text of [
      '',
      '20',
      '2020-13',
      '2021-02-29',
      '2020-04-31',
      '2020-5-1',
      'today',
      '2020-01-01T25:00',
      '0000',
    ]) {
      expect(rangeOfDate(text), text).toBeNull();
    }
    expect(iso('2020-02-29')).not.toBeNull();
    expect(iso('2000-02-29')).not.toBeNull();
    expect(iso('1900-02-29')).toBeNull();
  });

  it('says how precise it is', () => {
    expect(['1980', '1980-05', '1980-05-17', '1980-05-17T10:00Z', 'x'].map(precisionOf)).toEqual([
      'year',
      'month',
      'day',
      'time',
      null,
    ]);
  });
});

describe('a Period or a Timing', () => {
  it('is open where an end is missing', () => {
    expect(rangeOf({ start: '2020-01-01' })).toEqual({ low: Date.UTC(2020, 0, 1), high: OPEN_HIGH });
    expect(rangeOf({ end: '2020' })).toEqual({ low: OPEN_LOW, high: Date.UTC(2021, 0, 1) - 1 });
    expect(rangeOf({})).toBeNull();
  });

  it('counts by its outer limits', () => {
    const timing = {
      event: ['2020-03-01', '2020-01-01'],
      repeat: { boundsPeriod: { start: '2020-02', end: '2020-06' } },
    };
    expect(rangeOf(timing)).toEqual({ low: Date.UTC(2020, 0, 1), high: Date.UTC(2020, 6, 1) - 1 });
  });
});

describe('a date criterion', () => {
  const now = new Date('2024-01-01T00:00:00Z');
  const meets = (criterion: string, value: unknown) =>
    meetsDate(parseDateCriterion('date', criterion, now), rangeOf(value)!);

  it('follows the rules of R4 for each prefix', () => {
    expect(meets('2020', '2020-05-17')).toBe(true);
    expect(meets('2020-05-17', '2020')).toBe(false);
    expect(meets('ne2020-05-17', '2020')).toBe(true);
    expect(meets('gt2020-05-17', '2020-05')).toBe(true);
    expect(meets('gt2020-05-17', '2020-05-17')).toBe(false);
    expect(meets('lt2020-05-17', { end: '2021' })).toBe(true);
    expect(meets('ge2020-05-17', '2020-05-17')).toBe(true);
    expect(meets('ge2020-05-17', '2020-05-16')).toBe(false);
    expect(meets('le2020-05-17', { start: '2020-05-17' })).toBe(true);
    expect(meets('sa2020-05', { start: '2020-05-31' })).toBe(false);
    expect(meets('sa2020-05', { start: '2020-06-01' })).toBe(true);
    expect(meets('eb2020-05', { start: '2019', end: '2020-04-30' })).toBe(true);
    expect(meets('eb2020-05', { start: '2019' })).toBe(false);
    expect(meets('ap2023-12-31', '2023-12-30T23:00:00Z')).toBe(true);
    expect(meets('ap2023-12-31', '2023-01-01')).toBe(false);
  });

  it('asks of an index exactly what the rule asks', () => {
    const values = [
      '2019',
      '2020',
      '2020-05',
      '2020-05-17',
      '2020-05-17T12:00:00Z',
      { start: '2020' },
      { end: '2020-05' },
    ];
    const dates = ['2019-12', '2020', '2020-05', '2020-05-17', '2020-05-17T12:00:00+02:00', '2021'];
    for (const prefix of PREFIXES) {
      for (const date of dates) {
        const criterion = parseDateCriterion('date', prefix + date, now);
        const bounds = boundsOf(criterion);
        if (bounds === null) continue;
        for (const value of values) {
          const range = rangeOf(value)!;
          const found =
            range.low >= (bounds.lowFrom?.getTime() ?? -Infinity) &&
            range.low <= (bounds.lowTo?.getTime() ?? Infinity) &&
            range.high >= (bounds.highFrom?.getTime() ?? -Infinity) &&
            range.high <= (bounds.highTo?.getTime() ?? Infinity);
          if (meetsDate(criterion, range))
            expect(found, `${prefix}${date} ${JSON.stringify(value)}`).toBe(true);
          else expect(found).toBe(false);
        }
      }
    }
  });

  it('is refused without repeating what was sent', () => {
    for (const text of ['Anna', 'eq', '2020-13-01', 'xx2020']) {
      expect(() => parseDateCriterion('date', text, now)).toThrow(/^date takes a date such as/);
    }
  });
});
