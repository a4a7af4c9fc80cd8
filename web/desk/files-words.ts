/** The words of what the practice sets and keeps of files: they come with their page. */
import { ApiError, needsTouch } from '../client/index.ts';
import { wordsIn } from '../kit/index.ts';
import { filesDe } from './words/files-de.ts';
import { type FilesWords, filesEn } from './words/files-en.ts';
import { filesEs } from './words/files-es.ts';

export const useFilesWords = wordsIn({ en: filesEn, es: filesEs, de: filesDe });

/** Why a change was not made. */
export function faultOf(w: FilesWords, error: unknown): string {
  if (needsTouch(error)) return w.touch;
  if (!(error instanceof ApiError)) return w.failed;
  if (error.status === 412) return w.conflict;
  return error.status === 400 ? w.invalid : w.failed;
}
