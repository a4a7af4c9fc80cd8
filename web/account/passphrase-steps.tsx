/** Choosing a passphrase: long, and nothing else is asked of it. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { setPassphrase } from '../client/index.ts';
import { ActionButton, Notice, TextField, Trouble, useKitWords } from '../kit/index.ts';
import styles from './account.module.css';
import { useAccountWords } from './account-words.ts';
import { Single } from './single.tsx';
import type { StepsProps } from './step.ts';

interface PassphraseStepsProps extends StepsProps {
  /** Whether one is known to stand, which is asked for then. */
  readonly hasOne?: boolean;
}

export function PassphraseSteps({ hasOne = false, onDone, onCancel }: PassphraseStepsProps) {
  const w = useAccountWords();
  const k = useKitWords();
  const [current, setCurrent] = useState('');
  const [typed, setTyped] = useState('');
  const [isAnother, setAnother] = useState(hasOne);
  const choice = useMutation({
    mutationFn: () => setPassphrase(typed, isAnother ? current : undefined),
    onSuccess: (problem) => {
      if (problem === null) onDone();
      if (problem === 'not-current') setAnother(true);
    },
  });
  const problem = choice.data ?? null;
  return (
    <Single title={w.choose} text={w.chooseText}>
      <form
        className={styles.steps}
        onSubmit={(event) => {
          event.preventDefault();
          if (!choice.isPending) choice.mutate();
        }}
      >
        <Trouble error={choice.error} />
        {problem !== null && (
          <div role="alert">
            <Notice icon="alert" tone="warning" title={w.problems[problem]} />
          </div>
        )}
        {isAnother && (
          <TextField
            label={w.current}
            hint={w.currentHint}
            value={current}
            onChange={setCurrent}
            secret
            autoComplete="current-password"
          />
        )}
        <TextField
          label={isAnother ? w.another : k.passphrase}
          hint={w.chooseHint([...typed].length)}
          value={typed}
          onChange={setTyped}
          secret
          autoComplete="new-password"
        />
        <ActionButton weight="main" type="submit" wide busy={choice.isPending}>
          {w.keep}
        </ActionButton>
      </form>
      <ActionButton weight="quiet" wide onClick={onCancel}>
        {k.cancel}
      </ActionButton>
    </Single>
  );
}
