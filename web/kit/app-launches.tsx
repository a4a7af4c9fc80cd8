/** Apps that can be opened for a patient (EHR launch): a button for each, and nothing where there is none. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { launchApp, launchableAppsQuery } from '../client/index.ts';
import styles from './app-launches.module.css';
import { ActionButton } from './button.tsx';
import { useKitWords } from './kit-words.ts';
import { Panel } from './page.tsx';
import { Trouble } from './trouble.tsx';

export interface AppLaunchesProps {
  /** Whose record the app is opened for. */
  readonly chart: string;
  /** Whose that is, where there are several to choose from. */
  readonly whose?: string;
}

export function AppLaunches({ chart, whose }: AppLaunchesProps) {
  const w = useKitWords();
  const apps = useQuery(launchableAppsQuery);
  const launch = useMutation({
    // The app then asks on our own page what it may see.
    mutationFn: async (client: string) => location.assign(await launchApp(client, chart)),
  });
  if (apps.data === undefined || apps.data.length === 0) return null;
  return (
    <Panel title={whose === undefined ? w.launches : w.launchesFor(whose)} icon="open">
      <p className={styles.text}>{w.launchesText}</p>
      <Trouble error={launch.error} />
      <div className={styles.buttons}>
        {apps.data.map(({ client, name }) => (
          <ActionButton key={client} busy={launch.isPending} onClick={() => launch.mutate(client)}>
            {w.launch(name)}
          </ActionButton>
        ))}
      </div>
    </Panel>
  );
}
