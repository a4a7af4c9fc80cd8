/** The newest documents: those in the sections that are open to whoever looks. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { documents, keptCards, listedDocuments, standingOf, today } from '../client/index.ts';
import { Loaded, Panel, Tag, useFormat } from '../kit/index.ts';
import { DocumentRow, useCardWords } from '../viewer/index.ts';
import styles from './chart-page.module.css';
import { useConsentWords } from './consent-words.ts';
import { useDeskWords } from './desk-words.ts';

const FIRST = 5;

export function DocumentsPanel({ chart }: { readonly chart: string }) {
  const w = useDeskWords();
  const query = useInfiniteQuery(documents(chart));
  const c = useCardWords();
  const { title: consents } = useConsentWords();
  const toCards = (
    <Link to="/patients/$chart/cards" params={{ chart }} className={styles.all}>
      {c.title}
    </Link>
  );
  const toConsents = (
    <Link to="/patients/$chart/consents" params={{ chart }} className={styles.all}>
      {consents}
    </Link>
  );
  return (
    <Panel title={w.documents} icon="document">
      <EndingCards chart={chart} />
      <p className={styles.aside}>
        {toCards} {toConsents}
      </p>
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

/** Cards that end soon or have ended: one asks for the new one while its holder stands there. */
function EndingCards({ chart }: { readonly chart: string }) {
  const c = useCardWords();
  const format = useFormat();
  const { data } = useInfiniteQuery(documents(chart));
  const listed = (data?.pages ?? []).flatMap(({ found, included }) => listedDocuments(found, included));
  const ending = keptCards(listed).filter((card) => standingOf(card, today()) !== 'valid');
  if (ending.length === 0) return null;
  return (
    <p>
      {ending.map((card) => (
        <Tag key={card.listed.id} tone={standingOf(card, today()) === 'over' ? 'alert' : 'attention'}>
          {`${c.kinds[card.kind]}: ${(card.expires < today() ? c.over : c.ends)(format.date(card.expires))}`}
        </Tag>
      ))}
    </p>
  );
}
