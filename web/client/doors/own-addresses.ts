/** Addresses of the account, where its mails go, and the language in which they are written. */
import { queryOptions } from '@tanstack/react-query';
import { ask } from '../ask.ts';

export interface OwnAddress {
  readonly id: string;
  readonly email: string;
  readonly since: string;
}

/** As `GET /account/addresses` answers. */
export interface OwnAddresses {
  readonly first: string | null;
  readonly others: readonly OwnAddress[];
  readonly language: string | null;
}

export const ownAddressesQuery = queryOptions({
  queryKey: ['account', 'addresses'],
  queryFn: async ({ signal }) => JSON.parse(await ask('/account/addresses', { signal })) as OwnAddresses,
  staleTime: 0,
});

/** Sends a link there, with which it is shown to be one's own. */
export async function proposeAddress(email: string): Promise<void> {
  await ask('/account/addresses', { method: 'POST', body: { email } });
}

/** Takes what stood behind the `#` of the link. */
export async function confirmAddress(ticket: string): Promise<void> {
  await ask('/account/addresses/confirm', { method: 'POST', body: { ticket } });
}

export async function makeAddressFirst(id: string): Promise<void> {
  await ask(`/account/addresses/${id}/first`, { method: 'POST', body: {} });
}

export async function removeAddress(id: string): Promise<void> {
  await ask(`/account/addresses/${id}`, { method: 'DELETE' });
}

/** Of mails from then on. */
export async function writeIn(language: string): Promise<void> {
  await ask('/account/language', { method: 'PUT', body: { language } });
}
