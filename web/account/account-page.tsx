/** Everything of the account at a glance; what takes several steps takes the page for itself. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { factorsQuery, type OwnFactors, type Session } from '../client/index.ts';
import { Loaded, PageHeading } from '../kit/index.ts';
import styles from './account.module.css';
import { useAccountWords } from './account-words.ts';
import { AddressesPanel } from './addresses-panel.tsx';
import { AppsPanel } from './apps-panel.tsx';
import { CodeAppSteps } from './code-app-steps.tsx';
import { Launches } from './launches.tsx';
import { PasskeysPanel } from './passkeys-panel.tsx';
import { PassphrasePanel } from './passphrase-panel.tsx';
import { PassphraseSteps } from './passphrase-steps.tsx';
import { PracticePanel } from './practice-panel.tsx';
import { RecoveryCodeSteps } from './recovery-codes.tsx';
import { SessionsPanel } from './sessions-panel.tsx';
import { SignOnPanel } from './sign-on-panel.tsx';
import type { Step } from './step.ts';
import { WaysBack } from './ways-back.tsx';

export function AccountPage({ session }: { readonly session: Session }) {
  const [step, setStep] = useState<Step>('none');
  const factors = useQuery(factorsQuery);
  const onDone = () => {
    void factors.refetch();
    setStep('none');
  };
  if (step === 'set-up') {
    const needsApp = factors.data?.totp === null;
    return <PassphraseSteps onDone={needsApp ? () => setStep('code-app') : onDone} onCancel={onDone} />;
  }
  if (step === 'passphrase') return <PassphraseSteps hasOne onDone={onDone} onCancel={onDone} />;
  if (step === 'code-app') return <CodeAppSteps onDone={onDone} onCancel={onDone} />;
  if (step === 'recovery-codes') return <RecoveryCodeSteps onDone={onDone} />;
  return (
    <>
      <WaysBack session={session} />
      <Loaded query={factors} lines={6}>
        {(data) => <Panels session={session} factors={data} onStep={setStep} />}
      </Loaded>
    </>
  );
}

interface PanelsProps {
  readonly session: Session;
  readonly factors: OwnFactors;
  readonly onStep: (step: Step) => void;
}

function Panels({ session, factors, onStep }: PanelsProps) {
  const w = useAccountWords();
  return (
    <>
      <PageHeading title={w.title} lead={w.lead(factors.account.email ?? '')} within="Postern" />
      <div className={styles.stack}>
        <PasskeysPanel factors={factors} />
        <PassphrasePanel factors={factors} onStep={onStep} />
        <SignOnPanel session={session} />
        <AddressesPanel />
        <SessionsPanel />
        <AppsPanel session={session} />
        <Launches session={session} />
        <PracticePanel session={session} practices={factors.practices} />
      </div>
    </>
  );
}
