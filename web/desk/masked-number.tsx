/** A number of somebody's, of which the last four places are shown until somebody presses it. */
import { useState } from 'react';
import styles from './masked-number.module.css';

interface MaskedNumberProps {
  readonly number: string;
  /** What it is, with the number in it. */
  say(number: string): string;
}

export function MaskedNumber({ number, say }: MaskedNumberProps) {
  const [isShown, setShown] = useState(false);
  const masked = number.length > 4 ? `•••• ${number.slice(-4)}` : '••••';
  return (
    <button type="button" className={styles.number} aria-pressed={isShown} onClick={() => setShown(!isShown)}>
      {say(isShown ? number : masked)}
    </button>
  );
}
