/** Signing in by the account that the practice keeps elsewhere: which practice, and off to its provider. */
import { type ReactNode, useEffect, useState } from 'react';
import { type PracticeName, signOnAddress } from '../client/index.ts';
import { ActionButton, noteWayBack, TextField, workPractice } from '../kit/index.ts';
import styles from './door.module.css';
import { DoorFrame } from './door-frame.tsx';
import { useDoorWords } from './door-words.ts';

const SLUG = /^[a-z0-9][a-z0-9-]{0,99}$/;

/** Leaves for the provider; whoever comes back is led to where they were. */
export function goToProvider(slug: string): void {
  noteWayBack(new URLSearchParams(location.search).get('return'));
  location.assign(signOnAddress(slug));
}

interface SignOnStepsProps {
  readonly back: ReactNode;
  /** Chosen at the door, or named by the link that opened it. */
  readonly isNext: boolean;
}

export function SignOnSteps({ back, isNext }: SignOnStepsProps) {
  const w = useDoorWords();
  const [typed, setTyped] = useState('');
  const [isBad, setBad] = useState(false);
  const named = usePracticeOfLink();
  return (
    <DoorFrame title={w.signOn} text={w.signOnText} isNext={isNext}>
      <form
        className={styles.choices}
        onSubmit={(event) => {
          event.preventDefault();
          const slug = named ?? typed.trim().toLowerCase();
          setBad(!SLUG.test(slug));
          if (SLUG.test(slug)) goToProvider(slug);
        }}
      >
        {named === null && (
          <TextField
            label={w.signOnPractice}
            hint={w.signOnHint}
            value={typed}
            onChange={setTyped}
            error={isBad ? w.signOnBad : null}
            autoComplete="organization"
          />
        )}
        <ActionButton weight="main" type="submit" wide>
          {w.goOn}
        </ActionButton>
      </form>
      {back}
    </DoorFrame>
  );
}

/** `/signin?sign-on=SLUG`, as a practice gives it to its staff; null where the address names none. */
function usePracticeOfLink(): string | null {
  const [slug, setSlug] = useState<string | null>(null);
  // Not while the first look is drawn, which is the same for everybody.
  useEffect(() => {
    const named = new URLSearchParams(location.search).get('sign-on') ?? '';
    if (SLUG.test(named)) setSlug(named);
  }, []);
  return slug;
}

/** For whoever signed in so in this browser before: one press. */
export function SignOnAgain() {
  const w = useDoorWords();
  const [practice, setPractice] = useState<PracticeName | null>(null);
  useEffect(() => setPractice(workPractice()), []);
  if (practice === null) return null;
  return (
    <ActionButton wide onClick={() => goToProvider(practice.slug)}>
      {w.signOnAt(practice.name)}
    </ActionButton>
  );
}
