/** A change of the apps of the practice, and what is said where it did not work. */
import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiError, needsTouch, practiceApps } from '../client/index.ts';
import { useAppsWords } from './apps-words.ts';
import styles from './staff-page.module.css';

export function useAppsChange<Asked, Told>(
  change: (asked: Asked) => Promise<Told>,
  onDone: (told: Told) => void,
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async (told) => {
      onDone(told);
      await queries.invalidateQueries({ queryKey: practiceApps.queryKey });
    },
  });
}

export function ChangeFault<Asked, Told>({
  change,
}: {
  readonly change: UseMutationResult<Told, Error, Asked>;
}) {
  const w = useAppsWords();
  const { error } = change;
  if (error === null) return null;
  const isGone = error instanceof ApiError && error.status === 404;
  return (
    <p role="alert" className={styles.fault}>
      {needsTouch(error) ? w.touch : isGone ? w.gone : w.failed}
    </p>
  );
}
