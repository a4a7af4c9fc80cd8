/** A chart at a glance: who it is, what to beware of, and what is open of it to whoever looks. */
import type { Patient } from '@medplum/fhirtypes';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { AppLaunches, Icon } from '../kit/index.ts';
import { AppointmentsPanel } from './appointments-panel.tsx';
import { AroundChart } from './around-chart.tsx';
import { BillingPanel } from './billing-panel.tsx';
import styles from './chart-page.module.css';
import { ClosedPanel } from './closed-panel.tsx';
import { ContactPanel } from './contact-panel.tsx';
import { type OpenSections, useSession } from './desk-session.ts';
import { useDeskWords } from './desk-words.ts';
import { DocumentsPanel } from './documents-panel.tsx';
import { FamilyPanel } from './family-panel.tsx';
import { MedicationsPanel } from './medications-panel.tsx';
import { OnlinePanel } from './online-panel.tsx';
import { ProblemsPanel } from './problems-panel.tsx';
import { ResultsPanel } from './results-panel.tsx';
import { TeethPanel } from './teeth-panel.tsx';
import { VisitsPanel } from './visits-panel.tsx';

export function ChartPage() {
  const { chart } = useParams({ from: '/patients/$chart' });
  return (
    // A chart of its own for React too: nothing of one patient stands a moment longer under another's name.
    <AroundChart key={chart} chart={chart}>
      {(patient, open) => <Panels patient={patient} open={open} />}
    </AroundChart>
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
