/**
 * Scopes of apps as SMART App Launch 2.2 writes them
 * (https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html): `patient/Observation.rs`,
 * `user/*.cruds`, `system/Patient.rs?_tag=x`. Those of version 1 (`.read`, `.write`, `.*`) are read as the
 * ones of version 2 that the specification gives for them. What a type and a parameter are is not known here.
 */

/** Whose records: the patient in context, or all that the person, or the backend, reaches anyway. */
export type AppLevel = 'patient' | 'user' | 'system';

/** create; read, vread and history of one; update and patch; delete; search and history of many. */
export type Interaction = 'c' | 'r' | 'u' | 'd' | 's';
export const INTERACTIONS: readonly Interaction[] = ['c', 'r', 'u', 'd', 's'];

export interface AppScope {
  readonly level: AppLevel;
  /** A FHIR type, or `*` for every one. */
  readonly type: string;
  readonly interactions: ReadonlySet<Interaction>;
  /** Search parameters that a record must meet, each of them. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

const SCOPE = /^(patient|user|system)\/([A-Z][A-Za-z]{0,63}|\*)\.([a-z]+|\*)(?:\?(.*))?$/s;
const IN_ORDER = /^c?r?u?d?s?$/;
/** Chains and modifiers too: what cannot be served is refused by name, and not taken for something else. */
const PARAMETER_NAME = /^[A-Za-z_][\w.:-]*$/;
const VERSION_1: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' };
/** A longer list of parameters is no scope that anybody consents to. */
const MOST_PARAMETERS = 10;
const LONGEST = 1024;

/**
 * The scope that a text is; null for anything else, out of order (`.sr`), empty or with an empty parameter
 * included. What is not about records (`openid`, `launch/patient`) is none of these.
 */
export function parseAppScope(text: string): AppScope | null {
  const match = text.length > LONGEST ? null : SCOPE.exec(text);
  if (match === null) return null;
  const [, level, type, suffix, query] = match as unknown as [string, AppLevel, string, string, string?];
  const letters = Object.hasOwn(VERSION_1, suffix) ? VERSION_1[suffix]! : suffix;
  if (!IN_ORDER.test(letters)) return null;
  const parameters = query === undefined ? [] : readParameters(query);
  if (parameters === null) return null;
  return { level, type, interactions: new Set([...letters] as Interaction[]), parameters };
}

/** Null where there is none, where one has no name or value, or where what stands there is not encoded so. */
function readParameters(query: string): [string, string][] | null {
  // A plus is a plus: unlike in a form, nobody writes a space so in a scope, which ends at one.
  const parameters = [...new URLSearchParams(query.replaceAll('+', '%2B'))];
  if (parameters.length === 0 || parameters.length > MOST_PARAMETERS) return null;
  const proper = parameters.every(([name, value]) => PARAMETER_NAME.test(name) && value !== '');
  return proper && !query.includes('�') && !parameters.flat().some((part) => part.includes('�'))
    ? parameters
    : null;
}

/** The one text of a scope, in version 2; reading it gives the same scope again. */
export function printAppScope({ level, type, interactions, parameters }: AppScope): string {
  const letters = INTERACTIONS.filter((letter) => interactions.has(letter)).join('');
  const query = parameters.map(([name, value]) => `${name}=${encoded(value)}`).join('&');
  return `${level}/${type}.${letters}${query === '' ? '' : `?${query}`}`;
}

/** As much is encoded as must be: RFC 6749 has neither space nor quote nor backslash in a scope. */
function encoded(value: string): string {
  return encodeURIComponent(value).replace(/%(?:3A|2F|7C|2C|40|24|3F|3B|2B|3D)/g, decodeURIComponent);
}

/** The scopes about records of a granted text, and the others, as they stand. */
export function readGranted(scope: string): {
  readonly records: readonly AppScope[];
  readonly others: readonly string[];
} {
  const records: AppScope[] = [];
  const others: string[] = [];
  for (const word of scope.split(' ')) {
    if (word === '') continue;
    const read = parseAppScope(word);
    if (read === null) others.push(word);
    else records.push(read);
  }
  return { records, others };
}
