/**
 * Carries requests from a socket to the frame and answers back, with Fastify. It has no routes, hooks or
 * parsers of its own: what it cannot read as HTTP it refuses, everything else is the frame's. Content is not
 * read before the frame asks for it, so a stranger's upload costs nothing.
 */
import { METHODS } from 'node:http';
import { isIP, type Socket } from 'node:net';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { PosternError } from '../base/errors.ts';
import type { Answer, Request } from '../base/exchange.ts';
import { leaveUnsent, type Pace, sendAtPace } from './leaving.ts';

const HEADERS_TIMEOUT_MS = 15_000;
/** For the largest file on a slow line; what comes too slowly is given up long before, by who reads it. */
const REQUEST_TIMEOUT_MS = 6 * 3_600_000;
const IDLE_TIMEOUT_MS = 120_000;
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

export interface Carried {
  handle(request: Request): Promise<Answer>;
  /** The answer to what never became a request. */
  refuse(error: PosternError): Answer;
}

const USUAL_PACE: Pace = { bytes: 64 * 1024, ms: 60_000 };

/**
 * `trustedProxies` alone are believed, in `X-Forwarded-For`, about the address of whom they ask for. Whoever
 * takes an answer more slowly than `pace` is not waited for.
 */
export function makeCarrier(
  carried: Carried,
  trustedProxies: readonly string[] = [],
  pace: Pace = USUAL_PACE,
): FastifyInstance {
  const send = sender(pace);
  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    // HTTP/1.1 needs it: https://www.rfc-editor.org/rfc/rfc9112#section-3.2.
    const hostless = request.raw.headers.host === undefined && request.raw.httpVersion === '1.1';
    return send(request, reply, hostless ? unread(carried) : await carried.handle(requestOf(request)));
  };
  const app = fastify({
    logger: false,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    // What is asked on an open connection while we close is answered, and the connection closed with it.
    return503OnClosing: false,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: IDLE_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    // Node would refuse a request without a Host by itself, and without our headers.
    http: { headersTimeout: HEADERS_TIMEOUT_MS, maxHeaderSize: 16 * 1024, requireHostHeader: false },
    routerOptions: { maxParamLength: 16 * 1024, querystringParser: () => ({}) },
    clientErrorHandler: (error, socket) => refuseSocket(carried, error, socket),
    frameworkErrors: (error, request, reply) => {
      return send(request, reply, unread(carried, error));
    },
  });
  // A method "without content" reaches its handler with the content unread.
  for (const method of METHODS) app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  app.route({ method: [...METHODS], url: '*', handler: answer });
  app.setNotFoundHandler(answer);
  app.setErrorHandler(async (error, request, reply) => {
    // Only the sending of an answer can fail here.
    const failure = new PosternError('unavailable', 'The answer could not be sent.', { cause: error });
    return send(request, reply, carried.refuse(failure));
  });
  return app;
}

function unread(carried: Carried, cause?: unknown): Answer {
  return carried.refuse(new PosternError('invalid', 'The request cannot be read.', { cause }));
}

function requestOf(request: FastifyRequest): Request {
  const { raw } = request;
  const url = raw.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: raw.method ?? '',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: raw.headers,
    address: addressOf(request),
    body: raw,
  };
}

/** Of whoever asks; where a proxy says what is no address, its own. */
function addressOf(request: FastifyRequest): string {
  const { remoteAddress } = request.raw.socket;
  if (remoteAddress === undefined) return '';
  const address = isIP(request.ip) === 0 ? remoteAddress : request.ip;
  // IPv4 arrives in IPv6 clothes where the server listens on both.
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

/** Writes the answer to the socket as it is; Fastify's own way serves serializers and hooks that we lack. */
function sender(pace: Pace) {
  return (request: FastifyRequest, reply: FastifyReply, answer: Answer): FastifyReply => {
    const { status, headers, cookies = [], body } = answer;
    const { raw } = reply.hijack();
    const fields: Record<string, string | string[]> = { ...headers };
    if (cookies.length > 0) fields['set-cookie'] = [headers['set-cookie'] ?? [], cookies].flat(2) as string[];
    // Content that was refused unread must not be taken for the next request.
    if (!request.raw.readableEnded && hasContent(request)) fields.connection = 'close';
    if (body instanceof Uint8Array) fields['content-length'] = String(body.byteLength);
    raw.writeHead(status, fields);
    if (body instanceof Uint8Array || body === null) raw.end(request.method === 'HEAD' ? null : body);
    else if (request.method !== 'HEAD') sendAtPace(body, raw, pace);
    else {
      leaveUnsent(body);
      raw.end();
    }
    return reply;
  };
}

function hasContent({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

/** What is no HTTP, too slow or too long in its headers is told so on the bare socket. */
function refuseSocket(carried: Carried, error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, headers, body } = unread(carried);
  const content = Buffer.from((body as Uint8Array | null) ?? []);
  const lines = Object.entries({ ...headers, 'content-length': content.length, connection: 'close' });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.end(Buffer.concat([Buffer.from(`HTTP/1.1 ${status} Bad Request\r\n${head}\r\n`), content]));
}
