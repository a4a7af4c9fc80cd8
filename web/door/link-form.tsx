/** For a link that did not open by itself: out of a letter, or from another program. */
import { useState } from 'react';
import { ActionButton, TextField } from '../kit/index.ts';
import styles from './door.module.css';
import { useDoorWords } from './door-words.ts';
import { codeOf } from './signin-link.ts';

export function LinkForm({ onCode }: { readonly onCode: (code: string) => void }) {
  const w = useDoorWords();
  const [text, setText] = useState('');
  const [isBad, setBad] = useState(false);
  return (
    <form
      className={styles.choices}
      onSubmit={(event) => {
        event.preventDefault();
        const code = codeOf(text);
        setBad(code === null);
        if (code !== null) onCode(code);
      }}
    >
      <TextField
        label={w.linkLabel}
        hint={w.linkHint}
        value={text}
        onChange={setText}
        error={isBad ? w.linkBad : null}
      />
      <ActionButton weight="main" type="submit" wide>
        {w.withLink}
      </ActionButton>
    </form>
  );
}
