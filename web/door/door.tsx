/** Who is at the door, and what they are shown. The state is in the address, but for codes. */
import { type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import {
  failureOf,
  type PracticeName,
  type Session,
  type SignedIn,
  sessionQuery,
  signIn,
} from '../client/index.ts';
import {
  ActionButton,
  FailureNotice,
  goInside,
  goOn,
  keepWorkPractice,
  leave,
  Notice,
  Trouble,
  takeWayBack,
} from '../kit/index.ts';
import styles from './door.module.css';
import { DoorFrame } from './door-frame.tsx';
import { useDoorWords } from './door-words.ts';
import { InvitedSteps } from './invited-steps.tsx';
import { LinkForm } from './link-form.tsx';
import { RecoverySteps } from './recovery-steps.tsx';
import { RecoveryStop } from './recovery-stop.tsx';
import type { Start } from './start-state.ts';
import { WaysIn } from './ways-in.tsx';

type Choice = Extract<SignedIn, { kind: 'choose' }>;

export function Door({ start }: { readonly start: Start }) {
  const w = useDoorWords();
  const queries = useQueryClient();
  const [code, setCode] = useState(start.code);
  const [choice, setChoice] = useState<Choice | null>(null);
  const [session, setSession] = useState<Session | null>(null);
  /** Whatever way somebody came in; the button that they pressed waits for it. */
  const onEntered = async (entered: SignedIn) => {
    if (entered.kind === 'choose') setChoice(entered);
    else setSession(await queries.fetchQuery({ ...sessionQuery, staleTime: 0, retry: false }));
  };
  if (session !== null) return <Inside session={session} isNew />;
  if (choice !== null) return <Practices choice={choice} onEntered={onEntered} />;
  if (start.look === 'invited' || start.look === 'asked') {
    return <InvitedSteps code={start.code} onEntered={onEntered} />;
  }
  if (start.look === 'lost' || start.look === 'begin') {
    return <RecoverySteps ticket={start.code} onEntered={onEntered} />;
  }
  if (start.look === 'stop' && start.code !== null) return <RecoveryStop ticket={start.code} />;
  if (code !== null) return <WithCode code={code} onCode={setCode} onEntered={onEntered} />;
  if (start.look === 'arrival' || start.look === 'ready') {
    return <Arrival onCode={setCode} onEntered={onEntered} />;
  }
  if (start.look === 'sign-on') {
    const ways = { onCode: setCode, onEntered };
    return <WaysIn title={w.welcome} text={w.welcomeText} first="sign-on" {...ways} />;
  }
  return <Left why={start.look} onCode={setCode} onEntered={onEntered} />;
}

interface EntryProps {
  readonly onEntered: (entered: SignedIn) => Promise<void>;
}

interface CodeEntryProps extends EntryProps {
  readonly onCode: (code: string) => void;
}

/** A stranger, until the server says that this browser has a session: nobody waits for that to read on. */
function Arrival({ onCode, onEntered }: CodeEntryProps) {
  const w = useDoorWords();
  const session = useQuery({ ...sessionQuery, retry: false });
  const isBack = useWayBack(session);
  if (session.data !== undefined) return <Inside session={session.data} stay={!isBack} />;
  const failure = session.error === null ? 'signed-out' : failureOf(session.error);
  if (failure === 'signed-out') {
    return <WaysIn title={w.welcome} text={w.welcomeText} onCode={onCode} onEntered={onEntered} />;
  }
  return (
    <DoorFrame title={w.welcome} text={w.welcomeText}>
      <FailureNotice failure={failure} onRetry={() => void session.refetch()} />
    </DoorFrame>
  );
}

/**
 * Whoever comes back from the provider of their practice goes on by themselves, to the page where they were.
 * The browser remembers the practice for the next time.
 */
function useWayBack({ data, isPending }: Pick<UseQueryResult<Session>, 'data' | 'isPending'>): boolean {
  const [isBack, setBack] = useState(false);
  useEffect(() => {
    if (isPending) return;
    const to = takeWayBack();
    if (to === null || data === undefined) return;
    if (data.practice !== null) keepWorkPractice(data.practice);
    if (to === '') setBack(true);
    else location.replace(to);
  }, [data, isPending]);
  return isBack;
}

/** Back at the door after a lock, an end or a sign-out: one touch leads back to where they were. */
function Left({ why, ...ways }: { readonly why: string } & CodeEntryProps) {
  const w = useDoorWords();
  const [title, text, again] =
    why === 'idle'
      ? [w.idle, w.idleText, w.comeBack]
      : why === 'out'
        ? [w.out, w.outText, w.signInAgain]
        : [w.ended, w.endedText, w.comeBack];
  return <WaysIn title={title} text={text} again={again} {...ways} />;
}

interface WithCodeProps extends EntryProps {
  readonly code: string;
  readonly onCode: (code: string | null) => void;
}

function WithCode({ code, onCode, onEntered }: WithCodeProps) {
  const w = useDoorWords();
  const entry = useMutation({ mutationFn: async () => onEntered(await signIn(code, null)) });
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
      <Trouble error={entry.error} />
      <ActionButton weight="main" wide autoFocus busy={entry.isPending} onClick={() => entry.mutate()}>
        {w.signIn}
      </ActionButton>
    </DoorFrame>
  );
}

function Practices({ choice, onEntered }: { readonly choice: Choice } & EntryProps) {
  const w = useDoorWords();
  const entry = useMutation({
    mutationFn: async (slug: string) => onEntered(await signIn(choice.code, slug)),
  });
  return (
    <DoorFrame title={w.which} text={w.whichText}>
      <Trouble error={entry.error} wrong={w.tooLate} />
      <div className={styles.choices}>
        {choice.practices.map(({ slug, name }: PracticeName) => (
          <ActionButton key={slug} wide busy={entry.isPending} onClick={() => entry.mutate(slug)}>
            {name}
          </ActionButton>
        ))}
      </div>
    </DoorFrame>
  );
}

interface InsideProps {
  readonly session: Session;
  readonly stay?: boolean;
  /** Whether they have come in just now. */
  readonly isNew?: boolean;
}

/** Signed in: goes on by itself where there is one way, and asks where there are two. */
function Inside({ session, stay = false, isNew = false }: InsideProps) {
  const w = useDoorWords();
  const queries = useQueryClient();
  useEffect(() => {
    if (isNew) void goInside(session, queries);
    else if (!stay) goOn(session);
  }, [session, queries, stay, isNew]);
  const names = { desk: w.toDesk, portal: w.toPortal };
  const only = session.apps.length === 1;
  const ways: ReactNode = session.apps.map((app) => (
    <a key={app} className={styles.way} href={`/${app}`}>
      {only ? w.goOn : names[app]}
    </a>
  ));
  const makes = (
    <a className={styles.way} href="/account">
      {w.goOn}
    </a>
  );
  return (
    <DoorFrame title={w.known(session.account.name ?? '')} text={session.practice?.name ?? ''}>
      {session.apps.length === 0 && session.assured ? (
        <Notice icon="door" title={w.nothing} />
      ) : (
        <div className={styles.choices}>{session.assured ? ways : makes}</div>
      )}
      <ActionButton weight="quiet" wide onClick={() => void leave('out')}>
        {w.notMe}
      </ActionButton>
    </DoorFrame>
  );
}
