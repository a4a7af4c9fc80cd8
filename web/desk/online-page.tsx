/** Everybody who was asked in, and everybody who is on the way back in. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { invitations, takeRecoveryBack, type WaitingRecovery, waitingRecoveries } from '../client/index.ts';
import { ActionButton, Loaded, Notice, PageHeading, Panel, Row, Rows, Tag, useFormat } from '../kit/index.ts';
import { useSession } from './desk-session.ts';
import { InvitationList, works } from './invitation-list.tsx';
import { OnlineFault } from './invite-form.tsx';
import { useOnlineWords } from './online-words.ts';
import styles from './staff-page.module.css';

export function OnlinePage() {
  const w = useOnlineWords();
  const { practice, keeps } = useSession();
  const isOpen = keeps.length > 0;
  return (
    <>
      <PageHeading title={w.page} within={practice?.name ?? ''} {...(isOpen ? { lead: w.lead } : {})} />
      {isOpen ? (
        <div className={styles.wide}>
          <Recoveries />
          <Invitations />
        </div>
      ) : (
        <Notice icon="lock" title={w.closed}>
          {w.closedText}
        </Notice>
      )}
    </>
  );
}

function Invitations() {
  const w = useOnlineWords();
  const query = useQuery(invitations(null));
  const [told, setTold] = useState('');
  return (
    <Panel title={w.invitations} icon="mail">
      <p role="status">{told}</p>
      <Loaded query={query} lines={5}>
        {({ mails, invitations: all }) => {
          const open = all.filter(works);
          const over = all.filter((each) => !works(each));
          return (
            <>
              {!mails && <p className={styles.warn}>{w.noMails}</p>}
              {all.length === 0 && <p className={styles.soft}>{w.noneInvited}</p>}
              <InvitationList invitations={open} onTold={setTold} />
              {over.length > 0 && (
                <details className={styles.older} open={open.length === 0}>
                  <summary>{w.older(over.length)}</summary>
                  <InvitationList invitations={over} onTold={setTold} />
                </details>
              )}
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function Recoveries() {
  const w = useOnlineWords();
  const query = useQuery(waitingRecoveries);
  const [told, setTold] = useState('');
  return (
    <Panel title={w.recoveries} icon="clock">
      <p role="status">{told}</p>
      <Loaded query={query}>
        {(waiting) =>
          waiting.length === 0 ? (
            <p className={styles.soft}>{w.noRecoveries}</p>
          ) : (
            <Rows>
              {waiting.map((each) => (
                <Waiting key={each.account} recovery={each} onTold={setTold} />
              ))}
            </Rows>
          )
        }
      </Loaded>
    </Panel>
  );
}

interface WaitingProps {
  readonly recovery: WaitingRecovery;
  readonly onTold: (told: string) => void;
}

function Waiting({ recovery, onTold }: WaitingProps) {
  const w = useOnlineWords();
  const format = useFormat();
  const queries = useQueryClient();
  const stop = useMutation({
    mutationFn: () => takeRecoveryBack(recovery.account),
    onSuccess: async () => {
      onTold(w.stopped);
      await queries.invalidateQueries({ queryKey: ['recoveries'] });
    },
  });
  const name = recovery.name ?? w.somebody;
  const isReady = new Date(recovery.ready) <= new Date();
  const from = w.worksFrom(format.dayAndTime(recovery.ready));
  const seen = w.seenBy(recovery.by.name ?? w.somebody, format.dayAndTime(recovery.at));
  return (
    <Row
      title={
        <>
          {name} <Tag tone={isReady ? 'good' : 'attention'}>{isReady ? w.works : w.waits}</Tag>
        </>
      }
      detail={[...(isReady ? [] : [from]), recovery.checked, seen].join(' · ')}
      side={
        <>
          <ActionButton weight="quiet" busy={stop.isPending} onClick={() => stop.mutate()}>
            <span className={styles.unseen}>{w.stopOf(name)}</span>
            <span aria-hidden="true">{w.stop}</span>
          </ActionButton>
          <OnlineFault error={stop.error} />
        </>
      }
    />
  );
}
