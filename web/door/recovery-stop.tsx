/** For whoever is told of a recovery that they did not ask for: one button that stops it. */
import { useMutation } from '@tanstack/react-query';
import { failureOf, stopRecovery } from '../client/index.ts';
import { ActionButton, Trouble } from '../kit/index.ts';
import styles from './door.module.css';
import { DoorFrame } from './door-frame.tsx';
import { useRecoveryWords } from './recovery-words.ts';

export function RecoveryStop({ ticket }: { readonly ticket: string }) {
  const w = useRecoveryWords();
  const stop = useMutation({ mutationFn: () => stopRecovery(ticket) });
  const isOver = stop.error !== null && failureOf(stop.error) === 'invalid';
  const done = stop.isSuccess
    ? ([w.stopped, w.stoppedText] as const)
    : ([w.stopOver, w.stopOverText] as const);
  if (stop.isSuccess || isOver) {
    const [title, text] = done;
    return (
      <DoorFrame title={title} text={text} isNext>
        <a className={styles.sideWay} href="/signin">
          {w.toDoor}
        </a>
      </DoorFrame>
    );
  }
  return (
    <DoorFrame title={w.stop} text={w.stopText}>
      <Trouble error={stop.error} />
      <ActionButton weight="main" wide busy={stop.isPending} onClick={() => stop.mutate()}>
        {w.stopIt}
      </ActionButton>
      <p className={styles.aside}>{w.stopLeave}</p>
    </DoorFrame>
  );
}
