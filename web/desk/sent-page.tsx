/** What patients sent and nobody has looked at, oldest first: looked at, named, and taken or sent back. */
import type { Patient } from '@medplum/fhirtypes';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, useState } from 'react';
import {
  along,
  type ListedDocument,
  listed,
  listName,
  WAITING_DOCUMENTS,
  waitingDocuments,
} from '../client/index.ts';
import { LoadedPages, Notice, PageHeading, useFormat } from '../kit/index.ts';
import { DocumentView, ReviewPanel, useKindName } from '../viewer/index.ts';
import { useSession } from './desk-session.ts';
import { useDeskWords } from './desk-words.ts';
import styles from './sent-page.module.css';

interface Waiting {
  readonly listed: ListedDocument;
  readonly chart: string;
  readonly patient: Patient | null;
}

export function SentPage() {
  const w = useDeskWords();
  const { practice } = useSession();
  const query = useInfiniteQuery(waitingDocuments);
  return (
    <>
      <PageHeading title={w.pages.sent} lead={w.sentLead} within={practice?.name ?? ''} />
      <LoadedPages query={query} lines={6}>
        {(found, included) => (
          <Queue
            waiting={found.map((document) => {
              const patient = along(document.subject, included);
              return {
                listed: listed(document, included),
                chart: document.subject?.reference?.split('/').at(-1) ?? '',
                patient: patient?.resourceType === 'Patient' ? patient : null,
              };
            })}
          />
        )}
      </LoadedPages>
    </>
  );
}

function Queue({ waiting }: { readonly waiting: readonly Waiting[] }) {
  const w = useDeskWords();
  const { sends } = useSession();
  const [chosen, choose] = useState<string | null>(null);
  const at = Math.max(
    0,
    waiting.findIndex(({ listed: { id } }) => id === chosen),
  );
  const one = waiting[at];
  if (one === undefined) {
    const isAll = sends.includes('letter');
    return (
      <Notice icon="check" title={isAll ? w.sentNone : w.sentNoneForYou}>
        {isAll ? w.sentNoneText : w.sentNoneForYouText}
      </Notice>
    );
  }
  const go = (to: number) => {
    const next = waiting[Math.min(Math.max(to, 0), waiting.length - 1)];
    if (next !== undefined) choose(next.listed.id);
  };
  const onKey = (event: KeyboardEvent) => {
    const steps: Readonly<Record<string, number>> = { ArrowDown: at + 1, ArrowUp: at - 1 };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    go(next);
    event.currentTarget
      .querySelectorAll<HTMLElement>('button')
      [Math.min(Math.max(next, 0), waiting.length - 1)]?.focus();
  };
  return (
    <div className={styles.queue}>
      <ul className={styles.list} aria-label={w.pages.sent} onKeyDown={onKey}>
        {waiting.map((each, index) => (
          <li key={each.listed.id}>
            <WaitingRow waiting={each} isChosen={index === at} onChoose={() => choose(each.listed.id)} />
          </li>
        ))}
      </ul>
      <Chosen
        key={one.listed.id}
        waiting={one}
        onNext={() => go(at + 1)}
        next={waiting[at + 1]?.listed.id ?? null}
        choose={choose}
      />
    </div>
  );
}

interface WaitingRowProps {
  readonly waiting: Waiting;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function WaitingRow({ waiting: { listed: document, patient }, isChosen, onChoose }: WaitingRowProps) {
  const w = useDeskWords();
  const format = useFormat();
  const kind = useKindName()(document);
  return (
    <button type="button" className={styles.row} aria-current={isChosen} onClick={onChoose}>
      <span className={styles.who}>{listName(patient?.name) || w.untitled}</span>
      <span>{document.name || kind}</span>
      <span className={styles.soft}>{format.dayAndTime(document.document.date ?? '')}</span>
    </button>
  );
}

interface ChosenProps {
  readonly waiting: Waiting;
  readonly next: string | null;
  readonly onNext: () => void;
  readonly choose: (id: string | null) => void;
}

function Chosen({ waiting: { listed: document, chart, patient }, next, onNext, choose }: ChosenProps) {
  const w = useDeskWords();
  const format = useFormat();
  const queries = useQueryClient();
  const { sends } = useSession();
  const kind = useKindName()(document);
  const done = () => {
    // The next one is there before the list comes anew.
    choose(next);
    void queries.invalidateQueries({ queryKey: WAITING_DOCUMENTS });
    void queries.invalidateQueries({ queryKey: ['chart', chart, 'DocumentReference'] });
  };
  return (
    <section className={styles.chosen} aria-label={document.name || kind}>
      <h2 className={styles.subject}>{document.name || kind}</h2>
      <p>
        <Link to="/patients/$chart" params={{ chart }} className={styles.chart}>
          {listName(patient?.name) || w.chart}
        </Link>
        {patient?.birthDate !== undefined && ` · ${w.bornOn(format.date(patient.birthDate))}`}
      </p>
      <ReviewPanel document={document} types={sends} onDone={done} onSkip={next === null ? null : onNext} />
      <DocumentView document={document} reader="staff" />
    </section>
  );
}
