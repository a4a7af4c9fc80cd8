/** The `Prefer` header (RFC 7240; https://hl7.org/fhir/R4/http.html#ops, search.html#errors). */
import { headerOf, type Request } from '../base/exchange.ts';

export interface Preference {
  /** What a write answers with. */
  readonly content: 'representation' | 'minimal' | 'OperationOutcome';
  /** Whether a search refuses parameters that it does not know. */
  readonly strict: boolean;
}

const CONTENTS: Readonly<Record<string, Preference['content']>> = {
  representation: 'representation',
  minimal: 'minimal',
  operationoutcome: 'OperationOutcome',
};

/** What is preferred; of preferences that are given twice, the first counts. */
export function preferenceOf(request: Pick<Request, 'headers'>): Preference {
  const text = headerOf(request, 'prefer');
  if (text === undefined) return { content: 'representation', strict: false };
  const wanted = new Map<string, string>();
  for (const part of text.split(/[,;]/)) {
    const [name = '', value = ''] = part.split('=', 2).map((word) => word.trim().toLowerCase());
    if (!wanted.has(name)) wanted.set(name, value.replaceAll('"', ''));
  }
  const content = wanted.get('return') ?? '';
  return {
    content: (Object.hasOwn(CONTENTS, content) ? CONTENTS[content] : undefined) ?? 'representation',
    strict: wanted.get('handling') === 'strict',
  };
}
