/** A registered client in the words of oidc-provider (RFC 7591). */
import type { AdapterPayload } from 'oidc-provider';
import type { Client } from './clients.ts';

/** Undefined where there is no client. */
export function clientMetadata(client: Client | null): AdapterPayload | undefined {
  if (client === null) return undefined;
  const { clientId, name, uri, redirectUris, authentication, secretHash, jwksUri, jwks, dpop, backend } =
    client;
  const metadata = {
    client_id: clientId,
    client_name: name,
    ...(uri === null ? {} : { client_uri: uri }),
    redirect_uris: [...redirectUris],
    application_type: redirectUris.every((each) => each.startsWith('https:')) ? 'web' : 'native',
    token_endpoint_auth_method: authentication,
    // Its hash: see `compareClientSecret` of the provider.
    ...(secretHash === null ? {} : { client_secret: secretHash }),
    ...(jwksUri === undefined ? {} : { jwks_uri: jwksUri }),
    ...(jwks === undefined ? {} : { jwks }),
    ...(dpop ? { dpop_bound_access_tokens: true } : {}),
    ...(backend === null
      ? { grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] }
      : { grant_types: ['client_credentials'], response_types: [] }),
    postern_backend: backend !== null,
    ...(client.scopes === undefined ? {} : { postern_scopes: [...client.scopes] }),
  };
  return metadata as unknown as AdapterPayload;
}
