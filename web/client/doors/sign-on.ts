/** Single sign-on: joining the account that somebody has at their practice's provider, and setting that. */
import { queryOptions } from '@tanstack/react-query';
import { ask } from '../ask.ts';

/** As `GET /account/single-sign-on` answers. */
export interface OwnSignOn {
  readonly providers: readonly { readonly id: string; readonly name: string }[];
  /** How many of their accounts are joined to one's own. */
  readonly joined: number;
}

export const ownSignOnQuery = queryOptions({
  queryKey: ['account', 'single-sign-on'],
  queryFn: async ({ signal }) => JSON.parse(await ask('/account/single-sign-on', { signal })) as OwnSignOn,
  staleTime: 0,
});

/** Answers where the browser goes, as a page, to show whose account it is. */
export async function joinSignOn(provider: string): Promise<string> {
  const answer = await ask('/account/single-sign-on', { method: 'POST', body: { provider } });
  return (JSON.parse(answer) as { to: string }).to;
}

/** Parts every account of this practice's providers from one's own. */
export async function partSignOn(): Promise<void> {
  await ask('/account/single-sign-on', { method: 'DELETE' });
}

/** The address that sends a browser to the practice's provider; opened as a page, never fetched. */
export function signOnAddress(slug: string): string {
  return `/signin/single-sign-on?${new URLSearchParams({ practice: slug })}`;
}

/** A provider as its owner sets it; as `GET /practice/single-sign-on` answers. */
export interface SignOnProvider {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly algorithm: string;
  readonly roleClaim: string | null;
  /** Roles by values of that claim. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  /** Seconds; null for as the provider likes. */
  readonly maxAge: number | null;
  readonly acrValues: readonly string[];
  /** Where the provider sends browsers back to, to be told to it. */
  readonly returnAddress: string | null;
}

export const signOnProvidersQuery = queryOptions({
  queryKey: ['practice', 'single-sign-on'],
  queryFn: async ({ signal }) => {
    const answer = await ask('/practice/single-sign-on', { signal });
    return (JSON.parse(answer) as { providers: readonly SignOnProvider[] }).providers;
  },
  staleTime: 0,
});

export type SignOnAsked = Omit<SignOnProvider, 'returnAddress'> & {
  /** Left out where it stays. */
  readonly clientSecret?: string;
};

/** Takes a touch. Throws `ApiError`: `invalid`, whose text says what is wrong. */
export async function setSignOnProvider(asked: SignOnAsked): Promise<void> {
  await ask('/practice/single-sign-on', { method: 'PUT', body: asked });
}

export async function endSignOnProvider(id: string): Promise<void> {
  await ask(`/practice/single-sign-on?${new URLSearchParams({ id })}`, { method: 'DELETE' });
}
