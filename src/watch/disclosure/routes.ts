/** What anybody may ask of the desk, without signing in. */
import { PosternError } from '../../base/errors.ts';
import { type Answer, headerOf, type Route, type RoutedRequest, readBody } from '../../base/exchange.ts';
import type { WebFiles } from '../../base/web-files.ts';
import type { Desk } from './desk.ts';
import { policyPage, receiptPage, type Standing } from './pages.ts';
import { readReceipt } from './receipt.ts';
import { reportPage } from './report-page.ts';
import { REPORT_BYTES } from './sealed-report.ts';
import { securityTxt } from './security-txt.ts';
import { wordsFor } from './words.ts';

type Documents = WebFiles['disclosure'];

export function disclosureRoutes<Session>(desk: Desk, documents: Documents): readonly Route<Session>[] {
  const anyone = (
    method: 'GET' | 'POST',
    path: string,
    summary: string,
    handle: (request: RoutedRequest) => Promise<Answer>,
  ): Route<Session> => ({ method, path, summary, who: 'anyone', room: 'reports', handle });
  return [
    anyone('GET', '/.well-known/security.txt', 'says whom to tell of a weakness', async () =>
      textAnswer(securityTxt(desk, await desk.recipient())),
    ),
    anyone('GET', '/security', 'says what finders of weaknesses may do and expect', async (request) =>
      pageAnswer(policyPage(await standing(desk, documents.page, request))),
    ),
    anyone('GET', '/security/report', 'shows the form for reporting a weakness', async (request) =>
      pageAnswer(reportPage(await standing(desk, documents.form, request))),
    ),
    anyone('GET', '/security/receipt', 'tells whether a report has been read', (request) =>
      receipt(desk, documents, request),
    ),
    anyone('GET', '/security/recipient.txt', 'says to whom reports are sealed', async () => {
      const recipient = await desk.recipient();
      if (recipient === null)
        throw new PosternError('not-found', 'Sealed reports have not been set up here.');
      return textAnswer(`${recipient}\n`);
    }),
    anyone('POST', '/security/reports', 'takes in a sealed report', (request) => take(desk, request)),
  ];
}

async function standing(desk: Desk, { bytes }: Documents['page'], request: RoutedRequest): Promise<Standing> {
  const { publicUrl, contacts } = desk;
  const recipient = await desk.recipient();
  return { words: wordsOf(request), document: bytes, publicUrl, contacts, recipient };
}

function wordsOf(request: RoutedRequest) {
  const asked = new URLSearchParams(request.query).get('lang');
  return wordsFor(asked, headerOf(request, 'accept-language'));
}

async function receipt(desk: Desk, documents: Documents, request: RoutedRequest): Promise<Answer> {
  const typed = new URLSearchParams(request.query).get('number')?.trim() ?? '';
  const asked = typed === '' ? null : typed.slice(0, 40);
  const number = asked === null ? null : readReceipt(asked);
  const state = number === null ? null : await desk.state(number);
  const frame = { words: wordsOf(request), document: documents.page.bytes };
  return pageAnswer(receiptPage(frame, asked, state));
}

async function take(desk: Desk, request: RoutedRequest): Promise<Answer> {
  const [type = ''] = (headerOf(request, 'content-type') ?? '').split(';');
  if (type.trim().toLowerCase() !== 'application/octet-stream') {
    throw new PosternError('unsupported-media', 'The content must be application/octet-stream.');
  }
  desk.assertMaySend(request.address);
  const number = await desk.take(await readBody(request, REPORT_BYTES), request.address);
  return {
    status: 201,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: Buffer.from(JSON.stringify({ receipt: number })),
  };
}

/** The pages run one script of ours and nothing that is written into them. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

function pageAnswer(body: Buffer): Answer {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': PAGE_POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    vary: 'accept-language',
  };
  return { status: 200, headers, body };
}

function textAnswer(content: string): Answer {
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  return { status: 200, headers, body: Buffer.from(content) };
}
