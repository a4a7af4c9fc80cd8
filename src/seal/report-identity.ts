/**
 * The identity that opens reports of weaknesses: an age file of keys (https://age-encryption.org/v1, X25519)
 * in the operator's hands. The server knows the recipient alone, which seals and cannot open.
 */
import { armor, Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { PosternError } from '../base/errors.ts';
import { readPrivateFile, refusal } from './private-file.ts';
import { replacePrivateFile, whileLocked } from './replace-file.ts';

/** `age1` and 58 letters of Bech32. */
const RECIPIENT = /^age1[02-9ac-hj-np-z]{58}$/;
const IDENTITY = /^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$/;

export interface ReportIdentity {
  /** The recipient that belongs to it; of several keys in one file, that of the last. */
  readonly recipient: string;
  /** The content. Throws `damaged` for what was sealed to somebody else, or is none. */
  open(sealed: Uint8Array): Promise<string>;
}

/**
 * The identity in a file, or `null` where there is none. Throws `not-configured` where others may read it,
 * and `damaged` where it holds something else.
 */
export async function readReportIdentity(path: string): Promise<ReportIdentity | null> {
  const text = await readPrivateFile(path);
  if (text === null) return null;
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0 || !keys.every((key) => IDENTITY.test(key))) throw damagedFile(path);
  try {
    const recipient = await identityToRecipient(keys.at(-1)!);
    return { recipient, open: (sealed) => openReport(keys, sealed) };
  } catch (error) {
    throw damagedFile(path, error);
  }
}

/** The identity in a file, made with mode 0600 where there is none; `made` says which. */
export async function ensureReportIdentity(
  path: string,
): Promise<{ identity: ReportIdentity; made: boolean }> {
  const standing = await readReportIdentity(path);
  if (standing !== null) return { identity: standing, made: false };
  return whileLocked(path, async () => {
    const meanwhile = await readReportIdentity(path);
    if (meanwhile !== null) return { identity: meanwhile, made: false };
    await replacePrivateFile(path, await newFile());
    const identity = await readReportIdentity(path);
    if (identity === null) throw refusal(`The key file ${path} could not be made.`);
    return { identity, made: true };
  });
}

async function newFile(): Promise<string> {
  const key = await generateX25519Identity();
  return [
    '# Opens what finders of weaknesses report to this Postern. Whoever has it can read the reports; without',
    '# it nobody can. Keep a copy, apart from the data and its backups.',
    `# public key: ${await identityToRecipient(key)}`,
    key,
    '',
  ].join('\n');
}

/** Whether reports can be sealed to it; Bech32's own check included. */
export function isReportRecipient(text: string): boolean {
  if (!RECIPIENT.test(text)) return false;
  try {
    new Encrypter().addRecipient(text);
    return true;
  } catch {
    return false;
  }
}

export async function sealReport(recipient: string, text: string): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(text);
}

/** A sealed report as text, for `age --decrypt` on another machine. */
export function armoredReport(sealed: Uint8Array): string {
  return armor.encode(sealed);
}

async function openReport(keys: readonly string[], sealed: Uint8Array): Promise<string> {
  const decrypter = new Decrypter();
  for (const key of keys) decrypter.addIdentity(key);
  try {
    return await decrypter.decrypt(sealed, 'text');
  } catch (cause) {
    throw new PosternError('damaged', 'The identity does not open this: it was sealed to another one.', {
      cause,
    });
  }
}

function damagedFile(path: string, cause?: unknown): PosternError {
  return new PosternError('damaged', `${path} holds no age identity (AGE-SECRET-KEY-1...).`, { cause });
}
