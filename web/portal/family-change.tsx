/** Changing who can see a record, and what is said of it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { needsTouch, ownFamily, sessionQuery } from '../client/index.ts';
import type { Format } from '../kit/index.ts';
import styles from './family-page.module.css';
import { useFamilyWords } from './family-words.ts';
import type { FamilyWords } from './words/family-en.ts';

/** Asks for the family anew, and for whose session this is: what it opens may have changed. */
export function useFamilyChange<Asked>(change: (asked: Asked) => Promise<unknown>, onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      onDone();
      await queries.invalidateQueries({ queryKey: ownFamily.queryKey });
      await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });
}

/** What went wrong, if anything did. */
export function Fault({ error }: { readonly error: unknown }) {
  const w = useFamilyWords();
  if (error === null) return null;
  return (
    <p role="alert" className={styles.fault}>
      {needsTouch(error) ? w.touch : w.failed}
    </p>
  );
}

/** "details, health", in the order of the form. */
export function sayParts(sections: readonly string[], format: Format, w: FamilyWords): string {
  return format.list(
    Object.keys(w.sectionsShort).flatMap((each) => (sections.includes(each) ? w.sectionsShort[each]! : [])),
  );
}
