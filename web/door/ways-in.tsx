/** The ways in, one decision at a time: one touch first, and the others where somebody asks for them. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { failureOf, type SignedIn, signInByPasskey } from '../client/index.ts';
import { ActionButton, Trouble } from '../kit/index.ts';
import styles from './door.module.css';
import { DoorFrame } from './door-frame.tsx';
import { useDoorWords } from './door-words.ts';
import { LinkForm } from './link-form.tsx';
import { PassphraseSteps } from './passphrase-steps.tsx';
import { practiceToReturnTo } from './practice-to-return-to.ts';
import { SignOnAgain, SignOnSteps } from './sign-on-steps.tsx';

export interface WaysInProps {
  readonly title: string;
  readonly text: string;
  /** What the button says, where they have been here before. */
  readonly again?: string;
  /** The way that the address asks for. */
  readonly first?: 'sign-on';
  readonly onCode: (code: string) => void;
  readonly onEntered: (entered: SignedIn) => Promise<void>;
}

type Way = 'touch' | 'others' | 'passphrase' | 'link' | 'sign-on';

export function WaysIn({ title, text, again, first, onCode, onEntered }: WaysInProps) {
  const w = useDoorWords();
  const [way, setWay] = useState<Way>(first ?? 'touch');
  const [isNext, setNext] = useState(false);
  const choose = (next: Way) => {
    setNext(true);
    setWay(next);
  };
  const back = (
    <ActionButton weight="quiet" wide onClick={() => choose(way === 'others' ? 'touch' : 'others')}>
      {w.back}
    </ActionButton>
  );
  if (way === 'passphrase') return <PassphraseSteps onEntered={onEntered} back={back} />;
  if (way === 'sign-on') return <SignOnSteps back={back} isNext={isNext} />;
  if (way === 'link') {
    return (
      <DoorFrame title={w.linkTitle} text={w.linkText} isNext>
        <LinkForm onCode={onCode} />
        {back}
      </DoorFrame>
    );
  }
  if (way === 'others') {
    return (
      <DoorFrame title={w.others} text={w.othersText} isNext>
        <div className={styles.choices}>
          <ActionButton wide onClick={() => choose('passphrase')}>
            {w.byPassphrase}
          </ActionButton>
          <ActionButton wide onClick={() => choose('link')}>
            {w.byLink}
          </ActionButton>
          <a className={styles.sideWay} href="/invited">
            {w.byInvitation}
          </a>
          <ActionButton wide onClick={() => choose('sign-on')}>
            {w.bySignOn}
          </ActionButton>
          <a className={styles.sideWay} href="/recovery">
            {w.byNothing}
          </a>
        </div>
        {back}
      </DoorFrame>
    );
  }
  return (
    <DoorFrame title={title} text={text}>
      <Touch label={again ?? w.touch} onEntered={onEntered} />
      <SignOnAgain />
      <ActionButton weight="quiet" wide onClick={() => choose('others')}>
        {w.anotherWay}
      </ActionButton>
    </DoorFrame>
  );
}

interface TouchProps {
  readonly label: string;
  readonly onEntered: (entered: SignedIn) => Promise<void>;
}

/** Nothing is typed: the passkey says who it is. */
function Touch({ label, onEntered }: TouchProps) {
  const w = useDoorWords();
  const entry = useMutation({
    // Whoever comes instead of the person before may not be in that practice: the second try asks.
    mutationFn: async (practice: string | null) => onEntered(await signInByPasskey(practice)),
  });
  const known = entry.error !== null && failureOf(entry.error) === 'invalid' ? null : undefined;
  return (
    <>
      <Trouble error={entry.error} wrong={w.touchWrong} />
      <div className={styles.touch}>
        <ActionButton
          weight="main"
          wide
          busy={entry.isPending}
          onClick={() => entry.mutate(known === undefined ? practiceToReturnTo() : known)}
        >
          {label}
        </ActionButton>
        <p className={styles.hint}>{w.touchHint}</p>
      </div>
    </>
  );
}
