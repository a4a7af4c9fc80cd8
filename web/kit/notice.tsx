/** A calm word where there is nothing to show, or where something stands in the way. */
import { type ReactNode, useEffect, useRef } from 'react';
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

/** How often it is tried again while the server is away, or has too much to do: as its `Retry-After` says. */
const AGAIN_MS = 5000;

/** Tries again when the connection is back: the browser knows of the network, the server is asked. */
function useComingBack(retry: (() => void) | undefined): void {
  const latest = useRef(retry);
  latest.current = retry;
  const waits = retry !== undefined;
  useEffect(() => {
    if (!waits) return;
    const again = () => latest.current?.();
    const timer = setInterval(again, AGAIN_MS);
    addEventListener('online', again);
    return () => {
      clearInterval(timer);
      removeEventListener('online', again);
    };
  }, [waits]);
}

/** What went wrong, in words for whoever sits before it, and a way on where there is one. */
export function FailureNotice({ failure, onRetry }: { failure: Failure; onRetry?: () => void }) {
  const w = useKitWords();
  const byItself = (text: string) => (onRetry === undefined ? text : `${text} ${w.againByItself}`);
  const told = {
    refused: ['door', w.refusedTitle, w.refusedText],
    throttled: ['clock', w.throttledTitle, w.throttledText],
    busy: ['clock', w.busyTitle, byItself(w.busyText)],
    offline: ['offline', w.offlineTitle, byItself(w.offlineText)],
    invalid: ['alert', w.invalidTitle, w.invalidText],
  } as const;
  const [icon, title, text] =
    failure in told ? told[failure as keyof typeof told] : (['alert', w.failedTitle, w.failedText] as const);
  const retry = onRetry !== undefined && failure !== 'refused' && failure !== 'invalid';
  useComingBack(failure === 'offline' || failure === 'busy' ? onRetry : undefined);
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
