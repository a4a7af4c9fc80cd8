/**
 * The text of a `.env` file, as names and values. Node's own reader passes over what it cannot read; what is
 * passed over is a setting that somebody believes to be set, so such a line is refused here. Pure.
 */
import { parseEnv } from 'node:util';
import { PosternError } from './errors.ts';

const ASSIGNMENT = /^\s*(?:export\s+)?[A-Za-z_][\w.-]*\s*=\s*(.*)$/;

/**
 * Throws `not-configured` with the number of the first line that is none, and never what stands in it: it may
 * be a password.
 */
export function readDotEnv(text: string): Readonly<Record<string, string | undefined>> {
  const plain = text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
  checkLines(plain.split('\n'));
  return parseEnv(plain);
}

function checkLines(lines: readonly string[]): void {
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at]!;
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
    const value = ASSIGNMENT.exec(line)?.[1];
    if (value === undefined) refuse(at, 'is no setting: write NAME=VALUE, or # before a remark');
    const quote = /^["'`]/.exec(value)?.[0];
    if (quote === undefined || value.indexOf(quote, 1) > 0) continue;
    const end = lines.findIndex((each, index) => index > at && each.includes(quote));
    if (end < 0) refuse(at, `has a ${quote} that nothing closes`);
    at = end;
  }
}

function refuse(at: number, what: string): never {
  throw new PosternError('not-configured', `Line ${at + 1} of .env ${what}.`);
}
