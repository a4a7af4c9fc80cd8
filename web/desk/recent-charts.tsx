/** Charts that were opened on this page, for going back and forth between them. Nothing of it is kept. */
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { chartPatient, listName } from '../client/index.ts';
import styles from './desk-frame.module.css';
import { useDeskWords } from './desk-words.ts';

const SHOWN = 8;

let recent: readonly string[] = [];
const listeners = new Set<() => void>();

/** Puts a chart first. Only the id is remembered: the name is that of the answer that is kept anyway. */
export function rememberChart(chart: string): void {
  if (recent[0] === chart) return;
  recent = [chart, ...recent.filter((each) => each !== chart)].slice(0, SHOWN);
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export function RecentCharts() {
  const w = useDeskWords();
  const client = useQueryClient();
  const charts = useSyncExternalStore(listen, () => recent);
  if (charts.length === 0) return null;
  return (
    <nav className={styles.recent} aria-label={w.recent}>
      <h2>{w.recent}</h2>
      <ul>
        {charts.map((chart) => {
          const patient = client.getQueryData(chartPatient(chart).queryKey);
          if (patient === undefined) return null;
          return (
            <li key={chart}>
              <Link to="/patients/$chart" params={{ chart }} className={styles.recentChart}>
                {listName(patient.name)}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
