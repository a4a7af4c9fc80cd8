/** Who is at the door, and what they are shown. The state is in the address, but for the code. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { failureOf, type PracticeName, type Session, sessionQuery, signIn } from '../client/index.ts';
import { ActionButton, FailureNotice, Loaded, leave, Notice, returnAddress } from '../kit/index.ts';
import styles from './door.module.css';
import { DoorFrame } from './door-frame.tsx';
import { useDoorWords } from './door-words.ts';
import { LinkForm } from './link-form.tsx';
import { takeCode } from './signin-link.ts';

const query = () => new URLSearchParams(location.search);

/** Loads the app anew: nothing of the door stays in memory. */
function goTo(session: Session): void {
  const back = returnAddress(query().get('return'));
  const [first] = session.apps;
  if (back !== null) location.replace(back);
  else if (session.apps.length === 1) location.replace(`/${first}`);
}

export function Door() {
  const [code, setCode] = useState(() => takeCode(location, history));
  const [session, setSession] = useState<Session | null>(null);
  if (session !== null) return <Inside session={session} />;
  if (code !== null) return <WithCode code={code} onCode={setCode} onIn={setSession} />;
  return query().has('why') ? <Left onCode={setCode} /> : <Arrival onCode={setCode} />;
}

/** Nobody knows yet whether this browser has a session. */
function Arrival({ onCode }: { readonly onCode: (code: string) => void }) {
  const w = useDoorWords();
  const session = useQuery({ ...sessionQuery, retry: false });
  const isStranger = session.error !== null && failureOf(session.error) === 'signed-out';
  if (isStranger) {
    return (
      <DoorFrame title={w.welcome} text={w.welcomeText}>
        <LinkForm onCode={onCode} />
      </DoorFrame>
    );
  }
  if (session.data !== undefined) return <Inside session={session.data} stay />;
  return (
    <DoorFrame title={w.welcome}>
      <Loaded query={session}>{() => null}</Loaded>
    </DoorFrame>
  );
}

/** Back at the door after a lock, an end or a sign-out. */
function Left({ onCode }: { readonly onCode: (code: string) => void }) {
  const w = useDoorWords();
  const why = query().get('why');
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
