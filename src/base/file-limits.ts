/**
 * What an operator gives practices to keep in files at most, as in
 * `file=5GiB,practice=2TiB,files=5000000,uploads=50`. Pure.
 */

/** Of what nothing is said, what is usual counts. */
export interface FileLimits {
  readonly bytesOfFile?: number;
  readonly bytesOfPractice?: number;
  readonly filesOfPractice?: number;
  readonly openOfPerson?: number;
}

const NAMES = {
  file: 'bytesOfFile',
  practice: 'bytesOfPractice',
  files: 'filesOfPractice',
  uploads: 'openOfPerson',
} as const;
const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};

/** Null where it is not of that form, or says the same thing twice. */
export function readFileLimits(text: string): FileLimits | null {
  const limits: { -readonly [Name in keyof FileLimits]: FileLimits[Name] } = {};
  for (const part of text.split(',').filter((each) => each.trim() !== '')) {
    const [, name = '', digits = '', unit = ''] = /^\s*(\w+)=(\d{1,15})([KMGT]iB)?\s*$/.exec(part) ?? [];
    const known = Object.hasOwn(NAMES, name) ? NAMES[name as keyof typeof NAMES] : null;
    const value = Number(digits) * UNITS[unit]!;
    if (known === null || limits[known] !== undefined || value < 1 || !Number.isSafeInteger(value))
      return null;
    if (unit !== '' && (name === 'files' || name === 'uploads')) return null;
    limits[known] = value;
  }
  return limits;
}
