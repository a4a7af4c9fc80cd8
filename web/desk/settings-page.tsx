/** What the practice has set for itself, for the owner to change. */
import { useQuery } from '@tanstack/react-query';
import { practiceSettings } from '../client/index.ts';
import { Loaded, Notice, PageHeading } from '../kit/index.ts';
import { useSession } from './desk-session.ts';
import { usePracticeWords } from './practice-words.ts';
import { SettingsForm } from './settings-form.tsx';
import { SignOnPanel } from './sign-on-panel.tsx';
import styles from './staff-page.module.css';

export function SettingsPage() {
  const w = usePracticeWords();
  const { practice, keeps } = useSession();
  const isOpen = keeps.includes('staff');
  return (
    <>
      <PageHeading title={w.page} within={practice?.name ?? ''} {...(isOpen ? { lead: w.lead } : {})} />
      {isOpen ? (
        <div className={styles.wide}>
          <Settings />
          <SignOnPanel />
        </div>
      ) : (
        <Notice icon="lock" title={w.closed}>
          {w.closedText}
        </Notice>
      )}
    </>
  );
}

function Settings() {
  const query = useQuery(practiceSettings);
  return (
    <Loaded query={query} lines={6}>
      {(standing) => <SettingsForm standing={standing} />}
    </Loaded>
  );
}
