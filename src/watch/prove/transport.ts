/** What carries requests: the certificate, the versions of TLS, and what plain HTTP answers. */
import { once } from 'node:events';
import http from 'node:http';
import tls from 'node:tls';
import { isProduction } from '../production/production.ts';
import type { Judge } from './finding.ts';

const WAIT_MS = 8_000;
const DAYS_LEFT = 14;
const DAY_MS = 86_400_000;

export async function proveTransport(url: URL, judge: Judge, now: Date): Promise<void> {
  if (url.protocol === 'https:') {
    await judgeCertificate(url, judge, now);
    await judgeVersions(url, judge);
    await judgePlain(url, judge);
    return;
  }
  if (!isProduction(url.href)) {
    judge.skip('transport', 'Plain HTTP never leaves this machine.');
    return;
  }
  judge.expect(
    'transport',
    false,
    url.origin,
    'Records pass unprotected: the address is plain http.',
    'Put a proxy with TLS before Postern, and prove its https address.',
  );
}

interface Handshake {
  /** Null where the certificate is trusted for this name. */
  readonly distrust: string | null;
  readonly protocol: string | null;
  readonly validTo: Date | null;
}

async function judgeCertificate(url: URL, judge: Judge, now: Date): Promise<void> {
  const shaken = await shake(url, {}).catch(() => null);
  const reachable = judge.expect(
    'transport',
    shaken !== null,
    url.host,
    'No connection with TLS 1.2 or newer comes about.',
    'Let the proxy offer TLS 1.3, and 1.2 for what is older.',
  );
  if (!reachable || shaken === null) return;
  judge.expect(
    'transport',
    shaken.distrust === null,
    url.host,
    `The certificate is not trusted (${shaken.distrust}).`,
    'Get one for this name from an authority that browsers trust; name a private one in NODE_EXTRA_CA_CERTS.',
  );
  const days = shaken.validTo === null ? 0 : (shaken.validTo.getTime() - now.getTime()) / DAY_MS;
  if (days > 0 && days < DAYS_LEFT) {
    const left = Math.floor(days);
    const mend = 'Renew it, and let it renew itself.';
    judge.warn('transport', url.host, `The certificate ends in ${left} days.`, mend);
  }
}

/** What is older than TLS 1.2 (RFC 8996) must come to nothing. */
async function judgeVersions(url: URL, judge: Judge): Promise<void> {
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  const shaken = await shake(url, old).catch(() => null);
  judge.expect(
    'transport',
    shaken === null,
    url.host,
    `It still speaks ${shaken?.protocol ?? 'an old version of TLS'}.`,
    'Let the proxy offer TLS 1.2 and 1.3 alone.',
  );
}

async function shake(url: URL, options: tls.ConnectionOptions): Promise<Handshake> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const named = /[a-z]/i.test(host) && !host.includes(':') ? { servername: host } : {};
  const port = Number(url.port || 443);
  const socket = tls.connect({ host, port, ...named, rejectUnauthorized: false, ...options });
  socket.setTimeout(WAIT_MS, () => socket.destroy(new Error('No answer.')));
  try {
    await once(socket, 'secureConnect');
    const { valid_to: validTo } = socket.getPeerCertificate();
    return {
      distrust: socket.authorized ? null : String(socket.authorizationError),
      protocol: socket.getProtocol(),
      validTo: validTo === undefined ? null : new Date(validTo),
    };
  } finally {
    socket.destroy();
  }
}

/** On port 80 there is nothing, or a way to HTTPS that gives nothing else out. */
async function judgePlain(url: URL, judge: Judge): Promise<void> {
  const told = await askPlain(url).catch(() => null);
  const leads =
    told === null || (told.status >= 300 && told.status < 400 && told.location.startsWith('https:'));
  judge.expect(
    'transport',
    leads,
    `http://${url.hostname}`,
    `Plain HTTP answers ${told?.status} there and does not lead to HTTPS.`,
    'Let port 80 answer everything with a redirect to https, or nothing.',
  );
}

async function askPlain(url: URL): Promise<{ status: number; location: string }> {
  const request = http.get({ hostname: url.hostname.replace(/^\[|\]$/g, ''), port: 80, path: '/' });
  request.setTimeout(WAIT_MS, () => request.destroy(new Error('No answer.')));
  const [answer] = (await once(request, 'response')) as [http.IncomingMessage];
  answer.destroy();
  return { status: answer.statusCode ?? 0, location: answer.headers.location ?? '' };
}
