/**
 * Which form of FHIR goes out and which may come in: JSON alone
 * (https://hl7.org/fhir/R4/http.html#mime-type).
 */
import { PosternError } from '../base/errors.ts';
import { headerOf, type Request } from '../base/exchange.ts';

const FHIR_JSON = 'application/fhir+json';
const JSON_TYPE = 'application/json';

export type AnswerType = `${typeof FHIR_JSON | typeof JSON_TYPE}; charset=utf-8`;

/** What `_format` may say; a plus sign that nobody escaped arrives as a space. */
const FORMATS: Readonly<Record<string, AnswerType>> = {
  json: `${FHIR_JSON}; charset=utf-8`,
  [FHIR_JSON]: `${FHIR_JSON}; charset=utf-8`,
  'application/fhir json': `${FHIR_JSON}; charset=utf-8`,
  [JSON_TYPE]: `${JSON_TYPE}; charset=utf-8`,
};

/** The type to answer in. `_format` wins over Accept. Throws `not-acceptable` where it is not JSON. */
export function answerType(request: Pick<Request, 'headers' | 'query'>): AnswerType {
  if (request.query.includes('_format=')) {
    const format = new URLSearchParams(request.query).get('_format');
    if (format !== null) {
      const [name = ''] = format.split(';');
      const type = Object.hasOwn(FORMATS, name.trim()) ? FORMATS[name.trim()] : undefined;
      return type ?? refuse();
    }
  }
  const accept = headerOf(request, 'accept');
  if (accept === undefined || accept === '*/*' || accept === FHIR_JSON) return `${FHIR_JSON}; charset=utf-8`;
  return preferred(accept) ?? refuse();
}

function refuse(): never {
  throw new PosternError('not-acceptable', 'This server speaks FHIR in JSON: application/fhir+json.');
}

/** The better liked of the two types (RFC 9110 section 12.5.1), FHIR's own where both are liked the same. */
function preferred(accept: string): AnswerType | null {
  const ranges = accept.split(',').map(parseRange);
  const liking = (type: string) => {
    const exact = ranges.find((range) => range.name === type && range.fits);
    const wide = ranges.find((range) => range.name === 'application/*' || range.name === '*/*');
    return (exact ?? wide)?.quality ?? 0;
  };
  const [fhir, plain] = [liking(FHIR_JSON), liking(JSON_TYPE)];
  if (fhir === 0 && plain === 0) return null;
  return fhir >= plain ? `${FHIR_JSON}; charset=utf-8` : `${JSON_TYPE}; charset=utf-8`;
}

interface MediaRange {
  readonly name: string;
  readonly quality: number;
  /** Whether its parameters ask for what there is. */
  readonly fits: boolean;
}

function parseRange(text: string): MediaRange {
  const { name, parameters } = parseMediaType(text);
  const quality = Number(parameters.get('q') ?? 1);
  const fits = isFourZero(parameters.get('fhirversion'));
  return { name, quality: Number.isFinite(quality) ? quality : 0, fits };
}

function parseMediaType(text: string): { name: string; parameters: Map<string, string> } {
  const [name = '', ...rest] = text.split(';').map((part) => part.trim().toLowerCase());
  const parameters = rest.map((part): [string, string] => {
    const [key = '', value = ''] = part.split('=', 2);
    return [key.trim(), value.trim().replaceAll('"', '')];
  });
  return { name, parameters: new Map(parameters) };
}

function isFourZero(version: string | undefined): boolean {
  return version === undefined || version === '4.0' || version === '4.0.1';
}

/** Throws `unsupported-media` where the content is not FHIR R4 in JSON, in UTF-8 and as it is. */
export function expectFhirJson(request: Pick<Request, 'headers'>): void {
  const { name, parameters } = contentTypeOf(request);
  const charset = parameters.get('charset') ?? 'utf-8';
  const fits = (name === FHIR_JSON || name === JSON_TYPE) && charset === 'utf-8';
  if (!fits || !isFourZero(parameters.get('fhirversion'))) {
    throw new PosternError('unsupported-media', 'The content must be application/fhir+json of FHIR 4.0.');
  }
}

/** Whether the content is a JSON Patch. Throws `unsupported-media` where it is compressed. */
export function isJsonPatch(request: Pick<Request, 'headers'>): boolean {
  return contentTypeOf(request).name === 'application/json-patch+json';
}

/** Throws `unsupported-media` where the content is not a form. */
export function expectForm(request: Pick<Request, 'headers'>): void {
  if (contentTypeOf(request).name !== 'application/x-www-form-urlencoded') {
    throw new PosternError('unsupported-media', 'The content must be application/x-www-form-urlencoded.');
  }
}

function contentTypeOf(request: Pick<Request, 'headers'>) {
  const encoding = headerOf(request, 'content-encoding');
  if (encoding !== undefined && encoding !== 'identity') {
    throw new PosternError('unsupported-media', 'The content must not be compressed.');
  }
  return parseMediaType(headerOf(request, 'content-type') ?? '');
}
