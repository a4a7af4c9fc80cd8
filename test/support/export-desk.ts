/** A practice with three charts and a doctor, and a client that exports them. */
import { expect } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import {
  type Answered,
  type Person,
  type ServedOptions,
  type ServedPractices,
  servePractices,
} from './served-practices.ts';

export const ASYNC = { prefer: 'respond-async', accept: 'application/fhir+json' };

export interface ExportDesk {
  readonly served: ServedPractices;
  readonly practice: PracticeId;
  readonly doctor: Person;
  /** Of Ames, Berg and Cole, each with two observations and a condition. */
  readonly charts: readonly ChartId[];
  /** Another such chart. */
  chart(family: string, where?: PracticeId): Promise<ChartId>;
  kickOff(token: string, target?: string, headers?: object): Promise<Answered>;
  /** Kicked off, worked through and asked for: the manifest. */
  exported(token: string, target?: string): Promise<Answered>;
  /** All that the files of a manifest hold. */
  resourcesOf(token: string, manifest: Answered, list?: string): Promise<Resource[]>;
  /** Ids of what stands in the database. */
  standing(type: string, where?: PracticeId): Promise<string[]>;
}

export interface Resource {
  readonly resourceType: string;
  readonly id: string;
  readonly meta: object;
  readonly code: { readonly text: string };
  readonly subject?: object;
}

export interface Output {
  readonly type: string;
  readonly url: string;
  readonly count: number;
}

export async function openExportDesk(options: ServedOptions = {}): Promise<ExportDesk> {
  const served = await servePractices(options);
  const practice = await served.makePractice();
  const doctor = await served.person(practice, { role: 'doctor' });
  const chart: ExportDesk['chart'] = (family, where = practice) => makeChart(served, where, family);
  const kickOff: ExportDesk['kickOff'] = (token, target = '/fhir/Patient/$export', headers = {}) =>
    served.ask(token, 'GET', target, { headers: { ...ASYNC, ...headers } });
  return {
    served,
    practice,
    doctor,
    charts: [await chart('Ames'), await chart('Berg'), await chart('Cole')],
    chart,
    kickOff,
    exported: async (token, target) => {
      const begun = await kickOff(token, target);
      expect([begun.status, begun.text]).toEqual([202, '']);
      expect(await served.work()).toBe(true);
      const answer = await served.ask(token, 'GET', locationOf(begun));
      expect(answer.status, answer.text).toBe(200);
      return answer;
    },
    resourcesOf: (token, manifest, list = 'output') => resourcesOf(served, token, outputOf(manifest, list)),
    standing: async (type, where = practice) => {
      const { rows } = await served.database.owner.query<{ id: string }>(
        'select id from postern.resource where practice_id = $1 and type = $2 and not deleted order by id',
        [where, type],
      );
      return rows.map(({ id }) => id);
    },
  };
}

export const pathOf = (url: string) => new URL(url).pathname;
export const locationOf = ({ headers }: Answered) => pathOf(headers['content-location']!);
export const outputOf = ({ json }: Answered, list = 'output') => json[list] as unknown as Output[];
export const idsOf = (resources: readonly Resource[]) => resources.map(({ id }) => id).sort();
export const ofType = (type: string, resources: readonly Resource[]) =>
  resources.filter(({ resourceType }) => resourceType === type);

async function resourcesOf(served: ServedPractices, token: string, files: Output[]): Promise<Resource[]> {
  const resources: Resource[] = [];
  for (const { url, type, count } of files) {
    const headers = { accept: 'application/fhir+ndjson' };
    const file = await served.ask(token, 'GET', pathOf(url), { headers });
    expect([file.status, file.headers['content-type']]).toEqual([200, 'application/fhir+ndjson']);
    const lines = file.text.split('\n').filter((line) => line !== '');
    expect(lines.length).toBe(count);
    for (const line of lines) {
      const resource = JSON.parse(line) as Resource;
      expect(resource.resourceType).toBe(type);
      resources.push(resource);
    }
  }
  return resources;
}

async function makeChart(served: ServedPractices, where: PracticeId, family: string): Promise<ChartId> {
  const id = await served.chart(where, { name: [{ family }] });
  const subject = { reference: `Patient/${id}` };
  const made = (resourceType: string, text: string) => ({
    resourceType,
    id: newId(),
    ...(resourceType === 'Observation' ? { status: 'final' } : {}),
    code: { text },
    subject,
  });
  await served.deposit(
    where,
    made('Observation', `weight of ${family}`),
    made('Observation', `height of ${family}`),
    made('Condition', `cough of ${family}`),
  );
  return id;
}
