/**
 * Tickets: what the server hands out and takes back unchanged, so that it need not remember it: sealed, since
 * it says whom it is about, and bound to what it is for.
 */
import type { KeyObject } from 'node:crypto';
import { PosternError } from '../base/errors.ts';
import { labelledContext } from './context.ts';
import { openBytes, sealBytes } from './envelope.ts';

const FORM = /^[\w-]{20,2000}$/;

/** Never the same twice, whatever it says: its envelope has 24 random bytes. */
export function sealTicket(key: KeyObject, purpose: string, content: object): string {
  const bytes = Buffer.from(JSON.stringify(content));
  return sealBytes(key, labelledContext('postern/ticket/v1', purpose), bytes).toString('base64url');
}

/** What a ticket for that purpose says; null for everything else. */
export function openTicket(key: KeyObject, purpose: string, ticket: string): unknown {
  if (!FORM.test(ticket)) return null;
  const envelope = Buffer.from(ticket, 'base64url');
  // The last letter of Base64 has bits to spare: a ticket has one spelling.
  if (envelope.toString('base64url') !== ticket) return null;
  try {
    const bytes = openBytes(key, labelledContext('postern/ticket/v1', purpose), envelope);
    return JSON.parse(bytes.toString());
  } catch (error) {
    if (error instanceof PosternError && error.code === 'damaged') return null;
    throw error;
  }
}
