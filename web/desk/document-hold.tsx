/** Whether a document is on hold, what that keeps from happening, and putting it on hold. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { holdRecord, holdsOf } from '../client/index.ts';
import { ActionButton, Loaded, Panel, Rows } from '../kit/index.ts';
import { faultOf, useFilesWords } from './files-words.ts';
import { Held, holdsChanged } from './holds-panel.tsx';
import { ReasonForm } from './reason-form.tsx';
import styles from './staff-page.module.css';

interface DocumentHoldProps {
  readonly chart: string;
  readonly document: string;
}

/** For whoever looks after the practice's files; nobody else is told of holds. */
export function DocumentHold({ chart, document }: DocumentHoldProps) {
  const w = useFilesWords();
  const query = useQuery(holdsOf(chart));
  return (
    <Panel title={w.holdOfDocument} icon="lock">
      <Loaded query={query} lines={1}>
        {(all) => {
          const holds = all.filter((hold) => hold.document === null || hold.document === document);
          return (
            <>
              <p className={styles.lead}>{holds.length === 0 ? w.notHeld : w.heldText}</p>
              <Rows>
                {holds.map((hold) => (
                  <Held key={hold.id} hold={hold} of={w.thisDocument} />
                ))}
              </Rows>
              {!holds.some((hold) => hold.document === document) && (
                <Holding chart={chart} document={document} />
              )}
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function Holding({ chart, document }: DocumentHoldProps) {
  const w = useFilesWords();
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const holding = useMutation({
    mutationFn: (reason: string) => holdRecord(chart, document, reason),
    onSuccess: () => holdsChanged(queries),
  });
  if (!isOpen) {
    return (
      <div className={styles.buttons}>
        <ActionButton onClick={() => setOpen(true)}>{w.holdDocument}</ActionButton>
      </div>
    );
  }
  return (
    <>
      <p>{w.holdText}</p>
      <ReasonForm
        what={w.holdDocument}
        busy={holding.isPending}
        fault={holding.error === null ? null : faultOf(w, holding.error)}
        onDone={(reason) => holding.mutate(reason)}
        onCancel={() => setOpen(false)}
      />
    </>
  );
}
