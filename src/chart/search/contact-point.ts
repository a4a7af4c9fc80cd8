/** Telephone numbers and e-mail addresses as search compares them; other contact points are not searched. */
import { isObject } from '../fhir-resource.ts';

/** A number is found by its last digits, so that country and area codes may be left out. */
export const LOCAL_DIGITS = 7;

export interface Contact {
  readonly system: 'phone' | 'email';
  /** The digits of a number, an address in lower case. */
  readonly value: string;
}

/** Null for a value that is no ContactPoint with a number or an address. */
export function contactOf(value: unknown): Contact | null {
  if (!isObject(value) || typeof value.value !== 'string') return null;
  if (value.system === 'phone') return phoneOf(value.value);
  return value.system === 'email' ? { system: 'email', value: value.value.trim().toLowerCase() } : null;
}

/** The digits of a text, without an extension (`x12`); null where it has none. */
export function phoneOf(text: string): Contact | null {
  const digits = text.replace(/(?:ext\.?|x)\s*\d+\s*$/i, '').replace(/\D/g, '');
  return digits === '' ? null : { system: 'phone', value: digits };
}

/** The digits that are indexed. */
export function lastDigits(digits: string): string {
  return digits.slice(-LOCAL_DIGITS);
}

/** The same number, one of them perhaps written without country or area code. */
export function samePhone(a: string, b: string): boolean {
  if (a === b) return true;
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a];
  return shorter.length >= LOCAL_DIGITS && longer.endsWith(shorter);
}
