/** Taking a picture of a card: front, back, a look at both, until when it is valid, and sending it. */
import { useState } from 'react';
import { CARD_KINDS, type CardKind } from '../../client/index.ts';
import { ActionButton, Field, Notice, Select } from '../../kit/index.ts';
import styles from './card-capture.module.css';
import { CardFinder } from './card-finder.tsx';
import { useCardWords } from './card-words.ts';
import { DrawnSide } from './drawn-side.tsx';
import { useSendCard } from './use-send-card.ts';

export interface CardCaptureProps {
  readonly chart: string;
  /** Types that may be sent there, as the session says. */
  readonly types: readonly string[];
  /** For how many days a photo is kept once it was checked, as the session says. */
  readonly days: number;
  onDone(): void;
}

type Side = 'front' | 'back';

export function CardCapture({ chart, types, days, onDone }: CardCaptureProps) {
  const { camera: w } = useCardWords();
  const [sides, setSides] = useState<Readonly<Partial<Record<Side, HTMLCanvasElement>>>>({});
  const [isBackEmpty, setBackEmpty] = useState(false);
  const next: Side | null = sides.front === undefined ? 'front' : (sides.back ?? isBackEmpty) ? null : 'back';
  const take = (side: Side, picture: HTMLCanvasElement) => setSides({ ...sides, [side]: picture });
  const retake = (side: Side) => {
    const { [side]: _, ...rest } = sides;
    setSides(rest);
    if (side === 'back') setBackEmpty(false);
  };
  const taken = (['front', 'back'] as const).flatMap((side) => {
    const picture = sides[side];
    return picture === undefined ? [] : [{ side, picture }];
  });
  return (
    <div className={styles.capture}>
      {next !== null && (
        <>
          <h2 className={styles.side}>{w[next]}</h2>
          <CardFinder key={next} onPicture={(picture) => take(next, picture)} />
        </>
      )}
      {taken.length > 0 && next === null && <h2 className={styles.side}>{w.look}</h2>}
      <ul className={styles.sides}>
        {taken.map(({ side, picture }) => (
          <li key={side}>
            <DrawnSide picture={picture} label={w[side]} />
            <ActionButton weight="quiet" onClick={() => retake(side)}>
              {`${w.again}: ${w[side]}`}
            </ActionButton>
          </li>
        ))}
      </ul>
      {next === 'back' && <ActionButton onClick={() => setBackEmpty(true)}>{w.skip}</ActionButton>}
      {next === null && (
        <SendCard
          chart={chart}
          types={types}
          days={days}
          sides={taken.map(({ picture }) => picture)}
          onDone={onDone}
        />
      )}
    </div>
  );
}

interface SendCardProps extends CardCaptureProps {
  readonly sides: readonly HTMLCanvasElement[];
}

function SendCard({ chart, types, days, sides, onDone }: SendCardProps) {
  const { camera: w, ...c } = useCardWords();
  const offered = CARD_KINDS.filter((kind) => types.includes(kind));
  const [kind, setKind] = useState<CardKind>(offered[0] ?? 'photo-id');
  const [expires, setExpires] = useState('');
  const sending = useSendCard(chart, onDone);
  const isGoing = sending.state === 'sending' || sending.state === 'lost';
  return (
    <form
      className={styles.send}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isGoing) void sending.send({ sides, kind, expires, title: c.kinds[kind] });
      }}
    >
      <Select
        label={c.kind}
        value={kind}
        onChange={(value) => setKind(CARD_KINDS.find((each) => each === value) ?? kind)}
        options={offered.map((value) => ({ value, name: c.kinds[value] }))}
      />
      <Field label={c.expires} hint={c.expiresHint} type="date" value={expires} onChange={setExpires} />
      <p className={styles.soft}>{w.kept(days)}</p>
      <div>
        <ActionButton type="submit" weight="main" busy={isGoing}>
          {w.send}
        </ActionButton>
      </div>
      <p role="status">{sending.state === 'sending' ? w.sending : sending.state === 'lost' ? w.lost : ''}</p>
      {(sending.state === 'failed' || sending.state === 'known') && (
        <div role="alert">
          <Notice icon="alert" title={sending.state === 'known' ? w.known : w.sendFailed} tone="warning" />
        </div>
      )}
    </form>
  );
}
