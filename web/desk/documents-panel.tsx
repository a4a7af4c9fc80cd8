/** The newest documents: those in the sections that are open to whoever looks. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { documents, listedDocuments } from '../client/index.ts';
import { Loaded, Panel } from '../kit/index.ts';
import { DocumentRow } from '../viewer/index.ts';
import styles from './chart-page.module.css';
import { useDeskWords } from './desk-words.ts';

const FIRST = 5;

export function DocumentsPanel({ chart }: { readonly chart: string }) {
  const w = useDeskWords();
  const query = useInfiniteQuery(documents(chart));
  return (
    <Panel title={w.documents} icon="document">
      <Loaded query={query}>
        {({ pages }) => {
          const listed = pages.flatMap(({ found, included }) => listedDocuments(found, included));
          if (listed.length === 0) return <p className={styles.soft}>{w.noDocuments}</p>;
          return (
            <>
              <ul>
                {listed.slice(0, FIRST).map((each) => (
                  <DocumentRow
                    key={each.id}
                    document={each}
                    link={({ document, ...link }) => (
                      <Link
                        to="/patients/$chart/documents/$document"
                        params={{ chart, document }}
                        {...link}
                      />
                    )}
                  />
                ))}
              </ul>
              <Link to="/patients/$chart/documents" params={{ chart }} className={styles.all}>
                {w.allDocuments}
              </Link>
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}
