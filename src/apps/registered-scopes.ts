/** What a client may ask for at all: everything known, or what the operator registered it for. Pure. */
import { type AppScope, parseAppScope } from '../gate/index.ts';
import { isPlain, knownScopes } from './asked-scopes.ts';

/** Whether a word is one that a client can be registered for. */
export function canBeRegistered(word: string): boolean {
  return isPlain(word) || knownScopes(word, ['patient', 'user', 'system']).length === 1;
}

/** Whether the word lies within what is registered; undefined where nothing was said, and any does. */
export function isRegistered(registered: readonly string[] | undefined, word: string): boolean {
  if (registered === undefined || registered.includes(word)) return true;
  const asked = parseAppScope(word);
  return asked !== null && registered.some((each) => covers(parseAppScope(each), asked));
}

/** Parameters narrow: what is registered with some covers what is asked with the same. */
function covers(whole: AppScope | null, part: AppScope): boolean {
  if (whole === null || whole.level !== part.level) return false;
  if (whole.type !== '*' && whole.type !== part.type) return false;
  const has = ([name, value]: readonly [string, string]) =>
    part.parameters.some(([other, wanted]) => other === name && wanted === value);
  return [...part.interactions].every((each) => whole.interactions.has(each)) && whole.parameters.every(has);
}
