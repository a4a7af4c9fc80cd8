/** The door of the links room: SMART Health Links, made, opened and ended. */
export type { LinkParts } from './link-parts.ts';
export { type LinkLimits, linkRoutes } from './link-routes.ts';
export { type LineOfLink, Links } from './links.ts';
