/**
 * The key of a SMART Health Link, which is in the link and nowhere else. What goes out by the link is sealed
 * under it once, when the link is made, as JWE in compact form (RFC 7516; `dir`, `A256GCM`), piece by piece,
 * so that a large file takes no more memory than a small one. Nothing here opens it again: whoever has the
 * link does.
 */
import { createCipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

const REDACTED = '[LinkKey]';
const IV_BYTES = 12;

export class LinkKey {
  readonly #key: KeyObject;

  constructor() {
    const bytes = randomBytes(32);
    this.#key = createSecretKey(bytes);
    bytes.fill(0);
  }

  /** The key as it goes into the link: 43 letters of base64url. For that one answer. */
  reveal(): string {
    return this.#key.export().toString('base64url');
  }

  /** The source as a JWE, a piece for a piece; `contentType` is its `cty`. */
  async *seal(source: AsyncIterable<Uint8Array>, contentType: string): AsyncGenerator<Buffer, void, void> {
    const header = base64url(JSON.stringify({ alg: 'dir', enc: 'A256GCM', cty: contentType }));
    // Random for each file, of which a link has few (NIST SP 800-38D section 8.3).
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv);
    cipher.setAAD(Buffer.from(header, 'ascii'));
    yield Buffer.from(`${header}..${base64url(iv)}.`, 'ascii');
    let rest: Buffer = Buffer.alloc(0);
    for await (const piece of source) {
      const sealed = Buffer.concat([rest, cipher.update(piece)]);
      const whole = sealed.length - (sealed.length % 3);
      rest = sealed.subarray(whole);
      if (whole > 0) yield Buffer.from(base64url(sealed.subarray(0, whole)), 'ascii');
    }
    const last = Buffer.concat([rest, cipher.final()]);
    yield Buffer.from(`${base64url(last)}.${base64url(cipher.getAuthTag())}`, 'ascii');
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

function base64url(bytes: Buffer | string): string {
  return Buffer.from(bytes as Buffer).toString('base64url');
}
