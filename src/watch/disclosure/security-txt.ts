/**
 * `/.well-known/security.txt` (RFC 9116): made anew for whoever asks, so that it renews itself long before it
 * expires, and none that is stale is ever given out.
 */
import type { Desk } from './desk.ts';

/** Two to three months from now, at the turn of a month: it says the same for weeks on end. */
export function expiryOf(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 3, 1));
}

type Told = Pick<Desk, 'publicUrl' | 'contacts' | 'clock'>;

/** The best contact first; one line a field. */
export function securityTxt({ publicUrl, contacts, clock }: Told, recipient: string | null): string {
  const sealing = recipient !== null;
  const addresses = [...(sealing ? [`${publicUrl}/security/report`] : []), ...contacts];
  // A contact is required: without any, the policy says what is missing.
  const contact = addresses.length === 0 ? [`${publicUrl}/security`] : addresses;
  const fields: readonly (readonly [string, string])[] = [
    ...contact.map((address) => ['Contact', address] as const),
    ['Expires', expiryOf(clock.now()).toISOString().replace('.000Z', 'Z')],
    ...(sealing ? [['Encryption', `${publicUrl}/security/recipient.txt`] as const] : []),
    ['Preferred-Languages', 'en, es, de'],
    ['Canonical', `${publicUrl}/.well-known/security.txt`],
    ['Policy', `${publicUrl}/security`],
  ];
  return fields.map(([name, value]) => `${name}: ${value}\n`).join('');
}
