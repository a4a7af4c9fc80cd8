/** Where somebody goes once they are in. */
import type { QueryClient } from '@tanstack/react-query';
import { factorsQuery, type Session } from '../client/index.ts';
import { returnAddress } from './leave.ts';

/**
 * Loads the app anew: nothing of the door stays in memory. Who has proved too little makes a passkey first;
 * who has both apps and came from neither is asked at the door.
 */
export function goOn({ assured, apps }: Pick<Session, 'assured' | 'apps'>): void {
  const back = backHere();
  if (!assured) location.replace(accountAddress(back));
  else if (back !== null) location.replace(back);
  else if (apps.length === 1) location.replace(`/${apps[0]}`);
  else if (location.pathname !== '/signin') location.replace('/signin');
}

/**
 * The same from the door, for whoever has just come in: an owner whom the operator's link let in, and who has
 * no way in of their own, is asked for a passkey first. They may put it off until the next link.
 */
export async function goInside(session: Session, queries: QueryClient): Promise<void> {
  const byLink = cameByOperator(session) && session.roles.includes('owner');
  // Where that cannot be known now, they are not kept from their work.
  const factors = byLink ? await queries.fetchQuery(factorsQuery).catch(() => null) : null;
  if (factors === null || factors.enough) goOn(session);
  else location.replace(accountAddress(backHere(), { first: '' }));
}

/** Whether it is the operator alone who says who this is. */
export function cameByOperator({ methods }: Session): boolean {
  return methods.length === 1 && methods[0] === 'operator';
}

function backHere(): string | null {
  return returnAddress(new URLSearchParams(location.search).get('return'));
}

function accountAddress(back: string | null, more: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(back === null ? more : { ...more, return: back });
  return query.size === 0 ? '/account' : `/account?${query}`;
}
