/** What a developer says of an app that is to be registered. */
import { PosternError } from '../base/errors.ts';
import type { JsonObject } from '../chart/index.ts';
import { isLanguage, type Language } from '../post/index.ts';
import { isRedirectAddress, isWebAddress, publicKeysIn } from './client-terms.ts';
import type { ClientKeys } from './clients.ts';

/** There is no secret to hand out: an app that authenticates does so by keys of its own (RFC 7523). */
export interface RequestedApp extends ClientKeys {
  readonly name: string;
  readonly uri: string | null;
  readonly redirectUris: readonly string[];
  readonly launchUri: string | null;
  /** What it is for, in the developer's words. */
  readonly purpose: string;
  /** Where the developer is reached. */
  readonly contact: string;
  /** In which they are written to; left out where they did not say. */
  readonly language?: Language;
}

const MOST_REDIRECTS = 5;

/** Throws `invalid`, and says what is wrong. */
export function requestedApp(asked: JsonObject): RequestedApp {
  const { redirectUris, jwks } = asked;
  const uris = Array.isArray(redirectUris) ? redirectUris : [];
  const fits = uris.every(
    (each) => typeof each === 'string' && each.length <= 500 && isRedirectAddress(each),
  );
  if (uris.length === 0 || uris.length > MOST_REDIRECTS || !fits) {
    throw invalid('redirectUris must be one to five addresses with https, or of an app on a device.');
  }
  const jwksUri = address(asked, 'jwksUri');
  if (jwks !== undefined && jwksUri !== null) throw invalid('jwks and jwksUri exclude each other.');
  const keys = jwks === undefined ? null : publicKeysIn(JSON.stringify(jwks));
  if (jwks !== undefined && keys === null) {
    throw invalid('jwks must be a JSON Web Key Set with public keys alone.');
  }
  const contact = text(asked, 'contact', 254);
  if (!/^[^@\s<>(),;:]+@[^@\s<>(),;:]+$/.test(contact)) throw invalid('contact must be an e-mail address.');
  return {
    name: text(asked, 'name', 80),
    uri: address(asked, 'uri'),
    redirectUris: uris as string[],
    launchUri: address(asked, 'launchUri'),
    purpose: text(asked, 'purpose', 1000),
    contact,
    ...(isLanguage(asked.language) ? { language: asked.language } : {}),
    ...(keys === null ? {} : { jwks: { keys } }),
    ...(jwksUri === null ? {} : { jwksUri }),
  };
}

function text(asked: JsonObject, name: string, most: number): string {
  const value = asked[name];
  const said = typeof value === 'string' ? value.trim() : '';
  if (said === '' || said.length > most) throw invalid(`${name} must be a text of 1 to ${most} letters.`);
  return said;
}

function address(asked: JsonObject, name: string): string | null {
  const value = asked[name];
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string' && value.length <= 500 && isWebAddress(value)) return value;
  throw invalid(`${name} must be an address with https.`);
}

const invalid = (said: string) => new PosternError('invalid', said);
