/** Apps that somebody can open for their own record, or for one that they act for. */
import { useQuery } from '@tanstack/react-query';
import { chartPatient, launchableAppsQuery, type Session, sayName } from '../client/index.ts';
import { AppLaunches } from '../kit/index.ts';

export function Launches({ session }: { readonly session: Session }) {
  const apps = useQuery(launchableAppsQuery);
  const charts = session.charts.filter(({ sections }) => sections.includes('administrative'));
  // Names are asked for only where there is something to choose: each is a line in the access log.
  if (apps.data === undefined || apps.data.length === 0) return null;
  return charts.map(({ chart, own }) =>
    own ? <AppLaunches key={chart} chart={chart} /> : <NamedLaunches key={chart} chart={chart} />,
  );
}

function NamedLaunches({ chart }: { readonly chart: string }) {
  const patient = useQuery(chartPatient(chart));
  if (patient.data === undefined) return null;
  return <AppLaunches chart={chart} whose={sayName(patient.data.name)} />;
}
