/** Cards of a chart: what is noted of each, whether it is still valid, and what is kept of it until when. */
import type { ReactNode } from 'react';
import { type KeptCard, standingOf, today } from '../../client/index.ts';
import { Notice, Row, Rows, Tag, useFormat } from '../../kit/index.ts';
import { useCardWords } from './card-words.ts';

/** What stands beside a card: a link to its photo, a button that checks it. */
export interface CardPlaces {
  photo(card: KeptCard, label: string): ReactNode;
  check?(card: KeptCard): ReactNode;
}

interface CardListProps {
  readonly cards: readonly KeptCard[];
  readonly places: CardPlaces;
  /** For how many days a photo is kept once it was checked, as the session says. */
  readonly days: number;
}

export function CardList({ cards, places, days }: CardListProps) {
  const w = useCardWords();
  if (cards.length === 0) {
    return (
      <Notice icon="card" title={w.none}>
        {w.noneText}
      </Notice>
    );
  }
  return (
    <Rows>
      {cards.map((card) => (
        <Row
          key={card.listed.id}
          title={
            <>
              {w.kinds[card.kind]} <Standing card={card} />
            </>
          }
          detail={<Detail card={card} days={days} />}
          side={
            <>
              {card.hasPhoto && places.photo(card, w.open)}
              {places.check?.(card)}
            </>
          }
        />
      ))}
    </Rows>
  );
}

function Standing({ card }: { readonly card: KeptCard }) {
  const w = useCardWords();
  const format = useFormat();
  const standing = standingOf(card, today());
  if (standing === 'over') return <Tag tone="alert">{w.over(format.date(card.expires))}</Tag>;
  if (standing === 'soon') return <Tag tone="attention">{w.ends(format.date(card.expires))}</Tag>;
  return card.checkedAt === '' ? <Tag tone="attention">{w.unchecked}</Tag> : null;
}

function Detail({ card, days }: { readonly card: KeptCard; readonly days: number }) {
  const w = useCardWords();
  const format = useFormat();
  const valid =
    card.expires !== '' && standingOf(card, today()) === 'valid' ? w.valid(format.date(card.expires)) : '';
  const seen = card.checkedAt === '' ? '' : w.seen(card.checkedBy, format.date(card.checkedAt));
  // Of two photos of one card, which is which.
  const photo = card.hasPhoto && card.listed.date !== '' ? w.photoOf(format.date(card.listed.date)) : '';
  const said = [card.issuer, card.number, valid, photo, seen].filter((each) => each !== '');
  return (
    <>
      {said.length > 0 && <p>{said.join(' · ')}</p>}
      <p>{keptOf(card, w, days, (day) => format.date(day))}</p>
    </>
  );
}

/** What is kept of it, and until when. */
function keptOf(
  { destroyed, hasPhoto, until }: KeptCard,
  w: ReturnType<typeof useCardWords>,
  days: number,
  say: (day: string) => string,
): string {
  if (destroyed !== '') return w.destroyed(say(destroyed));
  if (!hasPhoto) return w.noPhoto;
  return until === '' ? w.keptOpen(days) : w.kept(say(until));
}
