/** An authenticator app: a picture to scan, a code to type back, and codes for when the phone is gone. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { confirmCodeApp, offerCodeApp } from '../client/index.ts';
import { ActionButton, Loaded, QrCode, TextField, Trouble, useKitWords } from '../kit/index.ts';
import styles from './account.module.css';
import { useAccountWords } from './account-words.ts';
import { RecoveryCodes } from './recovery-codes.tsx';
import { Single } from './single.tsx';
import type { StepsProps } from './step.ts';

export function CodeAppSteps({ onDone, onCancel }: StepsProps) {
  const w = useAccountWords();
  const k = useKitWords();
  const offer = useQuery({
    queryKey: ['account', 'code-app'],
    queryFn: offerCodeApp,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  const [code, setCode] = useState('');
  const confirmation = useMutation({
    mutationFn: (ticket: string) => confirmCodeApp(ticket, code),
    onSuccess: (codes) => {
      if (codes === null) onDone();
    },
  });
  if (confirmation.data) return <RecoveryCodes codes={confirmation.data} onDone={onDone} />;
  return (
    <Single title={w.appTitle} text={w.appText}>
      <Loaded query={offer}>
        {({ uri, secret, ticket }) => (
          <form
            className={styles.steps}
            onSubmit={(event) => {
              event.preventDefault();
              if (!confirmation.isPending) confirmation.mutate(ticket);
            }}
          >
            <QrCode text={uri} label={w.qr} />
            <p>
              <a href={uri}>{w.openApp}</a>
            </p>
            <p className={styles.soft}>
              {w.byHand} <code className={styles.secret}>{secret.replace(/.{4}(?=.)/g, '$& ')}</code>
            </p>
            <Trouble error={confirmation.error} wrong={w.appWrong} />
            <TextField
              label={w.appCode}
              value={code}
              onChange={setCode}
              digits
              autoComplete="one-time-code"
            />
            <ActionButton weight="main" type="submit" wide busy={confirmation.isPending}>
              {w.appConfirm}
            </ActionButton>
          </form>
        )}
      </Loaded>
      <ActionButton weight="quiet" wide onClick={onCancel}>
        {k.cancel}
      </ActionButton>
    </Single>
  );
}
