/** Ways in: a passkey, or a passphrase and a code. */
import { ask } from '../ask.ts';
import { enter, type SignedIn } from '../session.ts';
import { type Asking, showPasskey } from './ceremonies.ts';

/** One touch, and nothing typed. Throws `CeremonyError`, `ApiError`. */
export async function signInByPasskey(practice: string | null, quietly = false): Promise<SignedIn> {
  const asking = JSON.parse(await ask('/signin/passkey/options', { method: 'POST', body: {} })) as Asking;
  const response = await showPasskey(asking, quietly);
  return enter('/signin/passkey', { response }, practice);
}

/** A ticket for the second step, whoever that is. */
export async function sendPassphrase(email: string, passphrase: string): Promise<string> {
  const body = { email, passphrase, cookie: true };
  const { ticket } = JSON.parse(await ask('/signin/passphrase', { method: 'POST', body })) as {
    ticket: string;
  };
  return ticket;
}

export function sendCode(ticket: string, code: string, practice: string | null): Promise<SignedIn> {
  return enter('/signin/second', { ticket, code }, practice);
}
