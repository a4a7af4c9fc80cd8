/** What is sealed of an account, and how its address is looked up. */
import type { AccountId } from '../base/ids.ts';
import { blindToken, labelledContext, openBytes, type PracticeKeys, sealBytes } from '../seal/index.ts';

export interface AccountContent {
  readonly email: string;
  readonly name: string;
  /** In which mails are written to them; missing where nobody said. */
  readonly language?: string;
}

export function sealAccount(keys: PracticeKeys, accountId: AccountId, content: AccountContent): Buffer {
  const bytes = Buffer.from(JSON.stringify(content));
  return sealBytes(keys.logSealingKey(1), contextOf(accountId), bytes);
}

/** Throws `damaged` for what was not sealed for that account. */
export function openAccount(keys: PracticeKeys, accountId: AccountId, sealed: Buffer): AccountContent {
  const bytes = openBytes(keys.logSealingKey(1), contextOf(accountId), sealed);
  return JSON.parse(bytes.toString()) as AccountContent;
}

export function emailToken(keys: PracticeKeys, address: string): string {
  return blindToken(keys.indexKey(1), 'account', 'email', address).toString();
}

/** One form for one mailbox, as far as that can be told from outside: no spaces around, lower case, NFC. */
export function normalEmail(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}

/** Whether that is an address at all, in its one form. */
export function isEmail(address: string): boolean {
  return /^[^@\s]+@[^@\s]+$/.test(address) && address.length <= 254;
}

function contextOf(accountId: AccountId): Buffer {
  return labelledContext('postern/account/v1', accountId);
}
