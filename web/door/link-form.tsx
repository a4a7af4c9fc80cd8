/** For a link that did not open by itself: out of a letter, or from another program. */
import { TextInput } from '@mantine/core';
import { useLayoutEffect, useRef, useState } from 'react';
import { ActionButton } from '../kit/index.ts';
import styles from './door.module.css';
import { useDoorWords } from './door-words.ts';
import { codeOf } from './signin-link.ts';

export function LinkForm({ onCode }: { readonly onCode: (code: string) => void }) {
  const w = useDoorWords();
  const [text, setText] = useState('');
  const [isBad, setBad] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  // What was typed before the app was there.
  useLayoutEffect(() => setText(field.current?.value ?? ''), []);
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
      <TextInput
        ref={field}
        label={w.linkLabel}
        description={w.linkHint}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        error={isBad ? w.linkBad : null}
        autoComplete="off"
        spellCheck={false}
        classNames={{ input: styles.input ?? '', label: styles.label ?? '', description: styles.hint ?? '' }}
      />
      <ActionButton weight="main" type="submit" wide>
        {w.withLink}
      </ActionButton>
    </form>
  );
}
