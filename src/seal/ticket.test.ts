import { createSecretKey, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { newSalt } from './passphrase-hash.ts';
import { newRecoveryCode, readRecoveryCode, recoveryCodeDigest } from './recovery-code.ts';
import { openTicket, sealTicket } from './ticket.ts';

const key = createSecretKey(randomBytes(32));

test('a ticket says what it was given, for its purpose, and never looks the same', () => {
  const ticket = sealTicket(key, 'second', { account: 'one' });
  expect(openTicket(key, 'second', ticket)).toEqual({ account: 'one' });
  expect(sealTicket(key, 'second', { account: 'one' })).not.toBe(ticket);
});

test('a ticket for another purpose, under another key, or with a letter changed is none', () => {
  const ticket = sealTicket(key, 'second', { account: 'one' });
  expect(openTicket(key, 'first', ticket)).toBeNull();
  expect(openTicket(createSecretKey(randomBytes(32)), 'second', ticket)).toBeNull();
  for (let at = 0; at < ticket.length; at += 7) {
    const other = ticket[at] === 'A' ? 'B' : 'A';
    expect(openTicket(key, 'second', `${ticket.slice(0, at)}${other}${ticket.slice(at + 1)}`)).toBeNull();
  }
  for (const text of ['', 'x', `${ticket}A`, ticket.slice(0, -4), `${ticket}=`]) {
    expect(openTicket(key, 'second', text)).toBeNull();
  }
});

test('a recovery code is read however it is spelled, and belongs to its account', async () => {
  const code = newRecoveryCode();
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
  const letters = code.replace('-', '');
  for (const typed of [code, code.toLowerCase(), ` ${letters.slice(0, 3)} ${letters.slice(3)}`]) {
    expect(readRecoveryCode(typed)).toBe(letters);
  }
  expect(readRecoveryCode('O1lI0-abcde')).toBe('01110ABCDE');
  for (const typed of ['', letters.slice(1), `${letters}0`, 'UUUUU-UUUUU', ' '.repeat(60)]) {
    expect(readRecoveryCode(typed)).toBeNull();
  }
  const [salt, another] = [newSalt(), newSalt()];
  const digest = await recoveryCodeDigest(key, 'one', salt, letters);
  expect(await recoveryCodeDigest(key, 'one', salt, letters)).toBe(digest);
  expect(await recoveryCodeDigest(key, 'other', salt, letters)).not.toBe(digest);
  expect(await recoveryCodeDigest(key, 'one', another, letters)).not.toBe(digest);
});
