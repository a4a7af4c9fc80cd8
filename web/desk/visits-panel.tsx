/** Visits, and what was done at them. */
import type { Procedure } from '@medplum/fhirtypes';
import { useInfiniteQuery } from '@tanstack/react-query';
import { conceptText, encounters, procedures, whoIs } from '../client/index.ts';
import { LoadedPages, Panel, Row, Rows, useFormat } from '../kit/index.ts';
import styles from './chart-page.module.css';
import { useDeskWords } from './desk-words.ts';
import { Shortened } from './shortened.tsx';

export function VisitsPanel({ chart }: { readonly chart: string }) {
  const w = useDeskWords();
  const format = useFormat();
  const visits = useInfiniteQuery(encounters(chart));
  const done = useInfiniteQuery(procedures(chart)).data?.pages.flatMap(({ found }) => found) ?? [];
  return (
    <Panel title={w.visits} icon="clock">
      <LoadedPages query={visits}>
        {(found, included) => {
          if (found.length === 0) return <p className={styles.soft}>{w.noVisits}</p>;
          return (
            <Shortened items={found} first={5}>
              {(shown) => (
                <Rows>
                  {shown.map(({ id, type, period, participant, reasonCode }) => {
                    const who = whoIs(participant?.[0]?.individual, [...included]);
                    const about = [conceptText(reasonCode?.[0]), ...doneAt(done, id!), who];
                    return (
                      <Row
                        key={id}
                        title={conceptText(type?.[0])}
                        detail={[...new Set(about)].filter((each) => each !== '').join(' · ')}
                        side={period?.start === undefined ? '' : format.shortDate(period.start)}
                      />
                    );
                  })}
                </Rows>
              )}
            </Shortened>
          );
        }}
      </LoadedPages>
    </Panel>
  );
}

function doneAt(all: readonly Procedure[], encounter: string): string[] {
  return all
    .filter((each) => each.encounter?.reference === `Encounter/${encounter}`)
    .map(({ code }) => conceptText(code));
}
