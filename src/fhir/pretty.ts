/**
 * JSON with line breaks for people who look at it (`_pretty`, https://hl7.org/fhir/R4/http.html#pretty). Only
 * the space between tokens is made; what stands in them goes out as it was stored, number texts included.
 */
import type { Answer, Request } from '../base/exchange.ts';

/** The answer as it is, or spread over lines where the request asks for that. */
export function prettyAnswer(request: Pick<Request, 'query'>, answer: Answer): Answer {
  if (!request.query.includes('_pretty=')) return answer;
  if (new URLSearchParams(request.query).get('_pretty') !== 'true') return answer;
  const { body } = answer;
  if (!(body instanceof Uint8Array) || !(answer.headers['content-type'] ?? '').includes('json'))
    return answer;
  return { ...answer, body: Buffer.from(spread(Buffer.from(body).toString())) };
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

function spread(text: string): string {
  const lines: string[] = [];
  let line = '';
  let depth = 0;
  let before = '';
  const start = (token: string) => {
    lines.push(line);
    line = '  '.repeat(depth) + token;
  };
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '}' || token === ']') {
      depth -= 1;
      if (before === '{' || before === '[') line += token;
      else start(token);
    } else if (before === '{' || before === '[' || before === ',') {
      start(token);
    } else {
      line += token;
    }
    if (token === '{' || token === '[') depth += 1;
    if (token === ':') line += ' ';
    before = token;
  }
  return [...lines, line, ''].join('\n');
}
