/**
 * When children come of an age: at the first moment of the birthday, by the clock of their practice. Pure.
 *
 * Where it is in doubt, the earlier day counts, since what it closes is the child's: who was born on February
 * 29 comes of age on the 28th in a year without it, and who is only known to be born in a year or month, on
 * its first day.
 */

/** A FHIR date (https://hl7.org/fhir/R4/datatypes.html#date), perhaps without day, or month. */
const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/;

/** The first moment of a birthday; null for what is no date of birth. */
export function birthdayOf(birthDate: string, age: number, timeZone: string): Date | null {
  const [, year, month = '01', day = '01'] = DATE.exec(birthDate) ?? [];
  if (year === undefined) return null;
  const born = { year: Number(year), month: Number(month), day: Number(day) };
  const inYear = born.year + age;
  const last = new Date(Date.UTC(inYear, born.month, 0)).getUTCDate();
  return startOfDay(inYear, born.month, Math.min(born.day, last), timeZone);
}

/** The first moment of a day in a time zone. */
export function startOfDay(year: number, month: number, day: number, timeZone: string): Date {
  const wanted = Date.UTC(year, month - 1, day);
  let at = wanted;
  // The offset of the zone there is that of a moment near it; twice, since it may change in between.
  for (let round = 0; round < 2; round += 1) at = wanted - offsetAt(at, timeZone);
  // Where clocks go forward at midnight, the day begins after it.
  return new Date(wallClock(at, timeZone) < wanted ? at + 3_600_000 : at);
}

function offsetAt(at: number, timeZone: string): number {
  return wallClock(at, timeZone) - at;
}

/** What clocks show there, as if they were in UTC; whole seconds. */
function wallClock(at: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
