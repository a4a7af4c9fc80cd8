/**
 * Opening a SMART Health Link of this server in the browser
 * (https://docs.smarthealthit.org/smart-health-links/spec). What stands behind the `#` of the address holds the
 * key: it is read here, and nothing of it but the address of the manifest ever goes out.
 */
import type { Resource } from '@medplum/fhirtypes';
import { ApiError, failureOfStatus } from '../api-error.ts';

export interface ReceivedLink {
  /** Of the manifest. */
  readonly url: string;
  readonly key: string;
  /** What its sender wrote; empty where they wrote nothing. */
  readonly label: string;
  readonly isGuarded: boolean;
}

/** `foreign`: of another server, which our pages do not ask. `none`: there is no link, or a damaged one. */
export type ReadLink = ReceivedLink | 'none' | 'foreign';

const SCHEME = 'shlink:/';

/** The link that stands behind the `#`, for pages of that origin. */
export function readReceivedLink(hash: string, origin: string): ReadLink {
  const at = hash.indexOf(SCHEME);
  if (at === -1) return 'none';
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(hash.slice(at + SCHEME.length)));
    const said = JSON.parse(text) as Partial<Record<'url' | 'key' | 'label' | 'flag', unknown>>;
    const url = new URL(String(said.url));
    if (url.origin !== origin) return 'foreign';
    if (!url.pathname.startsWith('/shl/') || !/^[\w-]{43}$/.test(String(said.key))) return 'none';
    const flag = typeof said.flag === 'string' ? said.flag : '';
    const label = typeof said.label === 'string' ? said.label.slice(0, 80) : '';
    return { url: url.href, key: String(said.key), label, isGuarded: flag.includes('P') };
  } catch {
    return 'none';
  }
}

export type OpenedLink =
  | { readonly resources: readonly Resource[] }
  /** The passcode was wrong, or missing: how many more may be. */
  | { readonly remaining: number };

/**
 * What the link holds. Throws `ApiError`: `refused` for one that does not open any more, whatever the reason,
 * `failed` for what does not open with its key.
 */
export async function openReceivedLink(
  link: ReceivedLink,
  recipient: string,
  passcode: string,
): Promise<OpenedLink> {
  const answer = await send(link.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ recipient, ...(passcode === '' ? {} : { passcode }) }),
  });
  if (answer.status === 401) {
    const { remainingAttempts } = (await answer.json()) as { remainingAttempts: number };
    return { remaining: remainingAttempts };
  }
  if (!answer.ok) throw failed(answer);
  const { files } = (await answer.json()) as {
    files: readonly { readonly embedded?: string; readonly location?: string }[];
  };
  const resources: Resource[] = [];
  // One after the other: each is held whole in memory.
  for (const { embedded, location } of files) {
    const sealed = embedded ?? (await fetched(location ?? ''));
    const bytes = await opened(sealed, link.key);
    resources.push(JSON.parse(new TextDecoder().decode(bytes)) as Resource);
  }
  return { resources };
}

async function fetched(location: string): Promise<string> {
  const answer = await send(location, {});
  if (!answer.ok) throw failed(answer);
  return answer.text();
}

/** Whoever is signed in here does not count: nothing of their session goes along. */
async function send(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, {
      ...init,
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
    });
  } catch (cause) {
    throw new ApiError('offline', 0, { cause });
  }
}

function failed({ status, headers }: Response): ApiError {
  const wait = Number.parseInt(headers.get('retry-after') ?? '', 10);
  return new ApiError(failureOfStatus(status, Number.isNaN(wait) ? null : wait), status);
}

/** A JWE in compact form (RFC 7516 section 7.1): `dir`, `A256GCM`, as SMART Health Links has it. */
async function opened(sealed: string, key: string): Promise<ArrayBuffer> {
  try {
    const [header = '', , iv = '', ciphertext = '', tag = ''] = sealed.split('.');
    const { alg, enc, zip } = JSON.parse(new TextDecoder().decode(bytesOf(header))) as Record<
      string,
      unknown
    >;
    if (alg !== 'dir' || enc !== 'A256GCM' || zip !== undefined) throw new Error('Not sealed as ours are');
    const [body, end] = [bytesOf(ciphertext), bytesOf(tag)];
    const whole = new Uint8Array(body.length + end.length);
    whole.set(body);
    whole.set(end, body.length);
    const opener = await crypto.subtle.importKey('raw', bytesOf(key), 'AES-GCM', false, ['decrypt']);
    const additionalData = new TextEncoder().encode(header);
    return await crypto.subtle.decrypt({ name: 'AES-GCM', iv: bytesOf(iv), additionalData }, opener, whole);
  } catch (cause) {
    throw new ApiError('failed', 0, { cause });
  }
}

/** Of base64url. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const letters = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
}
