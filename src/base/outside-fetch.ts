/**
 * How addresses that others named are asked (identity providers, keys of apps): over TLS, without following
 * anybody elsewhere, and not at addresses of our own network, whatever their names are said to stand for at
 * that instant. Answers are short and quick.
 */
import { lookup as lookUp } from 'node:dns';
import { type IncomingMessage, request as requestPlainly } from 'node:http';
import { request as requestOverTls } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { PosternError } from './errors.ts';
import { isLoopback } from './loopback.ts';

export interface FetchRules {
  /** Whether this very machine may be asked: where the server itself is for this machine alone. */
  readonly atHome: boolean;
  /** Whether private networks may be asked. */
  readonly privateNetwork: boolean;
  readonly waitMs?: number;
}

const WAIT_MS = 5000;
const MOST_BYTES = 512 * 1024;

/** Not of the public Internet (https://www.iana.org/assignments/iana-ipv4-special-registry and -ipv6-). */
const SPECIAL = [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24',
  '192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4',
  '::/128 ::1/128 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 5f00::/16',
  'fc00::/7 fe80::/10 ff00::/8',
];
/** Of those, the ones that an operator's own network may have. */
const PRIVATE = '10.0.0.0/8 100.64.0.0/10 172.16.0.0/12 192.168.0.0/16 fc00::/7';
const special = listOf(SPECIAL.join(' '));
const own = listOf(PRIVATE);

/** Whether whoever is asked may be at that address. */
export function mayAsk(address: string, { privateNetwork }: Pick<FetchRules, 'privateNetwork'>): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  // IPv4 within IPv6 is read as what it stands for.
  if (!special.check(address, family)) return true;
  return privateNetwork && own.check(address, family);
}

/** As `openid-client` and `oidc-provider` call what they fetch with. */
export function outsideFetch(rules: FetchRules) {
  return async (address: string, options: { method?: string; headers?: object; body?: unknown }) => {
    const url = new URL(address);
    const here = rules.atHome && isLoopback(url.hostname);
    if (url.protocol !== 'https:' && !(here && url.protocol === 'http:')) throw refused();
    const host = url.hostname.replace(/^\[|\]$/g, '');
    if (!here && isIP(host) !== 0 && !mayAsk(host, rules)) throw refused();
    return ask(url, options, here ? lookUp : guardedLookUp(rules), rules.waitMs ?? WAIT_MS);
  };
}

function ask(
  url: URL,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: object; body?: unknown },
  lookup: LookupFunction,
  waitMs: number,
): Promise<Response> {
  const content = body === undefined || body === null ? null : Buffer.from(String(body));
  const fields = Object.fromEntries(new Headers(headers as Record<string, string>).entries());
  if (content !== null) fields['content-length'] = String(content.length);
  const begin = url.protocol === 'https:' ? requestOverTls : requestPlainly;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(waitMs);
    const asked = begin(url, { method, headers: fields, lookup, signal, agent: false }, (answer) => {
      readAnswer(answer).then(resolve, reject);
    });
    asked.on('error', reject);
    asked.end(content ?? undefined);
  });
}

async function readAnswer(answer: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BYTES) {
      answer.destroy();
      throw new PosternError('unavailable', 'The answer is more than it should be.');
    }
    chunks.push(chunk);
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) headers.set(name, String(value));
  const status = answer.statusCode ?? 500;
  const bodiless = status < 200 || status === 204 || status === 304;
  return new Response(bodiless ? null : Buffer.concat(chunks), { status: Math.max(status, 200), headers });
}

/** Looks a name up, and connects to what was found only where it may be asked: never looked up twice. */
function guardedLookUp(rules: FetchRules): LookupFunction {
  return (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '', 0);
      if (found.length === 0 || !found.every(({ address }) => mayAsk(address, rules))) {
        return callback(refused(), '', 0);
      }
      if (options.all === true) return callback(null, found);
      return callback(null, found[0]!.address, found[0]!.family);
    });
  };
}

function refused(): PosternError {
  return new PosternError('not-processable', 'It is asked over TLS, and not in a private network.');
}

function listOf(ranges: string): BlockList {
  const blocked = new BlockList();
  for (const range of ranges.split(' ')) {
    const [address = '', bits] = range.split('/');
    blocked.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return blocked;
}
