/** What a practice says of an identity provider that it trusts. Pure. */
import { PosternError } from '../../base/errors.ts';
import { isLoopback } from '../../base/loopback.ts';
import { isRole, type RoleName, roleOf } from '../../gate/index.ts';

/** How ID tokens may be signed: by the provider's own key, never by a secret that is shared. */
export const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export interface ProviderTerms {
  /** How addresses name it within the practice. */
  readonly id: string;
  /** What people call it. */
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly algorithm: Algorithm;
  /** The claim of the ID token that says what somebody is; null: roles are given here alone. */
  readonly roleClaim: string | null;
  /** Roles by values of that claim. */
  readonly roles: Readonly<Record<string, readonly RoleName[]>>;
  /** Seconds since the person last proved who they are to the provider, at most; null: as it likes. */
  readonly maxAge: number | null;
  /** One of these the provider must say of how they did (`acr`); empty: whatever it says. */
  readonly acrValues: readonly string[];
  /** Whether its address may lie in a private network: the operator's to allow. */
  readonly privateNetwork: boolean;
}

export interface Provider extends ProviderTerms {
  readonly clientSecret: string;
}

const ID = /^[a-z0-9][a-z0-9-]{0,39}$/;
const MOST_SCOPES = 20;
const MOST_VALUES = 100;
/** Who rules the practice, and who watches that, are named by people here. */
const NEVER_MAPPED: readonly RoleName[] = ['owner', 'privacy-officer', 'partner'];

/**
 * The provider that was asked for. A secret left out stays as it was with the same issuer and client. Throws
 * `invalid` with what is wrong.
 */
export function providerIn(
  asked: Readonly<Record<string, unknown>>,
  before: Provider | null,
  { atHome, privateNetwork }: { readonly atHome: boolean; readonly privateNetwork: boolean },
): Provider {
  const id = asked.id === undefined ? 'main' : text(asked, 'id', 40);
  if (!ID.test(id)) wrong('id must be 1 to 40 lower-case letters, digits and hyphens');
  const issuer = issuerIn(text(asked, 'issuer', 500), atHome);
  const clientId = text(asked, 'clientId', 500);
  const same = before !== null && before.issuer === issuer && before.clientId === clientId;
  const clientSecret = asked.clientSecret === undefined && same ? before.clientSecret : secretIn(asked);
  const roleClaim = maybe(asked.roleClaim, () => text(asked, 'roleClaim', 100));
  const scopes = list(asked.scopes ?? ['openid', 'profile'], 'scopes', MOST_SCOPES);
  if (!scopes.includes('openid') || scopes.some((each) => /\s/.test(each))) {
    wrong('scopes must be words, and openid one of them');
  }
  return {
    id,
    name: asked.name === undefined ? new URL(issuer).hostname : text(asked, 'name', 60),
    issuer,
    clientId,
    clientSecret,
    scopes,
    algorithm: algorithmIn(asked.algorithm ?? 'RS256'),
    roleClaim,
    roles: rolesIn(asked.roles ?? {}, roleClaim),
    maxAge: maybe(asked.maxAge, maxAgeIn),
    acrValues: list(asked.acrValues ?? [], 'acrValues', MOST_SCOPES),
    privateNetwork,
  };
}

/** The roles that a provider's claims give, each once. What is not mapped gives none. */
export function rolesOf({ roleClaim, roles }: ProviderTerms, claims: Readonly<Record<string, unknown>>) {
  if (roleClaim === null) return [];
  const said = Object.hasOwn(claims, roleClaim) ? claims[roleClaim] : [];
  const values = (Array.isArray(said) ? said : [said]).filter((each) => typeof each === 'string');
  const given = values.flatMap((value) => (Object.hasOwn(roles, value) ? roles[value]! : []));
  return [...new Set(given)].filter(isMappable);
}

/** Everything but the secret, which nobody reads again. */
export function toldOf({ clientSecret: _, ...terms }: Provider): ProviderTerms {
  return terms;
}

/** Where that provider sends browsers back to: an address of its own, so that none passes for another. */
export function returnAddressOf(publicUrl: string, slug: string, provider: string): string {
  return `${publicUrl}/signin/single-sign-on/return/${slug}/${provider}`;
}

/** Where that provider tells that somebody signed out there. */
export function logoutAddressOf(publicUrl: string, slug: string, provider: string): string {
  return `${publicUrl}/signin/single-sign-on/logout/${slug}/${provider}`;
}

function isMappable(role: string): role is RoleName {
  return isRole(role) && roleOf(role).spans === 'practice' && !NEVER_MAPPED.includes(role);
}

function issuerIn(issuer: string, atHome: boolean): string {
  const url = URL.canParse(issuer) ? new URL(issuer) : null;
  const fits =
    url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  const secure =
    url?.protocol === 'https:' || (atHome && url?.protocol === 'http:' && isLoopback(url.hostname));
  if (fits && secure) return issuer;
  return wrong('issuer must be an https address without a query, as the provider says it');
}

function secretIn(asked: Readonly<Record<string, unknown>>): string {
  const secret = text(asked, 'clientSecret', 500);
  if (secret.length < 16) wrong('clientSecret must have 16 characters or more');
  return secret;
}

function algorithmIn(value: unknown): Algorithm {
  const found = ALGORITHMS.find((each) => each === value);
  return found ?? wrong(`algorithm must be one of ${ALGORITHMS.join(', ')}`);
}

function maxAgeIn(value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 60 && value <= 86_400) return value;
  return wrong('maxAge must be a whole number of seconds from 60 to 86400');
}

function rolesIn(value: unknown, roleClaim: string | null): Record<string, RoleName[]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) wrong('roles must be an object');
  const entries = Object.entries(value as object);
  if (entries.length > 0 && roleClaim === null) wrong('roles need a roleClaim');
  if (entries.length > MOST_VALUES) wrong(`roles may have at most ${MOST_VALUES} values`);
  return Object.fromEntries(
    entries.map(([said, given]) => {
      const roles = list(given, 'roles', 20);
      if (roles.every(isMappable)) return [said, roles as RoleName[]];
      return wrong('roles may name roles of the staff, but neither owner nor privacy-officer');
    }),
  );
}

function list(value: unknown, name: string, most: number): string[] {
  const fits =
    Array.isArray(value) &&
    value.length <= most &&
    value.every((each) => typeof each === 'string' && each !== '' && each.length <= 200);
  return fits ? [...new Set(value as string[])] : wrong(`${name} must be a list of words`);
}

function text(asked: Readonly<Record<string, unknown>>, name: string, most: number): string {
  const value = asked[name];
  const fits = typeof value === 'string' && value !== '' && value.length <= most && !/\p{Cc}/u.test(value);
  return fits ? value : wrong(`${name} is missing or too long`);
}

function maybe<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === undefined || value === null ? null : read(value);
}

function wrong(what: string): never {
  throw new PosternError('invalid', `${what}.`);
}
