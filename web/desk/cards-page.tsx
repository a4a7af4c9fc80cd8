/** Photo IDs and insurance cards of a chart: a look is noted first, and a photo is the second choice. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { documents, type KeptCard, keptCards, listedDocuments } from '../client/index.ts';
import { ActionButton, Icon, LoadedPages, Panel } from '../kit/index.ts';
import { CardList, LookForm, useCardWords } from '../viewer/index.ts';
import { AroundChart } from './around-chart.tsx';
import styles from './chart-page.module.css';
import { useSession } from './desk-session.ts';
import { useDeskWords } from './desk-words.ts';

export function CardsPage() {
  const w = useDeskWords();
  const c = useCardWords();
  const { chart } = useParams({ from: '/patients/$chart/cards' });
  return (
    <AroundChart key={chart} chart={chart}>
      {() => (
        <>
          <Link to="/patients/$chart" params={{ chart }} className={styles.back}>
            <Icon name="back" />
            {w.chart}
          </Link>
          <h2 className={styles.subject}>{c.title}</h2>
          <div className={styles.panels}>
            <div className={styles.column}>
              <Cards chart={chart} />
            </div>
            <div className={styles.column}>
              <Noting chart={chart} />
            </div>
          </div>
        </>
      )}
    </AroundChart>
  );
}

function Cards({ chart }: { readonly chart: string }) {
  const c = useCardWords();
  const { cardDays } = useSession();
  const query = useInfiniteQuery(documents(chart));
  const [checking, setChecking] = useState<KeptCard | null>(null);
  const check = (card: KeptCard) =>
    card.hasPhoto && card.checkedAt === '' ? (
      <ActionButton onClick={() => setChecking(card)}>{c.check}</ActionButton>
    ) : null;
  return (
    <Panel title={c.title} icon="card">
      <LoadedPages query={query} lines={3}>
        {(found, included) => (
          <CardList
            days={cardDays}
            cards={keptCards(listedDocuments(found, included))}
            places={{
              check,
              photo: ({ listed: { id } }, label) => (
                <Link
                  to="/patients/$chart/documents/$document"
                  params={{ chart, document: id }}
                  className={styles.all}
                >
                  {label}
                </Link>
              ),
            }}
          />
        )}
      </LoadedPages>
      {checking !== null && (
        <>
          <h3>{`${c.check}: ${c.kinds[checking.kind]}`}</h3>
          <LookForm key={checking.listed.id} chart={chart} card={checking} onDone={() => setChecking(null)} />
          <ActionButton weight="quiet" onClick={() => setChecking(null)}>
            {c.leave}
          </ActionButton>
        </>
      )}
    </Panel>
  );
}

/** The camera is another page, loaded anew: it alone may use it. */
function Noting({ chart }: { readonly chart: string }) {
  const c = useCardWords();
  const { sends } = useSession();
  if (!sends.includes('photo-id')) return null;
  return (
    <Panel title={c.lookTitle} icon="eye">
      <p className={styles.soft}>{c.lookText}</p>
      <LookForm chart={chart} card={null} />
      <p className={styles.soft}>{c.leadStaff}</p>
      <a href={`/desk/patients/${chart}/camera`} className={styles.all}>
        {c.photoInstead}
      </a>
    </Panel>
  );
}
