/** Documents that are due to be destroyed, for the privacy officer to approve. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { approveDestroying, type DueDocument, dueDocuments } from '../client/index.ts';
import { Check, Loaded, Panel, Row, Rows, Tag, useFormat } from '../kit/index.ts';
import { useSendingWords } from '../viewer/index.ts';
import { faultOf, useFilesWords } from './files-words.ts';
import { ReasonForm } from './reason-form.tsx';
import styles from './staff-page.module.css';

export function DuePanel({ mayApprove }: { readonly mayApprove: boolean }) {
  const w = useFilesWords();
  const query = useQuery(dueDocuments);
  return (
    <Panel title={w.due} icon="clock">
      <p className={styles.lead}>{w.dueHint}</p>
      <Loaded query={query} lines={2}>
        {(documents) => <Due documents={documents} mayApprove={mayApprove} />}
      </Loaded>
    </Panel>
  );
}

interface DueProps {
  readonly documents: readonly DueDocument[];
  readonly mayApprove: boolean;
}

function Due({ documents, mayApprove }: DueProps) {
  const w = useFilesWords();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [told, setTold] = useState('');
  const open = documents.filter(({ document, state }) => state !== 'destroyed' && chosen.has(document));
  const approving = useMutation({
    mutationFn: (reason: string) => approveDestroying(open, reason),
    onSuccess: (count) => {
      setTold(w.approved(count));
      setChosen(new Set());
      return queries.invalidateQueries({ queryKey: dueDocuments.queryKey });
    },
  });
  const choose = (document: string, isChosen: boolean) => {
    const next = new Set(chosen);
    if (isChosen) next.add(document);
    else next.delete(document);
    setChosen(next);
  };
  return (
    <>
      <p role="status">{told}</p>
      {documents.length === 0 && <p>{w.noneDue}</p>}
      <Rows>
        {documents.map((one) => (
          <OneDue
            key={one.document}
            due={one}
            isChosen={chosen.has(one.document)}
            onChoose={mayApprove ? (isChosen) => choose(one.document, isChosen) : null}
          />
        ))}
      </Rows>
      {open.length > 0 && (
        <ReasonForm
          what={w.approve(open.length)}
          busy={approving.isPending}
          fault={approving.error === null ? null : faultOf(w, approving.error)}
          onDone={(reason) => approving.mutate(reason)}
        />
      )}
    </>
  );
}

interface OneDueProps {
  readonly due: DueDocument;
  readonly isChosen: boolean;
  /** Null for who does not approve. */
  readonly onChoose: ((isChosen: boolean) => void) | null;
}

function OneDue({ due, isChosen, onChoose }: OneDueProps) {
  const w = useFilesWords();
  const format = useFormat();
  const { types } = useSendingWords();
  const { chart, type, since, state, held, destroyedAt } = due;
  const name = types[type as keyof typeof types] ?? type;
  const isOpen = state !== 'destroyed';
  return (
    <Row
      title={name}
      detail={
        <>
          <p className={styles.soft}>
            {destroyedAt === null ? w.dueSince(format.date(since)) : w.destroyed(format.date(destroyedAt))}
          </p>
          {chart === null ? (
            <p className={styles.soft}>{w.closedRecord}</p>
          ) : (
            <Link to="/patients/$chart" params={{ chart }}>
              {w.toRecord}
            </Link>
          )}
          {isOpen && !held && onChoose !== null && (
            <Check checked={isChosen} onChange={onChoose}>
              {w.choose(name)}
            </Check>
          )}
        </>
      }
      side={held ? <Tag tone="attention">{w.held}</Tag> : undefined}
    />
  );
}
