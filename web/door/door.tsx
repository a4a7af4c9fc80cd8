/** Who is at the door, and what they are shown. The state is in the address, but for the code. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { failureOf, type PracticeName, type Session, sessionQuery, signIn } from '../client/index.ts';
import { ActionButton, FailureNotice, leave, Notice, returnAddress } from '../kit/index.ts';
import styles from './door.module.css';
import { DoorFrame } from './door-frame.tsx';
import { useDoorWords } from './door-words.ts';
import { LinkForm } from './link-form.tsx';
import type { Start } from './start-state.ts';

/** Loads the app anew: nothing of the door stays in memory. */
function goTo(session: Session): void {
  const back = returnAddress(new URLSearchParams(location.search).get('return'));
  const [first] = session.apps;
  if (back !== null) location.replace(back);
  else if (session.apps.length === 1) location.replace(`/${first}`);
}

export function Door({ start }: { readonly start: Start }) {
  const [code, setCode] = useState(start.code);
  const [session, setSession] = useState<Session | null>(null);
  if (session !== null) return <Inside session={session} />;
  if (code !== null) return <WithCode code={code} onCode={setCode} onIn={setSession} />;
  if (start.look === 'arrival' || start.look === 'ready') return <Arrival onCode={setCode} />;
  return <Left why={start.look} onCode={setCode} />;
}

/** A stranger, until the server says that this browser has a session: nobody waits for that to read on. */
function Arrival({ onCode }: { readonly onCode: (code: string) => void }) {
  const w = useDoorWords();
  const session = useQuery({ ...sessionQuery, retry: false });
  if (session.data !== undefined) return <Inside session={session.data} stay />;
  const failure = session.error === null ? 'signed-out' : failureOf(session.error);
  return (
    <DoorFrame title={w.welcome} text={w.welcomeText}>
      {failure === 'signed-out' ? (
        <LinkForm onCode={onCode} />
      ) : (
        <FailureNotice failure={failure} onRetry={() => void session.refetch()} />
      )}
    </DoorFrame>
  );
}

/** Back at the door after a lock, an end or a sign-out. */
function Left({ why, onCode }: { readonly why: string; readonly onCode: (code: string) => void }) {
  const w = useDoorWords();
  const [title, text] =
    why === 'idle' ? [w.idle, w.idleText] : why === 'out' ? [w.out, w.outText] : [w.ended, w.endedText];
  return (
    <DoorFrame title={title} text={text}>
      <LinkForm onCode={onCode} />
    </DoorFrame>
  );
}

interface WithCodeProps {
  readonly code: string;
  readonly onCode: (code: string | null) => void;
  readonly onIn: (session: Session) => void;
}

function WithCode({ code, onCode, onIn }: WithCodeProps) {
  const w = useDoorWords();
  const session = useQuery({ ...sessionQuery, enabled: false, retry: false });
  const entry = useMutation({
    mutationFn: ({ practice, ...sent }: { code: string; practice: string | null }) =>
      signIn(sent.code, practice),
    onSuccess: async ({ kind }) => {
      const { data } = kind === 'in' ? await session.refetch() : { data: undefined };
      if (data !== undefined) onIn(data);
    },
  });
  const choice = entry.data?.kind === 'choose' ? entry.data : null;
  if (choice !== null) {
    const choose = (practice: string) => entry.mutate({ code: choice.code, practice });
    return <Practices practices={choice.practices} onChoose={choose} busy={entry.isPending} />;
  }
  if (entry.error !== null && failureOf(entry.error) === 'invalid') {
    return (
      <DoorFrame title={w.spent} text={w.spentText}>
        <LinkForm
          onCode={(next) => {
            entry.reset();
            onCode(next);
          }}
        />
      </DoorFrame>
    );
  }
  return (
    <DoorFrame title={w.ready} text={w.readyText}>
      {entry.error !== null && <FailureNotice failure={failureOf(entry.error)} />}
      <ActionButton
        weight="main"
        wide
        autoFocus
        busy={entry.isPending || session.isFetching}
        onClick={() => entry.mutate({ code, practice: null })}
      >
        {w.signIn}
      </ActionButton>
    </DoorFrame>
  );
}

interface PracticesProps {
  readonly practices: readonly PracticeName[];
  readonly onChoose: (slug: string) => void;
  readonly busy: boolean;
}

function Practices({ practices, onChoose, busy }: PracticesProps) {
  const w = useDoorWords();
  return (
    <DoorFrame title={w.which} text={w.whichText}>
      <div className={styles.choices}>
        {practices.map(({ slug, name }) => (
          <ActionButton key={slug} wide busy={busy} onClick={() => onChoose(slug)}>
            {name}
          </ActionButton>
        ))}
      </div>
    </DoorFrame>
  );
}

/** Signed in: goes on by itself where there is one way, and asks where there are two. */
function Inside({ session, stay = false }: { readonly session: Session; readonly stay?: boolean }) {
  const w = useDoorWords();
  useEffect(() => {
    if (!stay) goTo(session);
  }, [session, stay]);
  const names = { desk: w.toDesk, portal: w.toPortal };
  const only = session.apps.length === 1;
  const ways: ReactNode = session.apps.map((app) => (
    <a key={app} className={styles.way} href={`/${app}`}>
      {only ? w.goOn : names[app]}
    </a>
  ));
  return (
    <DoorFrame title={w.known(session.account.name ?? '')} text={session.practice?.name ?? ''}>
      {session.apps.length === 0 ? (
        <Notice icon="door" title={w.nothing} />
      ) : (
        <div className={styles.choices}>{ways}</div>
      )}
      <ActionButton weight="quiet" wide onClick={() => void leave('out')}>
        {w.notMe}
      </ActionButton>
    </DoorFrame>
  );
}
