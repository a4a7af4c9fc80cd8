/** The `Prefer` header (RFC 7240; https://hl7.org/fhir/R4/http.html#ops, search.html#errors). */
import { headerOf, type Request } from '../base/exchange.ts';

export interface Preference {
  /** What a write answers with. */
  readonly content: 'representation' | 'minimal' | 'OperationOutcome';
  /** Whether a search refuses parameters that it does not know. */
  readonly strict: boolean;
  /** Whether what is not offered is to be left out rather than refused, where refusing is the rule. */
  readonly lenient: boolean;
  /** Whether the answer may come later (`respond-async`). */
  readonly async: boolean;
}

const CONTENTS: Readonly<Record<string, Preference['content']>> = {
  representation: 'representation',
  minimal: 'minimal',
  operationoutcome: 'OperationOutcome',
};

const NONE: Preference = { content: 'representation', strict: false, lenient: false, async: false };

/** What is preferred; of preferences that are given twice, the first counts. */
export function preferenceOf(request: Pick<Request, 'headers'>): Preference {
  const text = headerOf(request, 'prefer');
  if (text === undefined) return NONE;
  const wanted = new Map<string, string>();
  for (const part of text.split(/[,;]/)) {
    const [name = '', value = ''] = part.split('=', 2).map((word) => word.trim().toLowerCase());
    if (!wanted.has(name)) wanted.set(name, value.replaceAll('"', ''));
  }
  const content = wanted.get('return') ?? '';
  return {
    content: (Object.hasOwn(CONTENTS, content) ? CONTENTS[content] : undefined) ?? 'representation',
    strict: wanted.get('handling') === 'strict',
    lenient: wanted.get('handling') === 'lenient',
    async: wanted.has('respond-async'),
  };
}
