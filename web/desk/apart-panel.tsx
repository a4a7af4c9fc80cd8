/** Files in which the scanner found something: from whom, since when, and what becomes of them. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { ApiError, type FileApart, filesApart, releaseApart, removeApart } from '../client/index.ts';
import { ActionButton, Loaded, Panel, Row, Rows, useFormat } from '../kit/index.ts';
import { faultOf, useFilesWords } from './files-words.ts';
import { ReasonForm } from './reason-form.tsx';
import styles from './staff-page.module.css';

export function ApartPanel() {
  const w = useFilesWords();
  const query = useQuery(filesApart);
  const [told, setTold] = useState('');
  return (
    <Panel title={w.apart} icon="alert">
      <p className={styles.lead}>{w.apartHint}</p>
      <p role="status">{told}</p>
      <Loaded query={query} lines={2}>
        {(files) =>
          files.length === 0 ? (
            <p>{w.noneApart}</p>
          ) : (
            <Rows>
              {files.map((file) => (
                <Apart key={file.id} file={file} onTold={setTold} />
              ))}
            </Rows>
          )
        }
      </Loaded>
    </Panel>
  );
}

interface ApartProps {
  readonly file: FileApart;
  readonly onTold: (told: string) => void;
}

function Apart({ file, onTold }: ApartProps) {
  const w = useFilesWords();
  const format = useFormat();
  const { sender, at, removedAt, finding, incident, chart } = file;
  const said = [w.sentAt(format.date(at)), w.goneAt(format.date(removedAt))];
  if (incident !== null) said.push(w.incident(incident.slice(0, 8)));
  return (
    <Row
      title={w.sentBy(sender.name ?? w.somebody)}
      detail={
        <>
          <p>{w.found(finding)}</p>
          <p className={styles.soft}>{said.join(' · ')}</p>
          {chart !== null && (
            <Link to="/patients/$chart" params={{ chart }}>
              {w.toRecord}
            </Link>
          )}
          <Deciding file={file} onTold={onTold} />
        </>
      }
    />
  );
}

function Deciding({ file, onTold }: ApartProps) {
  const w = useFilesWords();
  const queries = useQueryClient();
  const [isReleasing, setReleasing] = useState(false);
  const over = (told: string) => {
    onTold(told);
    return queries.invalidateQueries({ queryKey: filesApart.queryKey });
  };
  const removing = useMutation({
    mutationFn: () => removeApart(file.id),
    onSuccess: () => over(w.removed),
  });
  const releasing = useMutation({
    mutationFn: ({ reason, finding }: { reason: string; finding: string | null }) =>
      releaseApart(file.id, reason, finding),
    onSuccess: () => over(w.released),
  });
  const { error } = releasing;
  const isStillFound = error instanceof ApiError && error.status === 422;
  if (isReleasing) {
    const fault = error === null ? null : isStillFound ? w.stillFound : faultOf(w, error);
    return (
      <>
        <p>{w.releaseHint}</p>
        <ReasonForm
          what={isStillFound ? w.releaseAnyway : w.release}
          busy={releasing.isPending}
          fault={fault}
          onDone={(reason) => releasing.mutate({ reason, finding: isStillFound ? file.finding : null })}
          onCancel={() => {
            releasing.reset();
            setReleasing(false);
          }}
        />
      </>
    );
  }
  return (
    <div className={styles.buttons}>
      <ActionButton busy={removing.isPending} onClick={() => removing.mutate()}>
        {w.remove}
      </ActionButton>
      <ActionButton weight="quiet" onClick={() => setReleasing(true)}>
        {w.release}
      </ActionButton>
      {removing.error !== null && (
        <p role="alert" className={styles.fault}>
          {faultOf(w, removing.error)}
        </p>
      )}
    </div>
  );
}
