/** What of a document is another than before, in words. */
import type { DocumentReference } from '@medplum/fhirtypes';
import { type Difference, type DocumentState, differences, listed } from '../../client/index.ts';
import { useFormat } from '../../kit/index.ts';
import { useKindName } from '../documents/document-words.ts';
import styles from './order.module.css';
import { useOrderWords } from './order-words.ts';

export interface DifferencesProps {
  readonly before: DocumentReference;
  readonly after: DocumentReference;
}

export function Differences({ before, after }: DifferencesProps) {
  const w = useOrderWords();
  const kindName = useKindName();
  const found = differences(before, after, (document) => kindName(listed(document, [])));
  if (found.length === 0) return <p>{w.nothing}</p>;
  return (
    <ul className={styles.differences}>
      {found.map((each) => (
        <li key={each.what}>
          <Said difference={each} />
        </li>
      ))}
    </ul>
  );
}

function Said({ difference: { what, from, to } }: { readonly difference: Difference }) {
  const w = useOrderWords();
  const format = useFormat();
  if (what === 'file') return w.otherFile;
  const say = (text: string) => {
    if (what === 'state') return w.states[text as DocumentState];
    return what === 'date' && text !== '' ? format.date(text) : text;
  };
  if (to === '') return w.emptied(w.whats[what], say(from));
  return from === '' ? w.setTo(w.whats[what], say(to)) : w.fromTo(w.whats[what], say(from), say(to));
}
