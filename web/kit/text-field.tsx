/** One line to type into, large enough for a thumb; what is secret is hidden until somebody wants it. */
import { TextInput } from '@mantine/core';
import { type HTMLInputAutoCompleteAttribute, useLayoutEffect, useRef, useState } from 'react';
import { useKitWords } from './kit-words.ts';
import styles from './text-field.module.css';

export interface TextFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error?: string | null;
  readonly autoComplete?: HTMLInputAutoCompleteAttribute;
  readonly type?: 'text' | 'email';
  readonly secret?: boolean;
  /** The keyboard that a phone shows. */
  readonly digits?: boolean;
  readonly autoFocus?: boolean;
}

export function TextField({ onChange, secret = false, digits = false, ...more }: TextFieldProps) {
  const w = useKitWords();
  const [isShown, setShown] = useState(false);
  const { label, hint, value, error = null, autoComplete = 'off', type = 'text', autoFocus = false } = more;
  const field = useRef<HTMLInputElement>(null);
  const tell = useRef(onChange);
  // What was typed before the app was there.
  useLayoutEffect(() => {
    const typed = field.current?.value ?? '';
    if (typed !== '') tell.current(typed);
  }, []);
  return (
    <div>
      <TextInput
        ref={field}
        label={label}
        {...(hint === undefined ? {} : { description: hint })}
        value={value}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        error={error}
        type={secret && !isShown ? 'password' : type}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        data-autofocus={autoFocus || undefined}
        {...(digits ? { inputMode: 'numeric' as const } : {})}
        classNames={{
          input: styles.input ?? '',
          label: styles.label ?? '',
          description: styles.hint ?? '',
          error: styles.error ?? '',
        }}
      />
      {secret && (
        <button
          type="button"
          className={styles.toggle}
          aria-pressed={isShown}
          onClick={() => setShown(!isShown)}
        >
          {w.showTyped}
        </button>
      )}
    </div>
  );
}
