/**
 * Where passkeys belong: a WebAuthn relying party is a domain name, and browsers take no number for one
 * (https://www.w3.org/TR/webauthn-3/#rp-id). An installation on this very machine goes by `localhost`, so
 * that is where its passkeys work, whatever number it was asked at.
 */
import { isIP } from 'node:net';

export interface RelyingParty {
  readonly id: string;
  /** The one origin whose pages may ask for these passkeys. */
  readonly origin: string;
}

/** The relying party of an installation; null where its address is a number beyond this machine. */
export function relyingPartyOf(publicUrl: string): RelyingParty | null {
  const { protocol, hostname, port } = new URL(publicUrl);
  const host = hostname.replace(/^\[|\]$/g, '');
  const local = host === '::1' || /^127\./.test(host) || host === 'localhost';
  const id = local ? 'localhost' : host;
  // Browsers offer passkeys to pages that came over TLS, and to those of this machine.
  if (isIP(id) !== 0 || (protocol === 'http:' && !local)) return null;
  return { id, origin: new URL(`${protocol}//${id}${port === '' ? '' : `:${port}`}`).origin };
}
