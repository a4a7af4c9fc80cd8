/** The account that the practice keeps elsewhere: joining it to one's own, and parting it again. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  joinSignOn,
  type OwnSignOn,
  ownSignOnQuery,
  partSignOn,
  type Session,
  sessionQuery,
} from '../client/index.ts';
import { ActionButton, noteWayBack, Panel, Trouble, useKitWords } from '../kit/index.ts';
import styles from './account.module.css';
import { useAccountWords } from './account-words.ts';

/** Nothing where the practice has no provider, as most have none; nothing for patients. */
export function SignOnPanel({ session }: { readonly session: Session }) {
  const w = useAccountWords();
  const own = useQuery({ ...ownSignOnQuery, enabled: session.apps.includes('desk') });
  if (own.data === undefined || own.data.providers.length === 0) return null;
  const isJoined = own.data.joined > 0;
  return (
    <Panel title={w.signOn} icon="door">
      <p className={styles.soft}>{isJoined ? w.signOnJoined : w.signOnText}</p>
      <div className={styles.below}>
        {isJoined ? <Parting /> : <JoinButtons providers={own.data.providers} back="/account" />}
      </div>
    </Panel>
  );
}

interface JoinButtonsProps {
  readonly providers: OwnSignOn['providers'];
  /** The page to come back to; null for the one that they go to anyway. */
  readonly back: string | null;
  readonly wide?: boolean;
}

/** Leads to the provider, as a page; whoever comes back is joined. */
export function JoinButtons({ providers, back, wide = false }: JoinButtonsProps) {
  const w = useAccountWords();
  const join = useMutation({
    mutationFn: async (id: string) => {
      const to = await joinSignOn(id);
      noteWayBack(back);
      location.assign(to);
    },
  });
  return (
    <>
      <Trouble error={join.error} />
      {providers.map(({ id, name }) => (
        <ActionButton key={id} wide={wide} busy={join.isPending} onClick={() => join.mutate(id)}>
          {w.signOnJoin(name)}
        </ActionButton>
      ))}
    </>
  );
}

function Parting() {
  const w = useAccountWords();
  const k = useKitWords();
  const queries = useQueryClient();
  const [isAsked, setAsked] = useState(false);
  const parting = useMutation({
    mutationFn: async () => {
      await partSignOn();
      await queries.invalidateQueries(ownSignOnQuery);
      await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });
  if (!isAsked) {
    return (
      <ActionButton weight="quiet" onClick={() => setAsked(true)}>
        {w.signOnPart}
      </ActionButton>
    );
  }
  return (
    <div className={styles.steps}>
      <p>{w.signOnPartText}</p>
      <Trouble error={parting.error} />
      <div className={styles.pair}>
        <ActionButton weight="main" busy={parting.isPending} onClick={() => parting.mutate()}>
          {w.removeIt}
        </ActionButton>
        <ActionButton weight="quiet" onClick={() => setAsked(false)}>
          {k.cancel}
        </ActionButton>
      </div>
    </div>
  );
}
