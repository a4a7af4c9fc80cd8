/** For whoever has no passkey: a passphrase, then a code. Neither step says what is known of an address. */
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import {
  ApiError,
  dropCeremony,
  fillsPasskeys,
  type SignedIn,
  sendCode,
  sendPassphrase,
  signInByPasskey,
} from '../client/index.ts';
import { ActionButton, TextField, Trouble, useKitWords } from '../kit/index.ts';
import styles from './door.module.css';
import { DoorFrame } from './door-frame.tsx';
import { useDoorWords } from './door-words.ts';
import { practiceToReturnTo } from './practice-to-return-to.ts';

interface PassphraseStepsProps {
  readonly onEntered: (entered: SignedIn) => Promise<void>;
  readonly back: ReactNode;
}

export function PassphraseSteps({ onEntered, back }: PassphraseStepsProps) {
  const [ticket, setTicket] = useState<string | null>(null);
  if (ticket === null) return <First onTicket={setTicket} onEntered={onEntered} back={back} />;
  return <Second ticket={ticket} onEntered={onEntered} onAgain={() => setTicket(null)} />;
}

interface FirstProps extends PassphraseStepsProps {
  readonly onTicket: (ticket: string) => void;
}

function First({ onTicket, onEntered, back }: FirstProps) {
  const w = useDoorWords();
  const k = useKitWords();
  const [email, setEmail] = useState('');
  const [passphrase, setPassphrase] = useState('');
  const step = useMutation({
    mutationFn: () => sendPassphrase(email.trim(), passphrase),
    onSuccess: onTicket,
  });
  const filled = usePasskeyInField(onEntered);
  return (
    <DoorFrame title={w.passphraseTitle} text={w.passphraseText} isNext>
      <form
        className={styles.choices}
        onSubmit={(event) => {
          event.preventDefault();
          if (!step.isPending) step.mutate();
        }}
      >
        <Trouble error={step.error ?? filled} wrong={w.passphraseWrong} />
        <TextField
          label={w.email}
          value={email}
          onChange={setEmail}
          type="email"
          autoComplete="username webauthn"
        />
        <TextField
          label={k.passphrase}
          value={passphrase}
          onChange={setPassphrase}
          secret
          autoComplete="current-password"
        />
        <ActionButton weight="main" type="submit" wide busy={step.isPending}>
          {w.goOn}
        </ActionButton>
      </form>
      {back}
    </DoorFrame>
  );
}

/** Where the browser can, it offers passkeys in the field for the address. Tells what went wrong with one. */
function usePasskeyInField(onEntered: (entered: SignedIn) => Promise<void>): unknown {
  const [error, setError] = useState<unknown>(null);
  const [enter] = useState(() => onEntered);
  useEffect(() => {
    let isLeft = false;
    void (async () => {
      try {
        if (!(await fillsPasskeys()) || isLeft) return;
        const entered = await signInByPasskey(practiceToReturnTo(), true);
        if (!isLeft) await enter(entered);
      } catch (failure) {
        // Nobody asked for it: only a passkey that was chosen and did not work is worth a word.
        if (!isLeft && failure instanceof ApiError && failure.failure !== 'offline') setError(failure);
      }
    })();
    return () => {
      isLeft = true;
      dropCeremony();
    };
  }, [enter]);
  return error;
}

interface SecondProps {
  readonly ticket: string;
  readonly onEntered: (entered: SignedIn) => Promise<void>;
  readonly onAgain: () => void;
}

function Second({ ticket, onEntered, onAgain }: SecondProps) {
  const w = useDoorWords();
  const k = useKitWords();
  const [code, setCode] = useState('');
  const step = useMutation({
    mutationFn: async () => onEntered(await sendCode(ticket, code, practiceToReturnTo())),
  });
  return (
    <DoorFrame title={w.codeTitle} text={w.codeText} isNext>
      <form
        className={styles.choices}
        onSubmit={(event) => {
          event.preventDefault();
          if (!step.isPending) step.mutate();
        }}
      >
        <Trouble error={step.error} wrong={w.codeWrong} />
        <TextField
          label={k.code}
          hint={k.codeHint}
          value={code}
          onChange={setCode}
          autoComplete="one-time-code"
        />
        <ActionButton weight="main" type="submit" wide busy={step.isPending}>
          {w.signIn}
        </ActionButton>
      </form>
      <ActionButton weight="quiet" wide onClick={onAgain}>
        {w.back}
      </ActionButton>
    </DoorFrame>
  );
}
