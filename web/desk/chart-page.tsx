/** A chart at a glance: who it is, what to beware of, and what is open of it to whoever looks. */
import type { Patient } from '@medplum/fhirtypes';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type ReactNode, useEffect } from 'react';
import { chartPatient, failureOf } from '../client/index.ts';
import { AppLaunches, FailureNotice, Icon, Loaded, PageHeading } from '../kit/index.ts';
import { AppointmentsPanel } from './appointments-panel.tsx';
import { BillingPanel } from './billing-panel.tsx';
import { ChartBanner } from './chart-banner.tsx';
import styles from './chart-page.module.css';
import { ClosedPanel } from './closed-panel.tsx';
import { ContactPanel } from './contact-panel.tsx';
import { type OpenSections, useOpenSections, useSession } from './desk-session.ts';
import { useDeskWords } from './desk-words.ts';
import { DocumentsPanel } from './documents-panel.tsx';
import { FamilyPanel } from './family-panel.tsx';
import { MedicationsPanel } from './medications-panel.tsx';
import { OnlinePanel } from './online-panel.tsx';
import { ProblemsPanel } from './problems-panel.tsx';
import { rememberChart } from './recent-charts.tsx';
import { ResultsPanel } from './results-panel.tsx';
import { TeethPanel } from './teeth-panel.tsx';
import { VisitsPanel } from './visits-panel.tsx';

export function ChartPage() {
  const { chart } = useParams({ from: '/patients/$chart' });
  // A chart of its own for React too: nothing of one patient stands a moment longer under another's name.
  return <Chart key={chart} chart={chart} />;
}

function Chart({ chart }: { readonly chart: string }) {
  const w = useDeskWords();
  const { practice } = useSession();
  const patient = useQuery(chartPatient(chart));
  const open = useOpenSections(chart);
  const isThere = patient.data !== undefined;
  useEffect(() => {
    if (isThere) rememberChart(chart);
  }, [chart, isThere]);
  if (patient.error !== null) {
    return (
      <>
        <PageHeading title={w.chart} within={practice?.name ?? ''} />
        <FailureNotice failure={failureOf(patient.error)} onRetry={() => void patient.refetch()} />
      </>
    );
  }
  return (
    <Loaded query={patient} lines={6}>
      {(data) => (
        <>
          <ChartBanner patient={data} open={open} />
          <Panels patient={data} open={open} />
        </>
      )}
    </Loaded>
  );
}

interface PanelsProps {
  readonly patient: Patient;
  readonly open: OpenSections;
}

/** What is closed says so, and is not asked for: asking would be a refusal in the access log. */
function Panels({ patient, open }: PanelsProps) {
  const w = useDeskWords();
  const chart = patient.id!;
  const keepsFamilies = useSession().keeps.includes('families');
  const isClinical = open.has('clinical');
  const billing = open.has('financial') ? (
    <BillingPanel chart={chart} />
  ) : (
    <ClosedPanel title={w.closedFinancial} text={w.closedFinancialText} />
  );
  const main: ReactNode = isClinical ? (
    <>
      <TeethPanel chart={chart} />
      <ProblemsPanel chart={chart} />
      <ResultsPanel chart={chart} />
      <VisitsPanel chart={chart} />
      <DocumentsPanel chart={chart} />
    </>
  ) : (
    <>
      <AppointmentsPanel chart={chart} />
      {billing}
    </>
  );
  return (
    <div className={styles.panels}>
      <div className={styles.column}>{main}</div>
      <div className={styles.column}>
        {isClinical && <MedicationsPanel chart={chart} />}
        {isClinical && <AppointmentsPanel chart={chart} />}
        <ContactPanel patient={patient} />
        {keepsFamilies && <OnlinePanel patient={patient} />}
        {keepsFamilies && <FamilyPanel chart={chart} />}
        <AppLaunches chart={chart} />
        {isClinical ? billing : <DocumentsPanel chart={chart} />}
        {!isClinical && <ClosedPanel title={w.closedClinical} text={w.closedClinicalText} />}
      </div>
      {isClinical && !open.has('sensitive') && (
        <p className={styles.leftOut}>
          <Icon name="lock" size={16} />
          {w.closedSensitive}
        </p>
      )}
    </div>
  );
}
