/** The syntax of search values, https://hl7.org/fhir/R4/search.html#escaping. */
import { PosternError } from '../../base/errors.ts';

/** More alternatives than this in one parameter are a list that belongs into several requests. */
const MAX_ALTERNATIVES = 100;

/** Splits at commas that no backslash guards; what is left keeps its backslashes. Empty parts are dropped. */
export function alternativesOf(param: string, value: string): string[] {
  const parts = splitUnescaped(value, ',').filter((part) => part.trim() !== '');
  if (parts.length === 0) throw new PosternError('invalid', `${param} needs a value.`);
  if (parts.length > MAX_ALTERNATIVES) {
    throw new PosternError('invalid', `${param} takes at most ${MAX_ALTERNATIVES} values in one request.`);
  }
  return parts;
}

/** The parts of `system|code`, unescaped; one part where there is no bar. */
export function partsOf(value: string): string[] {
  return splitUnescaped(value, '|').map(unescaped);
}

/** The parts of `code$value`, which keep their backslashes. */
export function compositeParts(value: string): string[] {
  return splitUnescaped(value, '$');
}

export function unescaped(value: string): string {
  return value.replace(/\\([\\,$|])/g, '$1');
}

function splitUnescaped(value: string, separator: string): string[] {
  const parts: string[] = [];
  let part = '';
  for (let index = 0; index < value.length; index += 1) {
    const character = value[index]!;
    if (character === '\\' && index + 1 < value.length) {
      part += character + value[index + 1]!;
      index += 1;
    } else if (character === separator) {
      parts.push(part);
      part = '';
    } else {
      part += character;
    }
  }
  return [...parts, part];
}
