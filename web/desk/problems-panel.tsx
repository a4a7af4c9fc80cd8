/** Problems that are there now, and those that have passed. Findings of single teeth are with the teeth. */
import type { Condition } from '@medplum/fhirtypes';
import { useInfiniteQuery } from '@tanstack/react-query';
import { conceptText, conditions, isPresent, isWithdrawn, onsetOf, toothOf } from '../client/index.ts';
import { LoadedPages, Panel, Row, Rows, useFormat } from '../kit/index.ts';
import styles from './chart-page.module.css';
import { useDeskWords } from './desk-words.ts';
import { Shortened } from './shortened.tsx';

export function ProblemsPanel({ chart }: { readonly chart: string }) {
  const w = useDeskWords();
  const query = useInfiniteQuery(conditions(chart));
  return (
    <Panel title={w.problems} icon="health">
      <LoadedPages query={query}>
        {(found) => {
          const general = found.filter(
            ({ bodySite, verificationStatus }) =>
              toothOf(bodySite) === null && !isWithdrawn(verificationStatus),
          );
          const now = general.filter(isPresent);
          const past = general.filter((each) => !isPresent(each));
          return (
            <>
              {now.length === 0 && <p className={styles.soft}>{w.noProblems}</p>}
              <Problems found={now} />
              {past.length > 0 && <h3 className={styles.subhead}>{w.past}</h3>}
              <Problems found={past} />
            </>
          );
        }}
      </LoadedPages>
    </Panel>
  );
}

function Problems({ found }: { readonly found: readonly Condition[] }) {
  const w = useDeskWords();
  const format = useFormat();
  if (found.length === 0) return null;
  return (
    <Shortened items={found} first={8}>
      {(shown) => (
        <Rows>
          {shown.map((each) => {
            const onset = onsetOf(each);
            return (
              <Row
                key={each.id}
                title={conceptText(each.code)}
                side={onset === undefined ? '' : w.since(format.shortDate(onset))}
              />
            );
          })}
        </Rows>
      )}
    </Shortened>
  );
}
