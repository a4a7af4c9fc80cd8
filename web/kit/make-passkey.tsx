/** Making a passkey: one sentence of what it is, and one button. */
import { useMutation } from '@tanstack/react-query';
import { addPasskey } from '../client/index.ts';
import { ActionButton } from './button.tsx';
import { useKitWords } from './kit-words.ts';
import styles from './make-passkey.module.css';
import { Trouble } from './trouble.tsx';

export interface MakePasskeyProps {
  readonly onMade: () => void;
}

export function MakePasskey({ onMade }: MakePasskeyProps) {
  const w = useKitWords();
  const making = useMutation({ mutationFn: () => addPasskey(nameOfThisDevice()), onSuccess: onMade });
  return (
    <div className={styles.steps}>
      <p className={styles.what}>{w.whatIsPasskey}</p>
      <Trouble error={making.error} />
      <ActionButton weight="main" wide busy={making.isPending} onClick={() => making.mutate()}>
        {w.makePasskey}
      </ActionButton>
    </div>
  );
}

const DEVICES = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b/, 'Mac'],
  [/\bCrOS\b/, 'Chromebook'],
  [/\bLinux\b/, 'Linux'],
] as const;

/** By which its owner knows it again, until they name it otherwise. */
function nameOfThisDevice(): string {
  return DEVICES.find(([pattern]) => pattern.test(navigator.userAgent))?.[1] ?? '';
}
