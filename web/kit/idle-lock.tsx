/**
 * Locks a page that nobody is at: what is shown is gone, and the server has dropped the session and its keys.
 * All pages of a browser count as one: somebody who reads in one is there for all.
 */
import { useEffect, useRef, useState } from 'react';
import { stayAwake } from '../client/index.ts';
import { ActionButton } from './button.tsx';
import styles from './idle-lock.module.css';
import { useKitWords } from './kit-words.ts';
import { followLeaving, leave } from './leave.ts';

const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;
const WARN_SECONDS = 60;
/** How often the server is told of somebody who is there and asks for nothing. */
const TELL_MS = 60_000;

/** What to do with a page that has been quiet for so long. */
export function dueAt(quietSeconds: number, idleSeconds: number): 'nothing' | 'warn' | 'lock' {
  if (quietSeconds >= idleSeconds) return 'lock';
  return quietSeconds >= idleSeconds - WARN_SECONDS ? 'warn' : 'nothing';
}

export function IdleLock({ idleSeconds }: { readonly idleSeconds: number }) {
  const w = useKitWords();
  const [left, setLeft] = useState<number | null>(null);
  const seen = useRef(Date.now());
  useEffect(() => followLeaving(), []);
  useEffect(() => watch(seen, idleSeconds, setLeft), [idleSeconds]);
  if (left === null) return null;
  return (
    <div
      className={styles.warning}
      role="alertdialog"
      aria-labelledby="still-there"
      aria-describedby="lock-soon"
    >
      <p id="still-there" className={styles.title}>
        {w.stillThere}
      </p>
      <p id="lock-soon">{w.lockSoon(left)}</p>
      <ActionButton weight="main">{w.stay}</ActionButton>
    </div>
  );
}

function watch(
  seen: { current: number },
  idleSeconds: number,
  tell: (secondsLeft: number | null) => void,
): () => void {
  const channel = new BroadcastChannel('postern-presence');
  let told = Date.now();
  let shared = 0;
  const here = () => {
    const now = Date.now();
    // A page that slept must not be woken by the hand that finds it: time decides first.
    if (dueAt((now - seen.current) / 1000, idleSeconds) === 'lock') return;
    seen.current = now;
    if (now - shared > 1000) channel.postMessage(now);
    if (now - shared > 1000) shared = now;
    if (now - told < TELL_MS) return;
    told = now;
    void stayAwake().catch(() => undefined);
  };
  channel.onmessage = ({ data }: MessageEvent<number>) => {
    seen.current = Math.max(seen.current, Math.min(data, Date.now()));
  };
  const tick = () => {
    const quiet = (Date.now() - seen.current) / 1000;
    const due = dueAt(quiet, idleSeconds);
    if (due === 'lock') {
      clearInterval(timer);
      void leave('idle');
    }
    tell(due === 'nothing' ? null : Math.max(0, Math.ceil(idleSeconds - quiet)));
  };
  const timer = setInterval(tick, 1000);
  for (const sign of SIGNS) addEventListener(sign, here, { passive: true });
  document.addEventListener('visibilitychange', tick);
  return () => {
    clearInterval(timer);
    channel.close();
    for (const sign of SIGNS) removeEventListener(sign, here);
    document.removeEventListener('visibilitychange', tick);
  };
}
