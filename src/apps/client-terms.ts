/** What may be registered of a client: its addresses, and the keys that it authenticates by. Pure. */
import { LOOPBACK_NAMES } from '../base/loopback.ts';

const NEVER = new Set(['javascript:', 'vbscript:', 'data:', 'blob:', 'file:', 'about:']);

/** Whether an app may be called back there: HTTPS, this very machine, or a scheme of its own (RFC 8252). */
export function isRedirectAddress(text: string): boolean {
  const url = URL.parse(text);
  return (
    url !== null &&
    url.hash === '' &&
    !NEVER.has(url.protocol) &&
    (url.protocol !== 'http:' || LOOPBACK_NAMES.has(url.hostname))
  );
}

/** Whether a browser or a server may be sent there: HTTPS, or this very machine. */
export function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK_NAMES.has(url.hostname));
}

/** The keys of a JSON Web Key Set (RFC 7517) as JSON; null unless all of them are public and sound. */
export function publicKeysIn(content: string): object[] | null {
  try {
    const { keys } = JSON.parse(content) as { keys?: unknown };
    return Array.isArray(keys) && keys.length > 0 && keys.every(isPublicKey) ? (keys as object[]) : null;
  } catch {
    return null;
  }
}

function isPublicKey(key: unknown): boolean {
  return (
    typeof key === 'object' && key !== null && !('d' in key) && !('k' in key) && 'kty' in key && isSound(key)
  );
}

/** An RSA key with another exponent than 65537 may be one that anybody can sign for. */
function isSound(key: { readonly kty?: unknown; readonly e?: unknown }): boolean {
  return key.kty !== 'RSA' || key.e === 'AQAB';
}
