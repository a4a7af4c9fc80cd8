/** The addresses of files beside FHIR: how they are sent, and what the practice sets about them. */
import type { Route } from '../base/exchange.ts';
import type { Visit } from '../gate/index.ts';
import type { PracticeFiles } from './rules/practice-files.ts';
import { uploadRoutes } from './uploads/upload-routes.ts';
import type { Uploads } from './uploads/uploads.ts';

export interface FileRouteParts {
  readonly uploads: Uploads;
  readonly practiceFiles: PracticeFiles;
}

export function fileRoutes({ uploads, practiceFiles }: FileRouteParts): readonly Route<Visit>[] {
  return [...uploadRoutes(uploads), ...practiceFiles.routes()];
}
