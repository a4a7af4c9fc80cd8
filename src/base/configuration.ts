/**
 * What the environment and a `.env` file say, as one typed value. Pure: the caller reads the environment, the
 * file and the folders and hands them in. A variable of the environment wins over the same one in `.env`.
 * A value that cannot be used is answered by one sentence that names the variable, never its value: several
 * of them hold passwords.
 */
import { isIP } from 'node:net';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { type BlobSetting, readBlobSetting, readBlobSettingBefore } from './blob-setting.ts';
import { readDotEnv } from './dot-env.ts';
import { PosternError } from './errors.ts';
import { type FileLimits, readFileLimits } from './file-limits.ts';
import { readScannerAddress, type ScannerAddress } from './scanner-address.ts';
import { unknownNames } from './setting-names.ts';

export interface Configuration {
  /** Absolute path of the folder that holds the database, the files, the checkpoints and the logs. */
  readonly dataFolder: string;
  readonly host: string;
  readonly port: number;
  /** Addresses, or ranges as ADDRESS/BITS, of proxies that are believed about whom they ask for. */
  readonly trustedProxies: readonly string[];
  /** The owner's address in an external PostgreSQL, or `null` for the embedded one. */
  readonly databaseUrl: string | null;
  /** Address of the key vault: `file:/absolute/path`, or `pkcs11:...`. */
  readonly keyVault: string;
  /** The address people use, without a slash at its end. */
  readonly publicUrl: string;
  readonly smtpUrl: string | null;
  /** Who mails come from; `null` for the first address that they go to. */
  readonly mailFrom: string | null;
  /** Where whoever finds a weakness writes: `mailto:`, `https:` and `tel:` addresses, the best first. */
  readonly securityContacts: readonly string[];
  /** The file of the identity that opens reports of weaknesses, where it lies on this machine. */
  readonly reportsIdentity: string;
  /** Days for which backups of wrapped keys are kept; a shredding is complete after that. */
  readonly keyBackupDays: number;
  /** Where ClamAV listens, or `null` where files are not scanned. */
  readonly clamAv: ScannerAddress | null;
  /** What a practice may keep in files at most, where the operator says less or more than is usual. */
  readonly fileLimits: FileLimits;
  /** Where the content of files is kept, sealed. */
  readonly blobs: BlobSetting;
  /**
   * Where it was kept before, and what has not been moved yet still is; null where there is no such place.
   */
  readonly blobsBefore: BlobSetting | null;
}

/** Where paths that are not absolute start. */
export interface Surroundings {
  readonly workingFolder: string;
  readonly homeFolder: string;
}

/** Every variable that Postern reads, with what stands when it is not set; the list that `--help` prints. */
export const SETTINGS = {
  POSTERN_DATA: 'the folder of all data; ./data when not set',
  POSTERN_PORT: 'the port the server listens on; 8080 when not set',
  POSTERN_HOST: 'the address the server listens on; 127.0.0.1 when not set',
  POSTERN_TRUSTED_PROXIES: 'addresses of proxies whose X-Forwarded-For counts; none when not set',
  POSTERN_DATABASE_URL: 'an external PostgreSQL 16 or newer, as its owner; embedded when not set',
  POSTERN_KEY_VAULT: 'the vault of the root key; file:~/.config/postern/root.key when not set',
  POSTERN_PUBLIC_URL: 'the address people use; http://localhost:POSTERN_PORT when not set',
  POSTERN_SMTP_URL: 'the mail server for what Postern sends; none when not set',
  POSTERN_MAIL_FROM: 'who mails come from; the first mail address of the contacts when not set',
  POSTERN_SECURITY_CONTACT: 'where finders of weaknesses write, as in mailto:security@practice.org; none',
  POSTERN_REPORTS_IDENTITY: 'the file that opens reports; reports.key beside the root key when not set',
  POSTERN_KEY_BACKUP_DAYS: 'the days for which backups of keys are kept; 35 when not set',
  POSTERN_BLOB_URL: 'where files are kept: file:PATH or s3://BUCKET; files in POSTERN_DATA when not set',
  POSTERN_BLOB_URL_BEFORE: 'where files were kept before, while they are moved; none when not set',
  POSTERN_S3_ACCESS_KEY: 'the access key of that bucket; what the machine has of AWS when not set',
  POSTERN_S3_SECRET_KEY: 'the secret key of that bucket',
  POSTERN_S3_SECRET_KEY_FILE: 'a private file that holds the secret key, in place of it',
  POSTERN_CLAMAV:
    'where ClamAV listens, as in unix:/run/clamav/clamd.ctl; files are not scanned when not set',
  POSTERN_FILE_LIMITS:
    'the most of files that practices may set; file=5GiB,practice=2TiB,files=5000000,uploads=50 when not set',
} as const;

export type SettingName = keyof typeof SETTINGS;
/** What a server listens on that `localhost` leads to. */
const THIS_MACHINE: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '0.0.0.0', '::']);
const USUAL_VAULT = 'file:~/.config/postern/root.key';
type Values = Partial<Record<SettingName, string>>;

/**
 * The configuration that the environment and the text of `.env` (empty where there is no file) describe.
 * Throws `not-configured` with one sentence for the first value that cannot be used.
 */
export function readConfiguration(
  environment: Readonly<Record<string, string | undefined>>,
  dotEnv: string,
  surroundings: Surroundings,
): Configuration {
  const values = collect(environment, dotEnv);
  const host = values.POSTERN_HOST ?? '127.0.0.1';
  if (/[\s/]/.test(host)) refuse('POSTERN_HOST', 'must be a host name or an IP address');
  const port = readPort(values.POSTERN_PORT ?? '8080');
  const keyVault = readKeyVault(values.POSTERN_KEY_VAULT ?? USUAL_VAULT, surroundings);
  const dataFolder = readFolder(values.POSTERN_DATA ?? './data', surroundings);
  return {
    dataFolder,
    host,
    port,
    trustedProxies: readProxies(values.POSTERN_TRUSTED_PROXIES ?? ''),
    databaseUrl: readDatabaseUrl(values.POSTERN_DATABASE_URL),
    keyVault,
    publicUrl: readPublicUrl(values.POSTERN_PUBLIC_URL ?? localAddress(host, port)),
    smtpUrl: readSmtpUrl(values.POSTERN_SMTP_URL),
    mailFrom: readMailFrom(values.POSTERN_MAIL_FROM),
    reportsIdentity: readIdentity(values.POSTERN_REPORTS_IDENTITY, keyVault, surroundings),
    securityContacts: readContacts(values.POSTERN_SECURITY_CONTACT ?? ''),
    keyBackupDays: readDays('POSTERN_KEY_BACKUP_DAYS', values.POSTERN_KEY_BACKUP_DAYS ?? '35'),
    clamAv: readClamAv(values.POSTERN_CLAMAV),
    fileLimits: readLimits(values.POSTERN_FILE_LIMITS),
    ...readBlobs(values, dataFolder, surroundings),
  };
}

/** A variable that is set to nothing counts as not set: so an operator can switch off what `.env` says. */
function collect(environment: Readonly<Record<string, string | undefined>>, dotEnv: string): Values {
  const file = readDotEnv(dotEnv);
  const names = Object.keys(SETTINGS) as SettingName[];
  const values: Values = {};
  for (const name of names) {
    const value = (environment[name] ?? file[name] ?? '').trim();
    if (value !== '') values[name] = value;
  }
  const [inFile] = unknownNames(Object.keys(file), names);
  if (inFile !== undefined) {
    const mend = inFile.meant === null ? 'postern --help lists them.' : `is ${inFile.meant} meant?`;
    throw new PosternError('not-configured', `.env has ${inFile.name}, which is no setting; ${mend}`);
  }
  const slip = unknownNames(setNames(environment), names).find(({ meant }) => meant !== null);
  if (slip !== undefined) {
    throw new PosternError(
      'not-configured',
      `${slip.name} is no setting; is ${slip.meant} meant? Correct it, or take it out of the environment.`,
    );
  }
  return values;
}

/**
 * A sentence for each name of the environment that starts as a setting does and is like none: others set
 * variables too (a cluster, for whatever is called postern), so those are told of and not refused.
 */
export function remarksOn(environment: Readonly<Record<string, string | undefined>>): string[] {
  return unknownNames(setNames(environment), Object.keys(SETTINGS))
    .filter(({ meant }) => meant === null)
    .map(({ name }) => `${name} is no setting of Postern and does nothing; postern --help lists them.`);
}

function setNames(environment: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(environment).filter((name) => (environment[name] ?? '').trim() !== '');
}

function refuse(name: SettingName, mend: string): never {
  throw new PosternError('not-configured', `${name} cannot be used: it ${mend}.`);
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    refuse('POSTERN_PORT', 'must be a whole number from 0 to 65535');
  }
  return port;
}

function readProxies(text: string): string[] {
  const proxies = text.split(/[\s,]+/).filter((each) => each !== '');
  if (!proxies.every(isRange)) {
    refuse('POSTERN_TRUSTED_PROXIES', 'must be a list of IP addresses or ranges such as 10.1.0.0/16');
  }
  return proxies;
}

/** A range of everyone is none: whoever asks could then say that he is somebody else. */
function isRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || address.includes('%') || more.length > 0) return false;
  const most = family === 4 ? 32 : 128;
  return bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= most);
}

function readDays(name: SettingName, text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) refuse(name, 'must be a whole number of days from 1 to 9999');
  return Number(text);
}

function readClamAv(text: string | undefined): ScannerAddress | null {
  if (text === undefined) return null;
  const address = readScannerAddress(text);
  if (address === null) {
    refuse('POSTERN_CLAMAV', 'must be unix:/PATH, tcp:HOST:PORT on this machine, or tls:HOST:PORT elsewhere');
  }
  return address;
}

function readLimits(text: string | undefined): FileLimits {
  const limits = readFileLimits(text ?? '');
  if (limits === null) {
    refuse('POSTERN_FILE_LIMITS', 'must be like file=5GiB,practice=2TiB,files=5000000,uploads=50');
  }
  return limits;
}

function readBlobs(
  values: Values,
  dataFolder: string,
  { workingFolder, homeFolder }: Surroundings,
): Pick<Configuration, 'blobs' | 'blobsBefore'> {
  const absolute = (path: string) => expandPath(path, workingFolder, homeFolder);
  const blobs = readBlobSetting(values, dataFolder, absolute);
  if ('mend' in blobs) refuse(blobs.name, blobs.mend);
  const before = readBlobSettingBefore(values, blobs, absolute);
  if (before !== null && 'mend' in before) refuse(before.name, before.mend);
  return { blobs, blobsBefore: before };
}

function readFolder(text: string, { workingFolder, homeFolder }: Surroundings): string {
  if (text.includes('\0')) refuse('POSTERN_DATA', 'must be a path');
  return expandPath(text, workingFolder, homeFolder);
}

function expandPath(text: string, workingFolder: string, homeFolder: string): string {
  if (text === '~') return homeFolder;
  if (text.startsWith('~/')) return join(homeFolder, text.slice(2));
  return isAbsolute(text) ? text : resolve(workingFolder, text);
}

function parseUrl(name: SettingName, text: string, protocols: readonly string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !protocols.includes(url.protocol)) {
    refuse(name, `must be an address that starts with ${protocols.map((each) => `${each}//`).join(' or ')}`);
  }
  return url;
}

function readDatabaseUrl(text: string | undefined): string | null {
  if (text === undefined) return null;
  const url = parseUrl('POSTERN_DATABASE_URL', text, ['postgres:', 'postgresql:']);
  if (url.host === '' || url.username === '' || url.pathname.length < 2) {
    refuse(
      'POSTERN_DATABASE_URL',
      'must name a user, a host and a database: postgres://USER:PASSWORD@HOST/NAME',
    );
  }
  return text;
}

function readKeyVault(text: string, { workingFolder, homeFolder }: Surroundings): string {
  if (text.startsWith('file:')) return `file:${expandPath(filePath(text), workingFolder, homeFolder)}`;
  if (!/^pkcs11:./.test(text)) refuse('POSTERN_KEY_VAULT', 'must start with file: or pkcs11:');
  return text;
}

/** `file:///x` and `file:/x` and `file:x` are all written by people; the first two mean the same. */
function filePath(text: string): string {
  return text.slice('file:'.length).replace(/^\/\/(?=\/)/, '');
}

function readPublicUrl(text: string): string {
  const url = parseUrl('POSTERN_PUBLIC_URL', text, ['https:', 'http:']);
  if (url.search !== '' || url.hash !== '' || url.username !== '') {
    refuse('POSTERN_PUBLIC_URL', 'must be an address without a query, a fragment or a password');
  }
  return url.href.replace(/\/+$/, '');
}

function readSmtpUrl(text: string | undefined): string | null {
  if (text === undefined) return null;
  parseUrl('POSTERN_SMTP_URL', text, ['smtp:', 'smtps:']);
  return text;
}

function readMailFrom(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!isContact(`mailto:${text}`)) refuse('POSTERN_MAIL_FROM', 'must be a mail address, NAME@DOMAIN');
  return text;
}

/** Beside the root key, where that is a file. */
function readIdentity(
  text: string | undefined,
  keyVault: string,
  { workingFolder, homeFolder }: Surroundings,
): string {
  if (text?.includes('\0') === true) refuse('POSTERN_REPORTS_IDENTITY', 'must be a path');
  if (text !== undefined) return expandPath(text, workingFolder, homeFolder);
  const vault = keyVault.startsWith('file:')
    ? keyVault
    : readKeyVault(USUAL_VAULT, { workingFolder, homeFolder });
  return join(dirname(vault.slice('file:'.length)), 'reports.key');
}

/** Addresses as RFC 9116 section 2.5.3 wants them. */
function readContacts(text: string): string[] {
  const contacts = text.split(/[\s,]+/).filter((each) => each !== '');
  if (!contacts.every(isContact)) {
    refuse(
      'POSTERN_SECURITY_CONTACT',
      'must be a list of mailto:NAME@DOMAIN, https://... or tel:+NUMBER addresses',
    );
  }
  return contacts;
}

function isContact(text: string): boolean {
  if (text.startsWith('https://')) return URL.canParse(text) && !/[<>"'`\\^{|}]/.test(text);
  return (
    /^mailto:[\w.!#$&*+/=^{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)+$/i.test(text) || /^tel:\+[\d-]{5,20}$/.test(text)
  );
}

/** The same on the port that was found for it; the address people use follows where it was not set. */
export function atPort(configuration: Configuration, port: number): Configuration {
  if (!listensInTheOpen(configuration)) return { ...configuration, port };
  return { ...configuration, port, publicUrl: localAddress(configuration.host, port) };
}

/** Whether the address that people use is the one it listens on, as it is where nothing else is said. */
export function listensInTheOpen(at: Pick<Configuration, 'host' | 'port' | 'publicUrl'>): boolean {
  return at.publicUrl === readPublicUrl(localAddress(at.host, at.port));
}

/** By name where it is this machine: browsers keep no passkey for a number. */
function localAddress(host: string, port: number): string {
  const reachable = THIS_MACHINE.has(host) ? 'localhost' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}
