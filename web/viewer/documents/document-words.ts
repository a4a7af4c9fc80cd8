/** What a kind of document is called: in our own words where we have some, else in those of its author. */
import { useCallback } from 'react';
import type { ListedDocument } from '../../client/index.ts';
import { useViewerWords } from '../viewer-words.ts';

/** The same function as long as the language is the same. */
export function useKindName(): (document: ListedDocument) => string {
  const { kinds } = useViewerWords().documents;
  return useCallback(({ code, type }) => (code === null ? undefined : kinds[code]) ?? type, [kinds]);
}
