/** Cards that end soon, of all patients: whoever comes next is asked for the new one. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type EndingCard, endingCards, listName, settleEndingCard } from '../client/index.ts';
import { ActionButton, Loaded, Notice, PageHeading, Panel, Row, Rows, useFormat } from '../kit/index.ts';
import { useCardWords } from '../viewer/index.ts';
import styles from './chart-page.module.css';
import { useSession } from './desk-session.ts';

export function EndingCardsPage() {
  const { ending: w } = useCardWords();
  const { practice } = useSession();
  const query = useQuery(endingCards);
  return (
    <>
      <PageHeading title={w.title} lead={w.lead} within={practice?.name ?? ''} />
      <Loaded query={query} lines={4}>
        {(found) =>
          found.length === 0 ? (
            <Notice icon="card" title={w.none} />
          ) : (
            <Panel title={w.title} icon="card">
              <Rows>
                {found.map((card) => (
                  <Ending key={card.task.id} card={card} />
                ))}
              </Rows>
            </Panel>
          )
        }
      </Loaded>
    </>
  );
}

function Ending({ card }: { readonly card: EndingCard }) {
  const { ending: w, ends } = useCardWords();
  const format = useFormat();
  const queries = useQueryClient();
  const settling = useMutation({
    mutationFn: () => settleEndingCard(card),
    onSettled: () => queries.invalidateQueries({ queryKey: endingCards.queryKey }),
  });
  const name = card.patient === null ? '' : listName(card.patient.name);
  return (
    <Row
      title={
        <Link to="/patients/$chart/cards" params={{ chart: card.chart }} className={styles.all}>
          {name || w.chart}
        </Link>
      }
      detail={card.ends === '' ? '' : ends(format.date(card.ends))}
      side={
        <ActionButton busy={settling.isPending} onClick={() => settling.mutate()}>
          {w.done}
        </ActionButton>
      }
    />
  );
}
