/** Finding a patient: what was typed, as a search. */
import type { Patient } from '@medplum/fhirtypes';
import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import { queryOf, search } from './chart-queries.ts';

/** By family name or date of birth, one way or the other. */
export type PatientOrder = 'name' | '-name' | 'born' | '-born';

const SORTS: Readonly<Record<PatientOrder, string>> = {
  name: 'family,given',
  '-name': '-family,-given',
  born: 'birthdate,family',
  '-born': '-birthdate,family',
};

/** What a list shows, and no more. */
const SHOWN = 'name,birthDate,gender,identifier,telecom,active,deceasedBoolean,deceasedDateTime';

export type Sought = Readonly<Record<string, string | readonly string[]>>;

/** Patients by what was typed; all where nothing was. The last answer stays until the next is there. */
export function patientList(sought: Sought, order: PatientOrder = 'name') {
  const first = queryOf({
    ...sought,
    _sort: SORTS[order],
    _count: '50',
    _total: 'accurate',
    _elements: SHOWN,
  });
  return infiniteQueryOptions({
    queryKey: ['patients', first],
    queryFn: ({ pageParam, signal }) => search<Patient>('Patient', pageParam, signal),
    initialPageParam: first,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
}

/**
 * What the typed words look like: a date of birth, or its year or month; a phone number; a chart number; or
 * names. Null while a date or number is plainly not yet whole: nothing is asked for that.
 * `isDayFirst` says how 3/4/1980 is meant; with dots it is always the day.
 */
export function soughtBy(text: string, isDayFirst = false): Sought | null {
  const typed = text.trim();
  if (typed === '') return {};
  if (/^(19|20)\d\d(-\d\d){0,2}$/.test(typed)) return isDate(typed) ? { birthdate: typed } : null;
  const date = /^(\d{1,2})([./])(\d{1,2})\2(\d{4})$/.exec(typed);
  if (date !== null) {
    const [, first = '', sign = '', second = '', year = ''] = date;
    const [day, month] = sign === '.' || isDayFirst ? [first, second] : [second, first];
    const birthdate = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    return isDate(birthdate) ? { birthdate } : null;
  }
  if (/^[a-z]{1,4}-[\d-]{4,}$/i.test(typed)) return { identifier: typed.toUpperCase() };
  const digits = typed.replace(/\D/g, '').length;
  if (/^[+()\d\s-]+$/.test(typed) && digits >= 7) return { phone: typed };
  if (!/\p{L}{2}/u.test(typed) && /\d/.test(typed)) return null;
  // Signs between words part them; what holds no letter or digit is nobody's name.
  const names = typed.split(/[\s,;|$\\]+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return names.length === 0 ? null : { name: names };
}

/** A day, month or year that there is, within the lives of people who live. */
function isDate(text: string): boolean {
  const [year = 0, month = 1, day = 1] = text.split('-').map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1800 && year < 2200 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
