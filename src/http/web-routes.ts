/**
 * The pages and what they are made of. Each app is one page: its script reads the address, asks the API and
 * shows what it is given, so a page says the same to everybody. Assets carry a digest of their content in
 * their name and may be kept for ever; nothing here names a file on the disk.
 */
import { type Answer, headerOf, type Route, type RoutedRequest } from '../base/exchange.ts';
import type { Opening } from '../base/opening.ts';
import type { WebApp, WebFile, WebFiles } from '../base/web-files.ts';
import type { Visit } from '../gate/index.ts';
import { CLOSED_PAGE } from './closed-page.ts';

/** Scripts and styles of our own, none written into the page, and no way to make text a script. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
];

/** Where files are looked at: videos, and the one worker that reads PDF (ADR 0125). */
const VIEWING_POLICY = [
  ...PAGE_POLICY.slice(0, -1),
  "media-src 'self'",
  "worker-src 'self'",
  'trusted-types postern-worker',
];
const VIEWING: ReadonlySet<WebApp> = new Set(['portal', 'desk', 'shl']);

/** What a link held was opened in the page: a video of it plays from there, and has no address here. */
const policyOf = (app: WebApp) =>
  !VIEWING.has(app)
    ? PAGE_POLICY
    : app === 'shl'
      ? VIEWING_POLICY.map((each) => (each === "media-src 'self'" ? 'media-src blob:' : each))
      : VIEWING_POLICY;

/** What reads PDF may compute and nothing else: it has no page, and asks nobody for anything (ADR 0125). */
const WORKER_POLICY = [
  "default-src 'none'",
  "script-src 'wasm-unsafe-eval'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
];

/** The one page that may use the camera, to take a picture of a card (ADR 0144); each app has one. */
const CAMERA_PAGE = /^\/(?:portal\/[\w-]{1,64}|desk\/patients\/[\w-]{1,64})\/camera$/;

const NEVER_ALLOWED = 'geolocation=(), microphone=(), payment=(), usb=()';

const pageHeaders = (app: WebApp, path: string) => ({
  'content-security-policy': policyOf(app).join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': `camera=(${CAMERA_PAGE.test(path) ? 'self' : ''}), ${NEVER_ALLOWED}`,
});

const KEPT_HEADERS = { 'cache-control': 'public, max-age=31536000, immutable' };

/** Of an asset: a worker comes under the policy of its own answer, not under that of the page. */
const assetHeaders = (name: string) =>
  /^pdf-worker-[\w-]+\.js$/.test(name)
    ? { ...KEPT_HEADERS, 'content-security-policy': WORKER_POLICY.join('; ') }
    : KEPT_HEADERS;

/** Addresses of pages, down to the deepest; what stands in them is the app's own business. */
const PAGES: readonly (readonly [WebApp, string, string])[] = [
  ['door', '/', 'shows where to sign in'],
  ['door', '/signin', 'signs in, and lets come back after a lock'],
  ['door', '/invited', 'takes an invitation'],
  ['door', '/recovery', 'lets back in who lost every way to sign in, or stops that'],
  ['account', '/account', 'shows how one signs in, and where'],
  ['developer', '/developers', 'says how an app is registered'],
  ['developer', '/developers/:practice', 'asks a practice to register an app'],
  ['consent', '/oauth/interaction/:uid', 'asks whether an app may be let in'],
  ['shl', '/shl', 'opens a link that somebody was sent'],
  ...depths('portal', 'shows the portal of patients and those who act for them'),
  ...depths('desk', 'shows the desk of the staff'),
  ['desk', '/desk/:page/:chart/documents/:item', 'shows a document at the desk'],
];

function depths(app: WebApp, summary: string) {
  const tails = ['', '/:chart', '/:chart/:page', '/:chart/:page/:item'];
  return tails.map((tail) => [app, `/${app}${tail}`, summary] as const);
}

/** Pages of the portal are there while it is open. */
export function webRoutes({ pages, assets }: WebFiles, opening: Opening): readonly Route<Visit>[] {
  const anyone = { method: 'GET', who: 'anyone', light: true } as const;
  return [
    ...PAGES.map(([app, path, summary]) => ({
      ...anyone,
      path,
      summary,
      handle: async (request: RoutedRequest) =>
        app !== 'portal' || (await opening.isOpen())
          ? fileAnswer(request, pages[app], pageHeaders(app, request.path))
          : CLOSED_PAGE,
    })),
    {
      ...anyone,
      path: '/assets/:name',
      summary: 'gives a script, style, font or picture of the pages',
      only: { name: assets },
      handle: async (request: RoutedRequest) =>
        fileAnswer(request, assets.get(request.params.name!)!, assetHeaders(request.params.name!)),
    },
  ];
}

function fileAnswer(
  request: RoutedRequest,
  { type, bytes, brotli, gzip }: WebFile,
  headers: Readonly<Record<string, string>>,
): Answer {
  const packed = [
    ['br', brotli],
    ['gzip', gzip],
  ] as const;
  const accepted = acceptedEncodings(headerOf(request, 'accept-encoding') ?? '');
  const [encoding, body] = packed.find(([name, each]) => each !== null && accepted.has(name)) ?? [];
  const varies = brotli === null && gzip === null ? {} : { vary: 'accept-encoding' };
  const encoded = encoding === undefined ? {} : { 'content-encoding': encoding };
  const all = { 'content-type': type, ...headers, ...varies, ...encoded };
  return { status: 200, headers: all, body: body ?? bytes };
}

/** Names without those that are refused by `q=0` (RFC 9110 section 12.5.3). */
function acceptedEncodings(field: string): ReadonlySet<string> {
  const names = field.split(',').flatMap((part) => {
    const [name = '', ...parameters] = part.split(';').map((each) => each.trim().toLowerCase());
    return parameters.some((each) => /^q=0(\.0{0,3})?$/.test(each)) ? [] : [name];
  });
  return new Set(names);
}
