/** Going to another practice: a session of its own there, and the one here is over. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type PracticeName, type Session, sessionQuery, toPractice } from '../client/index.ts';
import { ActionButton, goOn, Panel, Trouble } from '../kit/index.ts';
import styles from './account.module.css';
import { useAccountWords } from './account-words.ts';

interface PracticePanelProps {
  readonly session: Session;
  readonly practices: readonly PracticeName[];
}

export function PracticePanel({ session, practices }: PracticePanelProps) {
  const w = useAccountWords();
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: async (slug: string) => {
      await toPractice(slug);
      goOn(await queries.fetchQuery({ ...sessionQuery, staleTime: 0 }));
    },
  });
  const others = practices.filter(({ slug }) => slug !== session.practice?.slug);
  if (others.length === 0) return null;
  return (
    <Panel title={w.practices} icon="door">
      <p className={styles.soft}>{w.practicesText(session.practice?.name ?? '')}</p>
      <div className={styles.below}>
        <Trouble error={change.error} />
        {others.map(({ slug, name }) => (
          <ActionButton key={slug} busy={change.isPending} onClick={() => change.mutate(slug)}>
            {w.goTo(name)}
          </ActionButton>
        ))}
      </div>
    </Panel>
  );
}
