/** What the practice takes of files and keeps, and for how long: for its owner and its privacy officer. */
import { Notice, PageHeading } from '../kit/index.ts';
import { ApartPanel } from './apart-panel.tsx';
import { useSession } from './desk-session.ts';
import { DuePanel } from './due-panel.tsx';
import { FileRulesPanel } from './file-rules-panel.tsx';
import { useFilesWords } from './files-words.ts';
import { HoldsPanel } from './holds-panel.tsx';
import { KeepingPanel } from './keeping-panel.tsx';
import styles from './staff-page.module.css';

export function FilesPage() {
  const w = useFilesWords();
  const { practice, keeps, seesLines } = useSession();
  const isOwner = keeps.includes('staff');
  const isOpen = isOwner || seesLines;
  return (
    <>
      <PageHeading title={w.page} within={practice?.name ?? ''} {...(isOpen ? { lead: w.lead } : {})} />
      {isOpen ? (
        <div className={styles.wide}>
          <ApartPanel />
          <DuePanel mayApprove={seesLines} />
          <HoldsPanel />
          <KeepingPanel mayChange={isOwner} />
          {isOwner && <FileRulesPanel />}
        </div>
      ) : (
        <Notice icon="lock" title={w.closed}>
          {w.closedText}
        </Notice>
      )}
    </>
  );
}
