/** One file: what it is, how far it has come, and what can be done about it. */
import { ActionButton, Field, Icon, leave, Select, useFormat } from '../../kit/index.ts';
import { sayBytes } from '../file-name.ts';
import { type Outbox, type Parcel, type Standing, sentOf } from './outbox.ts';
import { dayOf, typesInOrder } from './parcel-words.ts';
import styles from './sending.module.css';
import { useSendingWords } from './sending-words.ts';
import { Thumbnail } from './thumbnail.tsx';

export interface ParcelCardProps {
  readonly parcel: Parcel;
  readonly types: readonly string[];
  readonly outbox: Outbox;
}

export function ParcelCard({ parcel, types, outbox }: ParcelCardProps) {
  const { file, title, standing } = parcel;
  const { language } = useFormat();
  const isChosen = standing.kind === 'chosen';
  return (
    <li className={styles.parcel} data-standing={standing.kind}>
      <Thumbnail file={file} />
      <div className={styles.about}>
        <div className={styles.pair}>
          <span className={styles.name}>
            {isChosen || standing.kind === 'failed' ? file.name : title || file.name}
          </span>
          <span className={styles.soft}>{sayBytes(file.size, language)}</span>
        </div>
        {isChosen ? (
          <Words parcel={parcel} types={types} outbox={outbox} />
        ) : (
          <HowFar parcel={parcel} language={language} />
        )}
        <Actions parcel={parcel} outbox={outbox} />
      </div>
    </li>
  );
}

function Words({ parcel: { key, type, title, date }, types, outbox }: ParcelCardProps) {
  const w = useSendingWords();
  return (
    <div className={styles.words}>
      <Select
        label={w.kind}
        value={type}
        onChange={(next) => outbox.say(key, { type: next })}
        options={typesInOrder(types).map((value) => ({ value, name: w.types[value] }))}
      />
      <Field label={w.name} value={title} onChange={(next) => outbox.say(key, { title: next })} />
      <Field
        label={w.date}
        hint={w.dateHint}
        type="date"
        value={date}
        max={dayOf(new Date())}
        onChange={(next) => outbox.say(key, { date: next })}
      />
    </div>
  );
}

function HowFar({ parcel, language }: { readonly parcel: Parcel; readonly language: string }) {
  const w = useSendingWords();
  const { file, title, standing } = parcel;
  const sent = sentOf(parcel);
  const isUnderWay = standing.kind === 'sending' || standing.kind === 'paused' || standing.kind === 'lost';
  return (
    <>
      {isUnderWay && (
        <progress
          className={styles.progress}
          aria-label={w.progressOf(title || file.name)}
          max={file.size}
          value={sent}
        />
      )}
      {/* What changes many times a second is not read out. */}
      {standing.kind === 'sending' && sent < file.size && (
        <p className={styles.soft}>{w.sending(sayBytes(sent, language), sayBytes(file.size, language))}</p>
      )}
      <p className={styles.standing} role="status">
        <StandingIcon standing={standing} />
        {standing.kind === 'queued' && w.queued}
        {standing.kind === 'paused' && w.paused}
        {standing.kind === 'lost' && w.lost}
        {standing.kind === 'sent' && w.sent}
        {standing.kind === 'known' && <Known since={standing.since} />}
        {standing.kind === 'failed' && `${w.notSent}. ${w.troubles[standing.trouble]}`}
        {standing.kind === 'sending' && sent >= file.size && w.looking}
      </p>
    </>
  );
}

/** On which day it came before. */
function Known({ since }: { readonly since: string }) {
  const w = useSendingWords();
  const format = useFormat();
  return since === '' ? w.knownSome : w.known(format.date(since));
}

function StandingIcon({ standing: { kind } }: { readonly standing: Standing }) {
  if (kind === 'sent') return <Icon name="check" />;
  if (kind === 'failed' || kind === 'known') return <Icon name="alert" />;
  if (kind === 'lost') return <Icon name="offline" />;
  return kind === 'queued' || kind === 'paused' ? <Icon name="clock" /> : null;
}

/** What is right for a second try, and what is not. */
const FINAL = new Set(['empty', 'too-large', 'kind', 'infected', 'refused', 'unreadable', 'signed-out']);

function Actions({ parcel: { key, standing }, outbox }: Pick<ParcelCardProps, 'parcel' | 'outbox'>) {
  const w = useSendingWords();
  const { kind } = standing;
  if (kind === 'sent') return null;
  const isOver = kind === 'failed' || kind === 'chosen';
  const isKnown = kind === 'known';
  return (
    <div className={styles.buttons}>
      {kind === 'sending' && <ActionButton onClick={() => outbox.pause(key)}>{w.pause}</ActionButton>}
      {kind === 'paused' && <ActionButton onClick={() => outbox.resume(key)}>{w.resume}</ActionButton>}
      {isKnown && <ActionButton onClick={() => outbox.anyway(key)}>{w.anyway}</ActionButton>}
      {kind === 'failed' && !FINAL.has(standing.trouble) && (
        <ActionButton onClick={() => outbox.again(key)}>{w.again}</ActionButton>
      )}
      {kind === 'failed' && standing.trouble === 'signed-out' && (
        <ActionButton onClick={() => void leave('ended')}>{w.signIn}</ActionButton>
      )}
      <ActionButton weight="quiet" onClick={() => outbox.drop(key)}>
        {isKnown ? w.notAgain : isOver ? w.remove : w.cancel}
      </ActionButton>
    </div>
  );
}
