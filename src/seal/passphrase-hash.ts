/**
 * What people choose is kept as Argon2id (RFC 9106) and as nothing else. The cost is OWASP's (Password
 * Storage Cheat Sheet: 46 MiB, one pass, one lane) and stands in the text, so that a later one can be told.
 */
import { type Argon2Algorithm, argon2, randomBytes } from 'node:crypto';
import { PosternError } from '../base/errors.ts';
import { macEquals } from './mac.ts';

interface Cost {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

const ALGORITHM: Argon2Algorithm = 'argon2id';
const COST: Cost = { memory: 47_104, passes: 1, parallelism: 1 };
const CODE_COST: Cost = { memory: 9_216, passes: 1, parallelism: 1 };
const SALT_BYTES = 16;
const TAG_BYTES = 32;
const FORM = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([\w+/]{22})\$([\w+/]{43})$/;

/** The PHC string of a text, with a salt of its own. */
export async function hashPassphrase(text: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await derive(text, salt, COST);
  const cost = `m=${COST.memory},t=${COST.passes},p=${COST.parallelism}`;
  return `$argon2id$v=19$${cost}$${unpadded(salt)}$${unpadded(tag)}`;
}

/**
 * Whether it is the text of that hash. Where there is no hash the answer is no, after the same work. Throws
 * `damaged` for what is none of ours.
 */
export async function matchesPassphrase(text: string, hash: string | null): Promise<boolean> {
  if (hash === null) {
    await derive(text, randomBytes(SALT_BYTES), COST);
    return false;
  }
  const match = FORM.exec(hash);
  if (match === null) throw new PosternError('damaged', 'A kept passphrase is damaged.');
  const [memory, passes, parallelism] = match.slice(1, 4).map(Number) as [number, number, number];
  const tag = await derive(text, Buffer.from(match[4]!, 'base64'), { memory, passes, parallelism });
  return macEquals(tag, Buffer.from(match[5]!, 'base64'));
}

/**
 * What a recovery code is kept as: the text has fifty random bits, so that a fifth of the memory is as hard.
 * `salt` is in base64url.
 */
export async function stretchedCode(text: string, salt: string): Promise<Buffer> {
  return derive(text, Buffer.from(salt, 'base64url'), CODE_COST);
}

export function newSalt(): string {
  return randomBytes(SALT_BYTES).toString('base64url');
}

/** A derivation costs 46 MiB and a tenth of a second of a processor: so many go on, others wait. */
const AT_ONCE = 3;
let free = AT_ONCE;
const waiting: (() => void)[] = [];

async function derive(text: string, salt: Buffer, cost: Cost): Promise<Buffer> {
  if (free > 0) free -= 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    const parameters = { message: text, nonce: salt, tagLength: TAG_BYTES, ...cost };
    return await new Promise((resolve, reject) => {
      argon2(ALGORITHM, parameters, (error, tag) => (error === null ? resolve(tag) : reject(error)));
    });
  } finally {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
