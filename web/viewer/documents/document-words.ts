/** What a kind of document is called: in our own words where we have some, else in those of its author. */
import type { ListedDocument } from '../../client/index.ts';
import { useViewerWords } from '../viewer-words.ts';

export function useKindName(): (document: ListedDocument) => string {
  const { kinds } = useViewerWords().documents;
  return ({ code, type }) => (code === null ? undefined : kinds[code]) ?? type;
}
