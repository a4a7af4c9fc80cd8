/** The addresses of files beside FHIR: how they are sent, and what the practice sets and keeps of them. */
import type { Route } from '../base/exchange.ts';
import type { Visit } from '../gate/index.ts';
import { apartRoutes } from './apart/apart-routes.ts';
import type { KeptApart } from './apart/kept-apart.ts';
import { type OriginalsParts, originalRoutes } from './photos/originals.ts';
import { type RetentionRouteParts, retentionRoutes } from './retention/retention-routes.ts';
import type { PracticeFiles } from './rules/practice-files.ts';
import { uploadRoutes } from './uploads/upload-routes.ts';
import type { Uploads } from './uploads/uploads.ts';

export interface FileRouteParts extends RetentionRouteParts {
  readonly uploads: Uploads;
  readonly practiceFiles: PracticeFiles;
  readonly apart: KeptApart;
  readonly originals: OriginalsParts;
}

export function fileRoutes(parts: FileRouteParts): readonly Route<Visit>[] {
  return [
    ...uploadRoutes(parts.uploads),
    ...parts.practiceFiles.routes(),
    ...apartRoutes(parts.apart),
    ...originalRoutes(parts.originals),
    ...retentionRoutes(parts),
  ];
}
