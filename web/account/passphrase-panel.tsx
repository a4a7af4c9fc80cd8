/** The other way in: a passphrase together with codes. Both halves, and the codes for bad days. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, factorsQuery, type OwnFactors, removePassphrase } from '../client/index.ts';
import { ActionButton, Facts, Notice, Panel, Trouble, useFormat, useKitWords } from '../kit/index.ts';
import styles from './account.module.css';
import { useAccountWords } from './account-words.ts';
import type { Step } from './step.ts';

interface PassphrasePanelProps {
  readonly factors: OwnFactors;
  readonly onStep: (step: Step) => void;
}

export function PassphrasePanel({ factors, onStep }: PassphrasePanelProps) {
  const w = useAccountWords();
  const format = useFormat();
  const { passphrase, totp, recoveryCodes } = factors;
  if (passphrase === null) {
    return (
      <Panel title={w.passphrase} icon="document">
        <p className={styles.soft}>{w.passphraseNone}</p>
        <div className={styles.below}>
          <ActionButton onClick={() => onStep('set-up')}>{w.passphraseSetUp}</ActionButton>
        </div>
      </Panel>
    );
  }
  const used = passphrase.usedAt === null ? w.neverUsed : w.usedOn(format.dayAndTime(passphrase.usedAt));
  return (
    <Panel title={w.passphrase} icon="document">
      {totp === null && (
        <div className={styles.above}>
          <Notice icon="alert" tone="warning" title={w.appMissing} />
        </div>
      )}
      <Facts
        facts={[
          { name: w.passphraseSet, value: `${format.date(passphrase.setAt)} · ${used}` },
          { name: w.codeApp, value: totp === null ? w.none : format.date(totp.madeAt) },
          { name: w.recoveryCodes, value: recoveryCodes === null ? w.none : w.codesLeft(recoveryCodes.left) },
        ]}
      />
      <div className={styles.below}>
        <ActionButton onClick={() => onStep('code-app')}>
          {totp === null ? w.appSetUp : w.appAnother}
        </ActionButton>
        <ActionButton onClick={() => onStep('passphrase')}>{w.passphraseChange}</ActionButton>
        {totp !== null && <ActionButton onClick={() => onStep('recovery-codes')}>{w.newCodes}</ActionButton>}
        <Removal />
      </div>
    </Panel>
  );
}

function Removal() {
  const w = useAccountWords();
  const k = useKitWords();
  const queries = useQueryClient();
  const [isAsked, setAsked] = useState(false);
  const removal = useMutation({
    mutationFn: async () => {
      await removePassphrase();
      await queries.invalidateQueries(factorsQuery);
    },
    onSuccess: () => setAsked(false),
  });
  if (!isAsked) {
    return (
      <ActionButton weight="quiet" onClick={() => setAsked(true)}>
        {w.passphraseRemove}
      </ActionButton>
    );
  }
  const isLast = removal.error instanceof ApiError && removal.error.status === 409;
  return (
    <div className={styles.steps}>
      <p>{w.passphraseRemoveText}</p>
      {isLast ? <Notice icon="alert" tone="warning" title={w.lastWay} /> : <Trouble error={removal.error} />}
      <div className={styles.pair}>
        <ActionButton weight="main" busy={removal.isPending} onClick={() => removal.mutate()}>
          {w.removeIt}
        </ActionButton>
        <ActionButton weight="quiet" onClick={() => setAsked(false)}>
          {k.cancel}
        </ActionButton>
      </div>
    </div>
  );
}
