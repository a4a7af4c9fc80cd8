/** A whole record as one file: asked for, followed while it is made, and saved when it is there. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId } from 'react';
import {
  type Archive,
  archiveAddress,
  archivesQuery,
  beginArchive,
  isUnderWay,
  needsTouch,
  removeArchive,
} from '../../client/index.ts';
import { ActionButton, Panel, useFormat } from '../../kit/index.ts';
import { sayBytes } from '../file-name.ts';
import { ToolIcon } from '../tool-icon.tsx';
import styles from './download-record.module.css';
import { useRecordWords } from './record-words.ts';

export interface DownloadRecordProps {
  readonly chart: string;
  readonly to: 'patient' | 'staff';
  /** Whether it is the record of whoever reads this; one acts for others as well. */
  readonly own: boolean;
}

/** What this page has seen being made, by the record. */
const begun = new Map<string, string>();

export function DownloadRecord({ chart, to, own }: DownloadRecordProps) {
  const w = useRecordWords();
  const archives = useQuery(archivesQuery);
  const known = archives.data?.find((archive) => archive.chart === chart);
  if (known !== undefined) begun.set(chart, known.id);
  // Of one that failed the server has forgotten whose record it was.
  const failed = archives.data?.find(({ id, state }) => state === 'failed' && id === begun.get(chart));
  return (
    <Panel title={to === 'patient' && !own ? w.title.staff : w.title[to]} icon="document">
      <p className={styles.lead}>{w.lead[to]}</p>
      <div className={styles.state}>
        {known === undefined ? (
          <Begin chart={chart} to={to} own={own} failed={failed} />
        ) : isUnderWay(known) ? (
          <UnderWay archive={known} />
        ) : (
          <Ready archive={known} />
        )}
      </div>
    </Panel>
  );
}

function useArchiveChange<Asked>(change: (asked: Asked) => Promise<void>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSettled: () => queries.invalidateQueries({ queryKey: archivesQuery.queryKey }),
  });
}

function Begin({ chart, to, own, failed }: DownloadRecordProps & { readonly failed: Archive | undefined }) {
  const w = useRecordWords();
  const { language } = useFormat();
  const begin = useArchiveChange(() => beginArchive(chart, language));
  const words = to === 'patient' && !own ? w.beginFor : w.begin[to];
  const hasFailed = failed !== undefined || begin.error !== null;
  return (
    <>
      {hasFailed && !begin.isPending && <Failed error={begin.error} failed={failed} />}
      <ActionButton weight="side" busy={begin.isPending} onClick={() => begin.mutate(undefined)}>
        {hasFailed ? w.again : words}
      </ActionButton>
    </>
  );
}

function Failed({ error, failed }: { readonly error: unknown; readonly failed: Archive | undefined }) {
  const w = useRecordWords();
  const text =
    error !== null && needsTouch(error) ? w.touch : failed?.failure === 'no-room' ? w.noRoom : w.failedText;
  return (
    <p role="alert" className={styles.said}>
      <strong>{w.failed}</strong> {text}
    </p>
  );
}

function UnderWay({ archive }: { readonly archive: Archive }) {
  const w = useRecordWords();
  const format = useFormat();
  const id = useId();
  const stop = useArchiveChange(removeArchive);
  const { filesInAll, bytesInAll, bytes } = archive;
  const at = bytesInAll === null || bytesInAll === 0 ? null : bytes / bytesInAll;
  const said =
    archive.state === 'waiting'
      ? w.waiting
      : filesInAll === null || filesInAll === 0
        ? w.working(format.number(archive.resources))
        : w.workingFiles(format.number(Math.min(archive.files + 1, filesInAll)), format.number(filesInAll));
  return (
    <>
      <p id={id} className={styles.said} role="status">
        {said}
      </p>
      <progress className={styles.progress} aria-label={w.progress} {...(at === null ? {} : { value: at })} />
      <ActionButton busy={stop.isPending} onClick={() => stop.mutate(archive.id)}>
        {w.stop}
      </ActionButton>
    </>
  );
}

function Ready({ archive }: { readonly archive: Archive }) {
  const w = useRecordWords();
  const format = useFormat();
  const remove = useArchiveChange(removeArchive);
  const size = sayBytes(archive.size ?? 0, format.language);
  return (
    <>
      <p className={styles.strong} role="status">
        {w.ready}
      </p>
      <p className={styles.said}>{w.readyText(size, format.dayAndTime(archive.expiresAt))}</p>
      <div className={styles.actions}>
        <a className={styles.save} href={archiveAddress(archive.id)} download>
          <ToolIcon name="download" />
          {w.save}
        </a>
        <ActionButton weight="quiet" busy={remove.isPending} onClick={() => remove.mutate(archive.id)}>
          {w.remove}
        </ActionButton>
      </div>
      <p className={styles.lead}>{w.careful}</p>
    </>
  );
}
