/** Previews of files: small pictures, and pictures of pages, through the same door as the file itself. */
import { notFound, PosternError } from '../base/errors.ts';
import type { Answer, Route, RoutedRequest } from '../base/exchange.ts';
import { PREVIEW_MEDIA_TYPE, PREVIEW_SIZES, type PreviewAsk, type PreviewSize } from '../documents/index.ts';
import type { Visit } from '../gate/index.ts';
import type { FhirContext } from './fhir-context.ts';
import { isKnown } from './precondition.ts';

const MOST_PAGES = 10_000;

/** No Bundle asks for it: what it answers is a picture and no resource. */
export function previewRoute(context: FhirContext): Route<Visit> {
  return {
    method: 'GET',
    path: '/fhir/Binary/:id/$preview',
    summary: 'draws a small picture of a file, or one of its pages',
    who: 'session',
    handle: (request, visit) => preview(context, request, visit),
  };
}

async function preview(
  { store, previews }: FhirContext,
  request: RoutedRequest,
  visit: Visit,
): Promise<Answer> {
  const ask = askOf(request);
  const found = await store.readFile(visit, request.params.id!, null);
  if (found === null) throw notFound();
  const { stored, file } = found;
  if (stored.content === null) throw new PosternError('gone', 'This file was deleted.');
  if (file === null)
    throw new PosternError('not-processable', 'There is no preview of this kind of content.');
  const headers = { etag: `"${stored.version}"` };
  if (isKnown(request, stored)) return { status: 304, headers, body: null };
  const { picture, pages } = await previews.preview(visit, stored.id, file, ask);
  return {
    status: 200,
    headers: {
      ...headers,
      'content-type': PREVIEW_MEDIA_TYPE,
      'content-disposition': 'inline',
      'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
      'x-pages': String(pages),
    },
    body: picture,
  };
}

/** Throws `invalid` for a size that there is not, and for what is no page. */
function askOf({ query }: Pick<RoutedRequest, 'query'>): PreviewAsk {
  const asked = new URLSearchParams(query);
  const size = asked.get('size') ?? 'thumbnail';
  if (!Object.hasOwn(PREVIEW_SIZES, size)) {
    const sizes = Object.keys(PREVIEW_SIZES).join(' or ');
    throw new PosternError('invalid', `A preview has the size ${sizes}.`);
  }
  const page = asked.get('page') ?? '1';
  if (!/^[1-9]\d{0,4}$/.test(page) || Number(page) > MOST_PAGES) {
    throw new PosternError('invalid', `A page is a number from 1 to ${MOST_PAGES}.`);
  }
  return { size: size as PreviewSize, page: Number(page) };
}
