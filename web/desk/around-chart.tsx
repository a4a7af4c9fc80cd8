/** What stands around every page of a chart: whose it is, what to beware of, or why it is not open. */
import type { Patient } from '@medplum/fhirtypes';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { chartPatient, failureOf } from '../client/index.ts';
import { FailureNotice, Loaded, PageHeading } from '../kit/index.ts';
import { ChartBanner } from './chart-banner.tsx';
import { type OpenSections, useOpenSections, useSession } from './desk-session.ts';
import { useDeskWords } from './desk-words.ts';
import { rememberChart } from './recent-charts.tsx';

export interface AroundChartProps {
  readonly chart: string;
  readonly children: (patient: Patient, open: OpenSections) => ReactNode;
}

export function AroundChart({ chart, children }: AroundChartProps) {
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
          {children(data, open)}
        </>
      )}
    </Loaded>
  );
}
