/**
 * The text of a root key file: one line for each version, oldest first.
 *
 *     postern-root-key 1 <32 bytes, base64url> <check, 8 hex digits>
 *
 * The check tells a mistyped or cut-off line from a wrong key, for whoever restores the file from paper.
 * Lines that begin with `#` are for people.
 */
import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { PosternError } from '../base/errors.ts';

export type RootKeys = ReadonlyMap<number, KeyObject>;

const WORD = 'postern-root-key';
const LINE = /^postern-root-key ([1-9][0-9]{0,8}) ([A-Za-z0-9_-]{43}) ([0-9a-f]{8})$/;

const PREAMBLE = [
  '# Root keys of Postern. Whoever has this file and the database can read every record;',
  '# without it nobody can. Keep a copy, apart from the data and its backups.',
];

/** Throws `damaged`, with the line's number and none of its content. */
export function parseRootKeys(text: string, path: string): RootKeys {
  const keys = new Map<number, KeyObject>();
  let newest = 0;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const [, version = '', encoded = '', check = ''] = LINE.exec(line) ?? [];
    const bytes = Buffer.from(encoded, 'base64url');
    const sound = bytes.toString('base64url') === encoded && checkOf(version, bytes) === check;
    if (encoded === '' || !sound || Number(version) <= newest) throw damagedFile(path, `line ${index + 1}`);
    newest = Number(version);
    keys.set(newest, createSecretKey(bytes));
    bytes.fill(0);
  }
  if (newest === 0) throw damagedFile(path, 'it holds no key');
  return keys;
}

export function formatRootKeys(keys: RootKeys): string {
  const lines = [...keys]
    .sort(([a], [b]) => a - b)
    .map(([version, key]) => formatLine(version, key.export()));
  return `${[...PREAMBLE, ...lines].join('\n')}\n`;
}

export function newestVersion(keys: RootKeys): number {
  return Math.max(...keys.keys());
}

function formatLine(version: number, bytes: Buffer): string {
  return `${WORD} ${version} ${bytes.toString('base64url')} ${checkOf(String(version), bytes)}`;
}

function checkOf(version: string, bytes: Buffer): string {
  return createHash('sha256')
    .update(`postern/root-key-check/v1 ${version} `)
    .update(bytes)
    .digest('hex')
    .slice(0, 8);
}

function damagedFile(path: string, where: string): PosternError {
  return new PosternError(
    'damaged',
    `The key file ${path} is damaged (${where}). Restore it from its copy; do not make a new one.`,
  );
}
