/** Where somebody goes once they are in. */
import type { Session } from '../client/index.ts';
import { returnAddress } from './leave.ts';

/**
 * Loads the app anew: nothing of the door stays in memory. Who has proved too little makes a passkey first;
 * who has both apps and came from neither is asked at the door.
 */
export function goOn({ assured, apps }: Pick<Session, 'assured' | 'apps'>): void {
  const back = returnAddress(new URLSearchParams(location.search).get('return'));
  if (!assured) location.replace(accountAddress(back));
  else if (back !== null) location.replace(back);
  else if (apps.length === 1) location.replace(`/${apps[0]}`);
  else if (location.pathname !== '/signin') location.replace('/signin');
}

function accountAddress(back: string | null): string {
  return back === null ? '/account' : `/account?${new URLSearchParams({ return: back })}`;
}
