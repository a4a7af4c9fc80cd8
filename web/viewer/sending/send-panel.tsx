/** Choosing, naming and sending, in that order, on one page. */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { documents } from '../../client/index.ts';
import { ActionButton, Notice, Panel, useFormat } from '../../kit/index.ts';
import { type Arrival, ChooseFiles } from './choose-files.tsx';
import { type Outbox, outboxOf, type Parcel } from './outbox.ts';
import { ParcelCard } from './parcel-card.tsx';
import { wordsOfFile } from './parcel-words.ts';
import styles from './sending.module.css';
import type { SendDocumentProps } from './sending-props.ts';
import { useSendingWords } from './sending-words.ts';

export interface SendPanelProps extends SendDocumentProps {
  readonly onClose: () => void;
}

export function SendPanel({ chart, types, to, onClose }: SendPanelProps) {
  const w = useSendingWords();
  const format = useFormat();
  const outbox = useOutbox(chart);
  const parcels = useSyncExternalStore(outbox.subscribe, outbox.parcels);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => void place.current?.querySelector('button')?.focus(), []);
  const onFiles = (files: readonly File[], arrival: Arrival) =>
    outbox.add(files, (file) => wordsOfFile(file, arrival, { types, format, words: w }));
  const isSent = parcels.some(({ standing }) => standing.kind !== 'chosen');
  // What was pressed stands below what it leads to.
  useEffect(() => {
    if (isSent) place.current?.scrollIntoView({ block: 'start' });
  }, [isSent]);
  const isDone = parcels.length > 0 && parcels.every(({ standing }) => standing.kind === 'sent');
  const end = () => {
    outbox.clear();
    onClose();
  };
  return (
    <div ref={place} className={styles.panel}>
      <Panel title={to === 'patient' ? w.send : w.add} icon="mail">
        <div className={styles.steps}>
          {!isDone && (
            <>
              <p className={styles.lead}>{to === 'patient' ? w.lead : w.leadStaff}</p>
              <ChooseFiles isFirst={parcels.length === 0} onFiles={onFiles} />
            </>
          )}
          <Parcels outbox={outbox} parcels={parcels} types={types} />
          <p role="status" className={styles.hidden}>
            {isDone ? (to === 'patient' ? w.allSent : w.allFiled) : ''}
          </p>
          {isDone ? (
            <Done to={to} onAnother={() => outbox.clear()} onEnd={end} />
          ) : (
            <Onward outbox={outbox} parcels={parcels} onEnd={end} />
          )}
        </div>
      </Panel>
    </div>
  );
}

function useOutbox(chart: string): Outbox {
  const queries = useQueryClient();
  const [outbox] = useState(() =>
    outboxOf(chart, () => void queries.invalidateQueries({ queryKey: documents(chart).queryKey })),
  );
  return outbox;
}

interface ParcelsProps {
  readonly outbox: Outbox;
  readonly parcels: readonly Parcel[];
  readonly types: readonly string[];
}

function Parcels({ outbox, parcels, types }: ParcelsProps) {
  if (parcels.length === 0) return null;
  return (
    <ul className={styles.parcels}>
      {parcels.map((parcel) => (
        <ParcelCard key={parcel.key} parcel={parcel} types={types} outbox={outbox} />
      ))}
    </ul>
  );
}

interface OnwardProps {
  readonly outbox: Outbox;
  readonly parcels: readonly Parcel[];
  readonly onEnd: () => void;
}

/** The one button that sends; while something is on its way, what to mind. */
function Onward({ outbox, parcels, onEnd }: OnwardProps) {
  const w = useSendingWords();
  const format = useFormat();
  const chosen = parcels.filter(({ standing }) => standing.kind === 'chosen').length;
  const isGoing = parcels.some(({ standing }) =>
    ['queued', 'sending', 'lost', 'paused'].includes(standing.kind),
  );
  return (
    <>
      {isGoing && <p className={styles.lead}>{w.keepOpen}</p>}
      <div className={styles.buttons}>
        {chosen > 0 && (
          <ActionButton weight="main" onClick={() => outbox.send()}>
            {chosen === 1 ? w.sendOne : w.sendSeveral(format.number(chosen))}
          </ActionButton>
        )}
        {!isGoing && (
          <ActionButton
            weight="quiet"
            onClick={() => {
              for (const { key } of parcels) outbox.drop(key);
              onEnd();
            }}
          >
            {w.close}
          </ActionButton>
        )}
      </div>
    </>
  );
}

interface DoneProps {
  readonly to: SendDocumentProps['to'];
  readonly onAnother: () => void;
  readonly onEnd: () => void;
}

function Done({ to, onAnother, onEnd }: DoneProps) {
  const w = useSendingWords();
  const place = useRef<HTMLDivElement>(null);
  // What it answers is no clean-up.
  useEffect(() => void place.current?.scrollIntoView({ block: 'center' }), []);
  return (
    <div ref={place}>
      <Notice
        icon="check"
        title={to === 'patient' ? w.allSent : w.allFiled}
        action={
          <div className={styles.buttons}>
            <ActionButton weight="main" onClick={onEnd}>
              {w.done}
            </ActionButton>
            <ActionButton onClick={onAnother}>{w.another}</ActionButton>
          </div>
        }
      >
        {to === 'patient' ? w.allSentText : w.allFiledText}
      </Notice>
    </div>
  );
}
