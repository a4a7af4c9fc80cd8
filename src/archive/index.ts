/** The door of the archive room: a whole chart as one zip. */
export type { ArchiveParts } from './archive-parts.ts';
export { archiveRoutes } from './archive-routes.ts';
export { archiveKind } from './archive-run.ts';
