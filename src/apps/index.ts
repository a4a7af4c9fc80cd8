/** The door of the room of apps: the authorization server, its clients, and what people let in. */
export { type AuthorizationParts, AuthorizationServer } from './authorization-server.ts';
export { isRedirectAddress, isWebAddress, publicKeysIn } from './client-terms.ts';
export { type Client, type ClientLine, Clients, type NewClient } from './clients.ts';
export { SIGNING_ALGORITHMS } from './provider.ts';
export { canBeRegistered } from './registered-scopes.ts';
export { type AppRouteParts, appRoutes } from './routes.ts';
export { rotateSigningKey, signingKeys } from './signing-keys.ts';
