/** Links to the record: how they stand, how often each was opened, and ending one with a press. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { endLink, linksOf, type SentLink } from '../client/index.ts';
import { ActionButton, Panel, Tag, useFormat } from '../kit/index.ts';
import styles from './family-page.module.css';
import { useLinkWords } from './link-words.ts';
import link from './links.module.css';
import pages from './pages.module.css';

interface SentLinksProps {
  readonly chart: string;
  readonly links: readonly SentLink[];
}

export function SentLinks({ chart, links }: SentLinksProps) {
  const w = useLinkWords();
  const [told, setTold] = useState('');
  return (
    <Panel title={w.sent} icon="clock">
      {links.length === 0 ? (
        <p className={styles.soft}>{w.noneSent}</p>
      ) : (
        <ul>
          {links.map((each) => (
            <Sent key={each.id} chart={chart} link={each} onEnded={() => setTold(w.ended)} />
          ))}
        </ul>
      )}
      <p role="status">{told}</p>
      {links.length > 0 && (
        <p>
          <Link to="/$chart/access" params={{ chart }} className={pages.more}>
            {w.whoOpened}
          </Link>
        </p>
      )}
    </Panel>
  );
}

interface SentProps {
  readonly chart: string;
  readonly link: SentLink;
  readonly onEnded: () => void;
}

function Sent({ chart, link: sent, onEnded }: SentProps) {
  const w = useLinkWords();
  const format = useFormat();
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: () => endLink(sent.id),
    onSuccess: onEnded,
    // Somebody else may have ended it meanwhile.
    onSettled: () => queries.invalidateQueries({ queryKey: linksOf(chart).queryKey }),
  });
  const isOpen = sent.state === 'open';
  const name = sent.label ?? w.unnamed;
  return (
    <li className={styles.person}>
      <div className={link.head}>
        <span className={styles.name}>{name}</span>
        <Tag tone={isOpen ? 'good' : 'plain'}>{w.states[sent.state]}</Tag>
        {sent.guarded && <Tag>{w.guarded}</Tag>}
        {!sent.own && <Tag tone="attention">{w.byOther}</Tag>}
      </div>
      <p className={styles.soft}>
        {isOpen ? w.until(format.dayAndTime(sent.expiresAt)) : w.madeAt(format.dayAndTime(sent.madeAt))}
      </p>
      <p className={styles.soft}>
        {sent.lastAt === null ? w.neverOpened : w.opened(sent.opened, format.dayAndTime(sent.lastAt))}
      </p>
      {isOpen && (
        <div className={styles.buttons}>
          <ActionButton busy={end.isPending} onClick={() => end.mutate()}>
            {w.end}
            <span className={styles.unseen}>: {name}</span>
          </ActionButton>
        </div>
      )}
      {end.isError && (
        <p role="alert" className={styles.fault}>
          {w.failed}
        </p>
      )}
    </li>
  );
}
