/** A mail as its row holds it: sealed under the installation's key, for that row and kind alone. */
import type { PracticeId } from '../base/ids.ts';
import { labelledContext, openBytes, type PracticeKeys, sealBytes } from '../seal/index.ts';
import type { Language } from './letter.ts';
import type { Letter, Recipient } from './letter-kinds.ts';

export interface MailContent {
  readonly to: Recipient;
  readonly language: Language | null;
  /** By whose clock its times are told; without one, by that of the account's practices. */
  readonly practiceId?: PracticeId | null;
  readonly letter: Letter;
}

export interface MailPlace {
  readonly mailId: string;
  readonly kind: string;
}

export function sealMail(keys: PracticeKeys, place: MailPlace, content: MailContent): Buffer {
  return sealBytes(keys.logSealingKey(), contextOf(place), Buffer.from(JSON.stringify(content)));
}

/** Throws `damaged` for what was not sealed here for that row. */
export function openMail(keys: PracticeKeys, place: MailPlace, sealed: Buffer): MailContent {
  let failure: unknown;
  for (const version of keys.versions('log').reverse()) {
    try {
      return revived(openBytes(keys.logSealingKey(version), contextOf(place), sealed).toString());
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

function contextOf({ mailId, kind }: MailPlace): Buffer {
  return labelledContext('postern/mail/v1', mailId, kind);
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function revived(text: string): MailContent {
  const { to, language, practiceId = null, letter } = JSON.parse(text) as MailContent;
  const facts = Object.entries(letter.facts).map(([name, value]) => [
    name,
    typeof value === 'string' && INSTANT.test(value) ? new Date(value) : value,
  ]);
  return { to, language, practiceId, letter: { ...letter, facts: Object.fromEntries(facts) } as Letter };
}
