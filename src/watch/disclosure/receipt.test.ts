import { expect, test } from 'vitest';
import { newReceipt, readReceipt } from './receipt.ts';
import { wordsFor } from './words.ts';

test('receipts are sixty random bits in letters that nobody takes for one another', () => {
  const many = Array.from({ length: 5000 }, newReceipt);
  expect(new Set(many).size).toBe(5000);
  for (const receipt of many) {
    expect(receipt).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
    expect(readReceipt(receipt)).toBe(receipt);
  }
  // Each of the twelve places takes each of the 32 letters.
  for (let place = 0; place < 14; place += 1) {
    if (place === 4 || place === 9) continue;
    expect(new Set(many.map((receipt) => receipt[place])).size, `place ${place}`).toBe(32);
  }
});

test('a receipt is read however it was typed, and what can be none is none', () => {
  for (const typed of ['7K3M-Q9ZD-1XWP', '7k3mq9zd1xwp', ' 7K3M Q9ZD IXWP ', '7k3m-q9zd-lxwp']) {
    expect(readReceipt(typed)).toBe('7K3M-Q9ZD-1XWP');
  }
  expect(readReceipt('OOOO-0000-0000')).toBe('0000-0000-0000');
  for (const typed of ['', '7K3M-Q9ZD', '7K3M-Q9ZD-1XWPX', '7K3M-Q9ZD-1XW%', '7K3M-Q9ZD-1XWÜ', "' or ''='"]) {
    expect(readReceipt(typed)).toBeNull();
  }
});

test('the words are in the language that is asked for, or the best that is accepted, or English', () => {
  const spoken = (asked: string | null, accepted?: string) => wordsFor(asked, accepted).language;
  expect(spoken('es', 'de')).toBe('es');
  expect(spoken('xx', 'de-AT, en;q=0.5')).toBe('de');
  expect(spoken(null, 'fr, es;q=0.4, de;q=0.9')).toBe('de');
  expect(spoken(null, 'de;q=0, es')).toBe('es');
  expect(spoken('constructor', '__proto__')).toBe('en');
  expect(spoken(null)).toBe('en');
});
