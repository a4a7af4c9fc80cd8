/** A touch, or a passphrase and a code, within the page; what was asked for then goes on by itself. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useId, useRef, useState } from 'react';
import { touchByPasskey, touchByPassphrase, waysToTouch } from '../client/index.ts';
import { ActionButton } from './button.tsx';
import { useKitWords } from './kit-words.ts';
import { Outline } from './loaded.tsx';
import styles from './step-up-dialog.module.css';
import { TextField } from './text-field.tsx';
import { Trouble } from './trouble.tsx';

interface EndProps {
  readonly onEnd: (isThere: boolean) => void;
}

export function StepUpDialog({ onEnd }: EndProps) {
  const w = useKitWords();
  const title = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby={title}
      onCancel={(event) => {
        event.preventDefault();
        onEnd(false);
      }}
    >
      <h2 id={title} className={styles.title}>
        {w.touchTitle}
      </h2>
      <p className={styles.text}>{w.touchText}</p>
      <Ways onEnd={onEnd} />
      <ActionButton weight="quiet" wide onClick={() => onEnd(false)}>
        {w.cancel}
      </ActionButton>
    </dialog>
  );
}

/** What is asked of the passkey is asked anew for each try: it counts once. */
function Ways({ onEnd }: EndProps) {
  const w = useKitWords();
  const [byWords, setByWords] = useState(false);
  const ways = useQuery({ queryKey: ['touch'], queryFn: waysToTouch, staleTime: 0, gcTime: 0, retry: false });
  const touch = useMutation({
    mutationFn: async () => {
      const { passkey } = touch.failureCount > 0 || ways.data === undefined ? await waysToTouch() : ways.data;
      if (passkey !== null) await touchByPasskey(passkey);
    },
    onSuccess: () => onEnd(true),
    onError: () => void ways.refetch(),
  });
  if (ways.data === undefined) {
    return ways.isPending ? <Outline lines={2} /> : <Trouble error={ways.error} />;
  }
  if (byWords || ways.data.passkey === null) {
    return ways.data.passphrase ? <Words onEnd={onEnd} /> : <p className={styles.text}>{w.touchNoWay}</p>;
  }
  return (
    <>
      <Trouble error={touch.error} />
      <ActionButton weight="main" wide busy={touch.isPending} onClick={() => touch.mutate()}>
        {w.touchPasskey}
      </ActionButton>
      {ways.data.passphrase && (
        <ActionButton wide onClick={() => setByWords(true)}>
          {w.touchWords}
        </ActionButton>
      )}
    </>
  );
}

function Words({ onEnd }: EndProps) {
  const w = useKitWords();
  const [passphrase, setPassphrase] = useState('');
  const [code, setCode] = useState('');
  const touch = useMutation({
    mutationFn: () => touchByPassphrase(passphrase, code),
    onSuccess: () => onEnd(true),
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!touch.isPending) touch.mutate();
      }}
    >
      <Trouble error={touch.error} />
      <TextField
        label={w.passphrase}
        value={passphrase}
        onChange={setPassphrase}
        secret
        autoComplete="current-password"
      />
      <TextField
        label={w.code}
        hint={w.codeHint}
        value={code}
        onChange={setCode}
        autoComplete="one-time-code"
      />
      <ActionButton weight="main" type="submit" wide busy={touch.isPending}>
        {w.confirm}
      </ActionButton>
    </form>
  );
}
