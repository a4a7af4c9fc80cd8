/** Links over HTTP: those who make them have a session; whoever opens one has the link. */
import { notFound, PosternError } from '../base/errors.ts';
import {
  type Answer,
  headerOf,
  jsonAnswer,
  type Route,
  type RoutedRequest,
  readBody,
} from '../base/exchange.ts';
import { type ChartId, parseId } from '../base/ids.ts';
import { networkOf } from '../base/network.ts';
import type { Opening as PortalOpening } from '../base/opening.ts';
import type { Visit } from '../gate/index.ts';
import { readAddress } from './link-address.ts';
import { readLinkOrder } from './link-order.ts';
import type { Links } from './links.ts';
import type { Opening } from './open-link.ts';

export interface LinkSubject {
  readonly limit: 'link' | 'link-opening';
  readonly of: string;
}

/** As `Limits` of the doors; `take` throws `throttled` with `Retry-After` and counts none. */
export interface LinkLimits {
  take(subjects: readonly LinkSubject[]): Promise<void>;
  give(subjects: readonly LinkSubject[]): Promise<void>;
}

export interface LinkRouteParts {
  readonly links: Links;
  readonly limits: LinkLimits;
  /** While the portal is closed, nothing goes out by links either. */
  readonly opening: Pick<PortalOpening, 'letsIn'>;
}

const MOST_BYTES = 64 * 1024;
const RECIPIENT_LENGTH = 200;
const UNSEEN = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu;

export function linkRoutes({ links, limits, opening }: LinkRouteParts): readonly Route<Visit>[] {
  return [
    {
      method: 'POST',
      path: '/links',
      summary: 'makes a link that opens documents, or a summary, to whoever has it',
      who: 'session',
      handle: async (request, visit) => {
        const { id, link, expiresAt } = await links.make(visit, readLinkOrder(await readAsked(request)));
        return jsonAnswer(201, { id, link, expiresAt });
      },
    },
    {
      method: 'GET',
      path: '/links',
      summary: 'lists the links to a record, and how often each was opened',
      who: 'session',
      handle: async (request, visit) => {
        const chart = new URLSearchParams(request.query).get('chart') ?? '';
        const chartId = parseId<ChartId>(chart);
        return jsonAnswer(200, { links: chartId === null ? [] : await links.list(visit, chartId) });
      },
    },
    {
      method: 'DELETE',
      path: '/links/:id',
      summary: 'ends a link at once',
      who: 'session',
      handle: async (request, visit) => {
        await links.revoke(visit, request.params.id!);
        return { status: 204, headers: {}, body: null };
      },
    },
    {
      method: 'POST',
      path: '/shl/:link',
      summary: 'opens a link: says what it holds, and where that is fetched',
      who: 'anyone',
      handle: (request) =>
        counted(limits, request, request.params.link!, async () => {
          const asked = openingIn(await readAsked(request), request.address);
          const link = request.params.link!;
          if (!(await letsIn(opening, link))) throw notFound();
          const opened = await links.open(link, asked);
          if ('manifest' in opened) return jsonAnswer(200, opened.manifest);
          return jsonAnswer(401, { remainingAttempts: opened.remaining });
        }),
    },
    {
      method: 'GET',
      path: '/shl/files/:ticket',
      summary: 'gives a file of a link, sealed, once',
      who: 'anyone',
      handle: (request) =>
        counted(limits, request, null, async () => {
          // To HEAD goes no content, and the place would be used up by it.
          const ticket = request.params.ticket!;
          if (request.method !== 'GET' || !(await letsIn(opening, ticket))) throw notFound();
          const body = await links.place(ticket, request.address);
          return { status: 200, headers: { 'content-type': 'application/jose' }, body };
        }),
    },
  ];
}

/** Of a text that is no address, nothing is looked up in any case. */
async function letsIn(opening: LinkRouteParts['opening'], text: string): Promise<boolean> {
  const address = readAddress(text);
  return address !== null && opening.letsIn(address.practiceId);
}

/**
 * What succeeds is taken back, so that a practice behind one address opens what it is sent; of one link,
 * whoever comes, it is what counts.
 */
async function counted(
  limits: LinkLimits,
  { address }: RoutedRequest,
  link: string | null,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const ofNetwork: LinkSubject = { limit: 'link', of: networkOf(address) };
  const openings: LinkSubject[] = link === null ? [] : [{ limit: 'link-opening', of: link }];
  await limits.take([ofNetwork, ...openings]);
  let isOpened = false;
  try {
    const answer = await work();
    isOpened = answer.status === 200;
    return answer;
  } finally {
    const back = isOpened ? [ofNetwork] : openings;
    if (back.length > 0) await limits.give(back);
  }
}

type Asked = Readonly<Record<string, unknown>>;

async function readAsked(request: RoutedRequest): Promise<Asked> {
  const [type = ''] = (headerOf(request, 'content-type') ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/json') {
    throw new PosternError('unsupported-media', 'The content must be application/json.');
  }
  const bytes = await readBody(request, MOST_BYTES);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (cause) {
    throw new PosternError('invalid', 'The content is not JSON.', { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Asked;
  throw new PosternError('invalid', 'The content is not a JSON object.');
}

/** Looked at before the link is, so that it says the same of every link. Throws `invalid`. */
function openingIn(
  { recipient, passcode = null, embeddedLengthMax = null }: Asked,
  address: string,
): Opening {
  const named = typeof recipient === 'string' ? recipient.replace(UNSEEN, ' ').trim() : '';
  if (named === '' || named.length > RECIPIENT_LENGTH) {
    throw new PosternError('invalid', `recipient says who opens it, in 1 to ${RECIPIENT_LENGTH} characters.`);
  }
  if (passcode !== null && (typeof passcode !== 'string' || passcode.length > RECIPIENT_LENGTH)) {
    throw new PosternError('invalid', 'passcode is a text.');
  }
  const isLength = typeof embeddedLengthMax === 'number' && embeddedLengthMax >= 0;
  if (embeddedLengthMax !== null && !isLength) {
    throw new PosternError('invalid', 'embeddedLengthMax is a number of characters.');
  }
  return { recipient: named, passcode, embeddedMost: embeddedLengthMax as number | null, address };
}
