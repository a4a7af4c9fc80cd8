/** Where the account is signed in, and signing out elsewhere. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { endOtherSessions, endSession, type OwnSession, ownSessionsQuery } from '../client/index.ts';
import { ActionButton, Loaded, Panel, Row, Rows, Tag, Trouble, useFormat } from '../kit/index.ts';
import styles from './account.module.css';
import { useAccountWords } from './account-words.ts';

export function SessionsPanel() {
  const w = useAccountWords();
  const queries = useQueryClient();
  const sessions = useQuery(ownSessionsQuery);
  const end = useMutation({
    mutationFn: async (id: string | null) => {
      await (id === null ? endOtherSessions() : endSession(id));
      await queries.invalidateQueries(ownSessionsQuery);
    },
  });
  return (
    <Panel title={w.sessions} icon="person">
      <Loaded query={sessions}>
        {(list) => (
          <>
            <Rows>
              {list.map((each) => (
                <SessionRow key={each.id} session={each} onEnd={() => end.mutate(each.id)} />
              ))}
            </Rows>
            <div className={styles.below}>
              <Trouble error={end.error} />
              {list.length > 1 && (
                <ActionButton busy={end.isPending} onClick={() => end.mutate(null)}>
                  {w.endOthers}
                </ActionButton>
              )}
            </div>
          </>
        )}
      </Loaded>
    </Panel>
  );
}

interface SessionRowProps {
  readonly session: OwnSession;
  readonly onEnd: () => void;
}

function SessionRow({ session, onEnd }: SessionRowProps) {
  const w = useAccountWords();
  const format = useFormat();
  const { browser, system, current, practice, openedAt, seenAt, network } = session;
  const device =
    browser === null && system === null ? w.unknownDevice : [browser, system].filter(Boolean).join(', ');
  const title = (
    <>
      {device} {current && <Tag tone="good">{w.thisOne}</Tag>}
    </>
  );
  const detail = (
    <>
      {[practice?.name, w.since(format.dayAndTime(openedAt))].filter(Boolean).join(' · ')}
      {seenAt !== null && !current && <> · {w.seen(format.dayAndTime(seenAt))}</>}
      {network !== null && <> · {network}</>}
      {!current && (
        <span className={styles.buttons}>
          <button type="button" className={styles.small} aria-label={w.endOf(device)} onClick={onEnd}>
            {w.end}
          </button>
        </span>
      )}
    </>
  );
  return <Row title={title} detail={detail} />;
}
