/** Buttons, large enough for a thumb. */
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './button.module.css';

export interface ActionButtonProps {
  readonly children: ReactNode;
  readonly onClick?: (() => void) | undefined;
  readonly weight?: 'main' | 'side' | 'quiet';
  readonly busy?: boolean;
  readonly wide?: boolean;
  readonly type?: 'button' | 'submit';
  readonly autoFocus?: boolean;
}

const VARIANTS = { main: 'filled', side: 'outline', quiet: 'subtle' } as const;

/** A button that does something here. While busy it stays where it is, says so, and takes no second press. */
export function ActionButton({
  children,
  onClick,
  weight = 'side',
  busy = false,
  ...rest
}: ActionButtonProps) {
  const { wide = false, type = 'button', autoFocus = false } = rest;
  return (
    <Button
      className={styles.button ?? ''}
      variant={VARIANTS[weight]}
      type={type}
      fullWidth={wide}
      aria-busy={busy}
      data-autofocus={autoFocus || undefined}
      onClick={() => {
        if (!busy) onClick?.();
      }}
    >
      {children}
    </Button>
  );
}
