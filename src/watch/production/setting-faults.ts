/** Settings that production does not start with. */
import type { BlobSetting } from '../../base/blob-setting.ts';
import { type Configuration, listensInTheOpen } from '../../base/configuration.ts';
import type { Fault } from './fault.ts';

type Settings = Pick<
  Configuration,
  'host' | 'port' | 'publicUrl' | 'trustedProxies' | 'securityContacts' | 'databaseUrl' | 'smtpUrl' | 'blobs'
>;

export function settingFaults(settings: Settings): Fault[] {
  return [...addressFaults(settings), ...contactFaults(settings), ...secretFaults(settings)];
}

/** Postern itself speaks plain HTTP: what people reach by HTTPS is a proxy, and it must be named. */
function addressFaults({ publicUrl, trustedProxies, ...listening }: Settings): Fault[] {
  const faults: Fault[] = [];
  if (listensInTheOpen({ publicUrl, ...listening })) {
    faults.push({
      check: 'address',
      sentence:
        'POSTERN_HOST lets others reach it by plain http, so records would pass unprotected; leave it out ' +
        'to try Postern on this machine alone, or put a proxy with TLS before it and set ' +
        'POSTERN_PUBLIC_URL to its https address.',
    });
  } else if (!publicUrl.startsWith('https:')) {
    faults.push({
      check: 'address',
      sentence:
        'POSTERN_PUBLIC_URL is plain http beyond this machine, so records would pass unprotected; ' +
        'put a proxy with TLS before Postern and name its https address.',
    });
  }
  if (trustedProxies.length === 0) {
    faults.push({
      check: 'proxy',
      sentence:
        'Postern listens on plain http and no proxy is declared that speaks TLS for it; name the address ' +
        'of that proxy in POSTERN_TRUSTED_PROXIES, as in 127.0.0.1.',
    });
  }
  return faults;
}

function contactFaults({ securityContacts }: Settings): Fault[] {
  if (securityContacts.length > 0) return [];
  return [
    {
      check: 'contact',
      sentence:
        'Nobody who finds a weakness could tell you; set POSTERN_SECURITY_CONTACT to an address that is ' +
        'read, as in mailto:security@your-practice.org.',
    },
  ];
}

/** Passwords that are printed in manuals, images and examples. */
const DEFAULTS = new Set(
  `postern postgres postgresql password passw0rd pass secret admin root user test demo example changeme
  minioadmin change-me changeit letmein welcome qwerty 123456 12345678 123456789 1234567890 ... xxx
  xxxx`.split(/\s+/),
);
const SHORTEST = 8;

function secretFaults({ databaseUrl, smtpUrl, blobs }: Settings): Fault[] {
  return [
    ...secretFault('POSTERN_DATABASE_URL', databaseUrl, 'alter role NAME password'),
    ...secretFault('POSTERN_SMTP_URL', smtpUrl, 'the settings of your mail server'),
    ...bucketFaults(blobs),
  ];
}

/** A key that lies in a private file was made to be kept, and is not looked at. */
function bucketFaults(blobs: BlobSetting): Fault[] {
  if (blobs.kind !== 's3' || blobs.keys === null) return [];
  if (!('secret' in blobs.keys && 'text' in blobs.keys.secret)) return [];
  const { accessKey, secret } = blobs.keys;
  const what = weaknessOf(secret.text, [accessKey, blobs.bucket]);
  if (what === null) return [];
  const sentence = `The secret in POSTERN_S3_SECRET_KEY ${what}; have the store make a long random one.`;
  return [{ check: 'secret', sentence }];
}

/** The password within an address. A mail server that asks for no user asks for no password. */
function secretFault(setting: string, address: string | null, where: string): Fault[] {
  if (address === null) return [];
  const url = new URL(address);
  if (url.username === '' && url.password === '') return [];
  const what = weaknessOf(decodeURIComponent(url.password), [
    decodeURIComponent(url.username),
    url.hostname,
    decodeURIComponent(url.pathname.slice(1)),
  ]);
  if (what === null) return [];
  const sentence = `The password in ${setting} ${what}; give it a long random one (${where}).`;
  return [{ check: 'secret', sentence }];
}

/** What is wrong with a secret, or `null`. */
export function weaknessOf(secret: string, names: readonly string[]): string | null {
  const plain = secret.toLowerCase();
  if (secret === '') return 'is empty';
  if (DEFAULTS.has(plain)) return 'is one that everybody tries first';
  if (names.some((name) => name !== '' && name.toLowerCase() === plain)) return 'is a name in that address';
  if (secret.length < SHORTEST) return `has fewer than ${SHORTEST} characters`;
  return null;
}
