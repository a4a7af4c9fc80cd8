/** Somebody lost every way to sign in: what they were known by is written down, and a code handed over. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ApiError, type HandedOver, handOverRecovery } from '../client/index.ts';
import { ActionButton, Field, useFormat } from '../kit/index.ts';
import { OnlineFault } from './invite-form.tsx';
import { useOnlineWords } from './online-words.ts';
import styles from './staff-page.module.css';

export interface RecoveryFormProps {
  readonly account: string;
  readonly name: string;
  /** For which record they come; null for a colleague. */
  readonly chart: string | null;
  readonly onEnd: () => void;
}

export function RecoveryForm({ account, name, chart, onEnd }: RecoveryFormProps) {
  const w = useOnlineWords();
  const queries = useQueryClient();
  const [checked, setChecked] = useState('');
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector('input')?.focus(), []);
  const begin = useMutation({
    mutationFn: () => handOverRecovery(account, chart, checked),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['recoveries'] }),
  });
  if (begin.data !== undefined) return <Code handed={begin.data} onEnd={onEnd} />;
  const isRefused = begin.error instanceof ApiError && begin.error.status === 404;
  return (
    <form
      ref={form}
      className={styles.form}
      aria-label={w.lostTitle(name)}
      onSubmit={(event) => {
        event.preventDefault();
        begin.mutate();
      }}
    >
      <p className={styles.soft}>{w.lostText}</p>
      <Field
        label={w.checked}
        hint={w.checkedHint}
        value={checked}
        onChange={setChecked}
        minLength={5}
        required
      />
      <div className={styles.buttons}>
        <ActionButton type="submit" weight="main" busy={begin.isPending}>
          {w.begin}
        </ActionButton>
        <ActionButton onClick={onEnd}>{w.cancel}</ActionButton>
      </div>
      {isRefused ? (
        <p role="alert" className={styles.fault}>
          {w.cannot}
        </p>
      ) : (
        <OnlineFault error={begin.error} />
      )}
    </form>
  );
}

function Code({ handed, onEnd }: { readonly handed: HandedOver; readonly onEnd: () => void }) {
  const w = useOnlineWords();
  const format = useFormat();
  const { code, ready, expires } = handed;
  const isReady = new Date(ready) <= new Date();
  return (
    <div className={styles.form} role="status">
      <p>
        {w.code}
        <strong className={styles.code}>{code}</strong>
      </p>
      <p>{isReady ? w.codeNow : w.codeFrom(format.dayAndTime(ready))}</p>
      <p className={styles.soft}>{w.codeUntil(format.dayAndTime(expires))}</p>
      <div className={styles.buttons}>
        <ActionButton weight="main" onClick={onEnd}>
          {w.done}
        </ActionButton>
      </div>
    </div>
  );
}
