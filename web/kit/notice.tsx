/** A calm word where there is nothing to show, or where something stands in the way. */
import type { ReactNode } from 'react';
import type { Failure } from '../client/index.ts';
import { ActionButton } from './button.tsx';
import { Icon, type IconName } from './icon.tsx';
import { useKitWords } from './kit-words.ts';
import styles from './notice.module.css';

export interface NoticeProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  readonly tone?: 'plain' | 'warning';
}

export function Notice({ icon, title, children, action, tone = 'plain' }: NoticeProps) {
  return (
    <div className={styles.notice} data-tone={tone}>
      <span className={styles.icon}>
        <Icon name={icon} />
      </span>
      <div>
        <p className={styles.title}>{title}</p>
        {children !== undefined && <div className={styles.text}>{children}</div>}
        {action !== undefined && <div className={styles.action}>{action}</div>}
      </div>
    </div>
  );
}

/** What went wrong, in words for whoever sits before it, and a way on where there is one. */
export function FailureNotice({ failure, onRetry }: { failure: Failure; onRetry?: () => void }) {
  const w = useKitWords();
  const told = {
    refused: ['door', w.refusedTitle, w.refusedText],
    throttled: ['clock', w.throttledTitle, w.throttledText],
    offline: ['offline', w.offlineTitle, w.offlineText],
  } as const;
  const [icon, title, text] =
    failure in told ? told[failure as keyof typeof told] : (['alert', w.failedTitle, w.failedText] as const);
  const retry = onRetry !== undefined && failure !== 'refused';
  return (
    <div role="alert">
      <Notice
        icon={icon}
        title={title}
        tone="warning"
        {...(retry ? { action: <ActionButton onClick={onRetry}>{w.tryAgain}</ActionButton> } : {})}
      >
        {text}
      </Notice>
    </div>
  );
}
