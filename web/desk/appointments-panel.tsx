/** What is booked, the next one first, and what was. */
import type { Appointment } from '@medplum/fhirtypes';
import { useInfiniteQuery } from '@tanstack/react-query';
import { allAppointments, conceptText } from '../client/index.ts';
import { LoadedPages, Panel, Row, Rows, Tag, type Tone, useFormat } from '../kit/index.ts';
import styles from './chart-page.module.css';
import { useDeskWords } from './desk-words.ts';
import { Shortened } from './shortened.tsx';

const EXPECTED = new Set(['proposed', 'pending', 'booked', 'arrived', 'checked-in', 'waitlist']);

export function AppointmentsPanel({ chart }: { readonly chart: string }) {
  const w = useDeskWords();
  const query = useInfiniteQuery(allAppointments(chart));
  return (
    <Panel title={w.appointments} icon="calendar">
      <LoadedPages query={query}>
        {(found) => {
          const today = new Date().setHours(0, 0, 0, 0);
          const isComing = ({ start, status }: Appointment) =>
            start !== undefined && Date.parse(start) >= today && EXPECTED.has(status);
          const coming = found.filter(isComing).reverse();
          const earlier = found.filter((each) => !isComing(each));
          return (
            <>
              {coming.length === 0 ? (
                <p className={styles.soft}>{w.noneComing}</p>
              ) : (
                <List found={coming} first={4} />
              )}
              {earlier.length > 0 && <h3 className={styles.subhead}>{w.earlier}</h3>}
              {earlier.length > 0 && <List found={earlier} first={3} />}
            </>
          );
        }}
      </LoadedPages>
    </Panel>
  );
}

const TONES: Readonly<Record<string, Tone>> = {
  booked: 'good',
  arrived: 'good',
  'checked-in': 'good',
  pending: 'attention',
  proposed: 'attention',
  noshow: 'alert',
};
const TIME = {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
} as const;

function List({ found, first }: { readonly found: readonly Appointment[]; readonly first: number }) {
  const w = useDeskWords();
  const format = useFormat();
  return (
    <Shortened items={found} first={first}>
      {(shown) => (
        <Rows>
          {shown.map((each) => {
            const { id, start, status, description, appointmentType } = each;
            const who = each.participant.find(({ actor }) => actor?.reference?.startsWith('Practitioner/'));
            const what = [description ?? conceptText(appointmentType), who?.actor?.display];
            return (
              <Row
                key={id}
                title={start === undefined ? w.notRecorded : format.date(start, TIME)}
                detail={what.filter(Boolean).join(' · ')}
                side={<Tag tone={TONES[status] ?? 'plain'}>{w.appointmentStatus[status] ?? status}</Tag>}
              />
            );
          })}
        </Rows>
      )}
    </Shortened>
  );
}
