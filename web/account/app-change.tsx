/** Taking back some of what an app may see. It gets less at once, and never more: for that it asks itself. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ConnectedApp, connectedAppsQuery, leaveAppLess } from '../client/index.ts';
import { ActionButton, Check, FieldSet, Trouble, useKitWords } from '../kit/index.ts';
import styles from './account.module.css';
import { useAccountWords } from './account-words.ts';

interface AppChangeProps {
  readonly app: ConnectedApp;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

export function AppChange({ app, onDone, onCancel }: AppChangeProps) {
  const w = useAccountWords();
  const k = useKitWords();
  const queries = useQueryClient();
  const [on, setOn] = useState(() => new Set(app.may.map(({ category }) => category)));
  const [sensitive, setSensitive] = useState(app.sensitive);
  const hasWrites = app.may.some((each) => each.writes);
  const [writes, setWrites] = useState(hasWrites);
  const change = useMutation({
    mutationFn: async () => {
      await leaveAppLess(app.id, { categories: [...on], writes, sensitive });
      onDone();
      await queries.invalidateQueries(connectedAppsQuery);
    },
  });
  const turn = (category: string) => {
    const next = new Set(on);
    if (!next.delete(category)) next.add(category);
    setOn(next);
  };
  return (
    <form
      className={styles.steps}
      onSubmit={(event) => {
        event.preventDefault();
        if (!change.isPending && on.size > 0) change.mutate();
      }}
    >
      <FieldSet title={w.appLeave}>
        {app.may.map(({ category }) => {
          const [name, hint] = k.recordKinds[category] ?? [category, ''];
          return (
            <Check key={category} checked={on.has(category)} onChange={() => turn(category)} detail={hint}>
              {name}
            </Check>
          );
        })}
        {app.sensitive && (
          <Check checked={sensitive} onChange={setSensitive}>
            {w.appProtected}
          </Check>
        )}
        {hasWrites && (
          <Check checked={writes} onChange={setWrites}>
            {w.appChanges}
          </Check>
        )}
      </FieldSet>
      <p className={styles.soft}>{on.size === 0 ? w.appLeavesNothing : w.appLeaveText(app.name)}</p>
      <Trouble error={change.error} />
      <div className={styles.pair}>
        <ActionButton weight="main" type="submit" busy={change.isPending}>
          {w.appLeaveIt}
        </ActionButton>
        <ActionButton weight="quiet" onClick={onCancel}>
          {k.cancel}
        </ActionButton>
      </div>
    </form>
  );
}
