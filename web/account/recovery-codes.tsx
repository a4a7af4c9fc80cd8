/** Recovery codes, shown this once: to be printed or written down. */
import { useMutation } from '@tanstack/react-query';
import { newRecoveryCodes } from '../client/index.ts';
import { ActionButton, Trouble, useKitWords } from '../kit/index.ts';
import styles from './account.module.css';
import { useAccountWords } from './account-words.ts';
import { Single } from './single.tsx';

interface RecoveryCodesProps {
  readonly codes: readonly string[];
  readonly onDone: () => void;
}

export function RecoveryCodes({ codes, onDone }: RecoveryCodesProps) {
  const w = useAccountWords();
  return (
    <Single title={w.codesTitle} text={w.codesText}>
      <ol className={styles.codes}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ol>
      <ActionButton wide onClick={() => print()}>
        {w.print}
      </ActionButton>
      <ActionButton weight="main" wide onClick={onDone}>
        {w.codesKept}
      </ActionButton>
    </Single>
  );
}

/** New ones in the place of those that there are, which then work no more. */
export function RecoveryCodeSteps({ onDone }: { readonly onDone: () => void }) {
  const w = useAccountWords();
  const k = useKitWords();
  const making = useMutation({ mutationFn: newRecoveryCodes });
  if (making.data !== undefined) return <RecoveryCodes codes={making.data} onDone={onDone} />;
  return (
    <Single title={w.newCodes} text={w.newCodesText}>
      <Trouble error={making.error} />
      <ActionButton weight="main" wide busy={making.isPending} onClick={() => making.mutate()}>
        {w.makeCodes}
      </ActionButton>
      <ActionButton weight="quiet" wide onClick={onDone}>
        {k.cancel}
      </ActionButton>
    </Single>
  );
}
