/**
 * The address of a key vault on a PKCS#11 token, after RFC 7512:
 *
 *     pkcs11:token=LABEL?module-path=/path/to/module.so&pin-source=/path/to/pin
 *
 * `token` may also stand behind the question mark. The PIN never stands in an address, which ends up in
 * process lists and logs: it is read from a private file (`pin-source=/path` or `file:/path`) or from an
 * environment variable (`pin-source=env:NAME`, or POSTERN_PKCS11_PIN where no source is named).
 */
import { PosternError } from '../base/errors.ts';
import { readPrivateFile, refusal } from './private-file.ts';

export interface TokenAddress {
  readonly modulePath: string;
  readonly tokenLabel: string;
  readonly pinSource: string;
}

const SCHEME = 'pkcs11:';
const DEFAULT_PIN_SOURCE = 'env:POSTERN_PKCS11_PIN';
const KNOWN = new Set(['token', 'module-path', 'pin-source']);

/** Throws `not-configured` with what is missing or unknown; a PIN in the address is refused unread. */
export function parseTokenAddress(url: string): TokenAddress {
  const [path = '', query = ''] = url.slice(SCHEME.length).split(/\?(.*)/s, 2);
  const attributes = new Map<string, string>();
  for (const piece of [...path.split(';'), ...query.split('&')]) {
    if (piece === '') continue;
    const [name = '', value = ''] = piece.split(/=(.*)/s, 2);
    if (name === 'pin-value') {
      throw refusal(
        'A PIN must not stand in POSTERN_KEY_VAULT. Put it into a file and name it: pin-source=FILE',
      );
    }
    if (!KNOWN.has(name)) throw refusal(`The PKCS#11 address has an unknown attribute "${name}".`);
    if (attributes.has(name)) throw refusal(`The PKCS#11 address names ${name} twice.`);
    attributes.set(name, decode(name, value));
  }
  return {
    modulePath: required(attributes, 'module-path'),
    tokenLabel: required(attributes, 'token'),
    pinSource: attributes.get('pin-source') ?? DEFAULT_PIN_SOURCE,
  };
}

/** The PIN. Throws `not-configured` where its source holds none or is open to others. */
export async function readPin(pinSource: string): Promise<string> {
  const pin = pinSource.startsWith('env:')
    ? process.env[pinSource.slice('env:'.length)]
    : await readPrivateFile(pinSource.replace(/^file:(\/\/)?/, ''));
  const trimmed = pin?.replace(/\r?\n$/, '') ?? '';
  if (trimmed === '') throw refusal(`No PIN for the PKCS#11 token was found at pin-source ${pinSource}.`);
  return trimmed;
}

function required(attributes: ReadonlyMap<string, string>, name: string): string {
  const value = attributes.get(name) ?? '';
  if (value === '') throw refusal(`The PKCS#11 address names no ${name}.`);
  return value;
}

function decode(name: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new PosternError('not-configured', `The PKCS#11 address has a malformed ${name}.`);
  }
}
