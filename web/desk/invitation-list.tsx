/** Invitations with what became of them; those that work still can be printed again and taken back. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type Invitation, takeInvitationBack } from '../client/index.ts';
import { ActionButton, Row, Rows, Tag, type Tone, useFormat } from '../kit/index.ts';
import { OnlineFault } from './invite-form.tsx';
import { useOnlineWords } from './online-words.ts';
import { printLetter } from './print-letter.ts';
import { useRoleName } from './role-names.ts';
import styles from './staff-page.module.css';

export function works({ state }: Invitation): boolean {
  return state === 'open' || state === 'proved';
}

const TONES: Readonly<Record<Invitation['state'], Tone>> = {
  open: 'attention',
  proved: 'attention',
  used: 'good',
  ended: 'plain',
  expired: 'plain',
};

export interface InvitationListProps {
  readonly invitations: readonly Invitation[];
  readonly onTold: (told: string) => void;
}

export function InvitationList({ invitations, onTold }: InvitationListProps) {
  return (
    <Rows>
      {invitations.map((each) => (
        <InvitationRow key={each.id} invitation={each} onTold={onTold} />
      ))}
    </Rows>
  );
}

interface RowProps {
  readonly invitation: Invitation;
  readonly onTold: (told: string) => void;
}

function InvitationRow({ invitation, onTold }: RowProps) {
  const w = useOnlineWords();
  const format = useFormat();
  const nameOf = useRoleName();
  const { name, role, way, email, expires, state, invitedBy } = invitation;
  const inviter = invitedBy?.name ?? null;
  const detail = [
    nameOf(role),
    way === 'mail' ? w.byMail(email ?? '') : w.byLetter,
    ...(works(invitation) ? [w.until(format.shortDate(expires))] : []),
    ...(inviter === null ? [] : [w.by(inviter)]),
  ];
  return (
    <Row
      title={
        <>
          {name} <Tag tone={TONES[state]}>{w.states[state]}</Tag>
        </>
      }
      detail={
        <>
          {detail.join(' · ')}
          {works(invitation) && <RowActions invitation={invitation} onTold={onTold} />}
        </>
      }
    />
  );
}

function RowActions({ invitation: { id, name, letter }, onTold }: RowProps) {
  const w = useOnlineWords();
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: () => takeInvitationBack(id),
    onSuccess: async () => {
      onTold(w.takenBack);
      await queries.invalidateQueries({ queryKey: ['invitations'] });
    },
  });
  return (
    <div className={styles.buttons}>
      {letter !== null && (
        <a
          className={styles.action}
          href={letter}
          target="_blank"
          rel="noopener"
          aria-label={w.letterOf(name)}
          onClick={(event) => {
            if (printLetter(letter)) event.preventDefault();
          }}
        >
          {w.letter}
        </a>
      )}
      <ActionButton weight="quiet" busy={end.isPending} onClick={() => end.mutate()}>
        <span className={styles.unseen}>{w.takeBackOf(name)}</span>
        <span aria-hidden="true">{w.takeBack}</span>
      </ActionButton>
      <OnlineFault error={end.error} />
    </div>
  );
}
