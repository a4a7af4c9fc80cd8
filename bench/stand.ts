/** What the benchmarks of one run share, so that an installation is made once. */
import { join } from 'node:path';
import { Installation } from './installation.ts';
import { Load } from './load.ts';
import { writeCharts } from './made-charts.ts';

const RESOURCES = 10_000;

export interface Stand {
  readonly installation: Installation;
  readonly barePort: number;
  readonly load: Load;
  close(): Promise<void>;
}

export async function makeStand(): Promise<Stand> {
  const installation = await Installation.make();
  const load = new Load();
  const close = async () => {
    load.close();
    await installation.close();
  };
  try {
    const folder = join(installation.folder, 'charts');
    await writeCharts(folder, RESOURCES);
    await installation.import('first', [folder]);
    await installation.query('vacuum analyze');
    return { installation, barePort: await installation.startBare(), load, close };
  } catch (error) {
    await close();
    throw error;
  }
}
