/** Criteria of codes, identifiers and URIs, https://hl7.org/fhir/R4/search.html#token and #uri. */
import { PosternError } from '../../base/errors.ts';
import { isObject } from '../fhir-resource.ts';
import type { Parameter } from './parameters.ts';
import { partsOf, unescaped } from './search-value.ts';
import { textTest } from './string-criterion.ts';
import { meetsToken, type WantedToken } from './token-value.ts';
import { lookUpsOf, refuseModifier, testedOnly, type Wanted } from './wanted.ts';

/** What only a terminology service could answer. */
const TERMINOLOGY = new Set(['in', 'not-in', 'above', 'below']);

/** Takes `:text` and `:of-type`; `:not` is the whole criterion's. */
export function wantedToken(parameter: Parameter, modifier: string | null, text: string): Wanted {
  if (modifier === 'text') {
    const test = textTest(parameter, unescaped(text));
    return testedOnly((value) => wordsBeside(value).some(test));
  }
  if (modifier === 'of-type') return identifierOfType(parameter, text);
  if (modifier !== null && TERMINOLOGY.has(modifier)) {
    throw new PosternError(
      'invalid',
      `${parameter.code}:${modifier} needs a terminology service; name the codes.`,
    );
  }
  refuseModifier(parameter, modifier);
  const wanted = parseToken(parameter, text);
  return {
    test: (value) => meetsToken(wanted, value),
    tokens: wanted.code === null ? null : lookUpsOf(parameter, [wanted.code]),
    bounds: null,
  };
}

/** `code`, `system|code`, `|code` or `system|`. Throws `invalid` for anything else. */
export function parseToken({ code: param }: Parameter, text: string): WantedToken {
  const parts = partsOf(text);
  if (parts.length > 2) throw new PosternError('invalid', `${param} takes a code or system|code.`);
  const [first = '', second] = parts;
  const code = (second ?? first).trim().toLowerCase();
  const wanted = { system: second === undefined ? null : first, code: code === '' ? null : code };
  if (wanted.code === null && (wanted.system ?? '') === '') {
    throw new PosternError('invalid', `${param} needs a code, a system or both.`);
  }
  return wanted;
}

/** `system|code|value`: an identifier of that type with that value. */
function identifierOfType(parameter: Parameter, text: string): Wanted {
  const [system, code, value, ...rest] = partsOf(text);
  if (!system || !code || !value || rest.length > 0 || parameter.code !== 'identifier') {
    throw new PosternError('invalid', 'Only identifier takes :of-type, with system|code|value.');
  }
  const type = { system, code: code.toLowerCase() };
  const held = value.trim().toLowerCase();
  return {
    test: (found) => isObject(found) && meetsToken(type, found.type) && meetsToken(anySystem(held), found),
    tokens: lookUpsOf(parameter, [held]),
    bounds: null,
  };
}

function anySystem(code: string): WantedToken {
  return { system: null, code };
}

/** The words that stand beside a code: of the concept, of its codings, of an identifier's type. */
function wordsBeside(value: unknown): string[] {
  if (!isObject(value)) return [];
  const codings = Array.isArray(value.coding) ? value.coding : [];
  const type = isObject(value.type) ? value.type.text : undefined;
  const displays = codings.map((coding) => (isObject(coding) ? coding.display : undefined));
  return [value.text, value.display, type, ...displays].filter((text) => typeof text === 'string');
}

/** Takes `:below` (everything under the address) and `:above` (everything that it is under). */
export function wantedUri(parameter: Parameter, modifier: string | null, uri: string): Wanted {
  if (modifier === 'below') return testedOnly((found) => isUnder(uri, found));
  if (modifier === 'above') return testedOnly((found) => isUnder(found, uri));
  refuseModifier(parameter, modifier);
  return { test: (found) => found === uri, tokens: lookUpsOf(parameter, [uri]), bounds: null };
}

function isUnder(above: unknown, below: unknown): boolean {
  if (typeof above !== 'string' || typeof below !== 'string' || above === '') return false;
  return below === above || below.startsWith(above.endsWith('/') ? above : `${above}/`);
}
