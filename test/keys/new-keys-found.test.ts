/** What is sealed under a key that was made a moment ago is found, whatever a server remembers of others. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ChartId, newId } from '../../src/base/ids.ts';
import { type KeptPractice, keepPractice, type ServerOf, visitAt } from '../support/kept-practice.ts';
import { tapStatements } from '../support/statement-tap.ts';

const HIV = { system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'B20' };

const tap = tapStatements();
let kept: KeptPractice;
let doctor: string;
let chart: ChartId;

beforeAll(async () => {
  kept = await keepPractice();
  doctor = await kept.person('doctor');
});

beforeEach(async () => {
  chart = await kept.chart({});
  await kept.deposit(condition({ system: HIV.system, code: 'I10' }));
});

afterAll(async () => {
  tap.close();
  await kept.close();
});

describe('a chart that had no key for its closed section', () => {
  it('is found in by the same server as soon as it has one', async () => {
    expect(await search(kept.first)).toEqual([]);
    const made = await create(kept.first);
    expect(await search(kept.first)).toEqual([made]);
  });

  it('is found in by another server that had looked before', async () => {
    expect(await search(kept.second)).toEqual([]);
    expect(await search(kept.second)).toEqual([]);
    const made = await create(kept.first);
    expect(await search(kept.second)).toEqual([made]);
  });

  it('asks for keys once and not with every search', async () => {
    expect(await asksForKeys(kept.first)).toBe(true);
    expect(await asksForKeys(kept.first)).toBe(false);
    await create(kept.second);
    expect(await asksForKeys(kept.first)).toBe(true);
  });

  it('is not taken for one without while a key is under way that a search cannot see yet', async () => {
    const client = await kept.database.owner.connect();
    try {
      await client.query('begin');
      await client.query(
        `insert into postern.chart_key (practice_id, chart_id, section, practice_key_version, wrapped)
         values ($1, $2, 4, 1, '')`,
        [kept.practiceId, newId()],
      );
      expect(await asksForKeys(kept.second)).toBe(true);
      expect(await asksForKeys(kept.second)).toBe(true);
    } finally {
      await client.query('rollback');
      client.release();
    }
    expect(await asksForKeys(kept.second)).toBe(true);
    expect(await asksForKeys(kept.second)).toBe(false);
  });
});

function condition(coding: object) {
  return {
    resourceType: 'Condition',
    id: newId(),
    subject: { reference: `Patient/${chart}` },
    code: { coding: [coding] },
  } as const;
}

async function create(server: ServerOf): Promise<string> {
  const { id: _, ...draft } = condition(HIV);
  return (await server.store.create(await visitAt(server, doctor), draft)).id;
}

async function search(server: ServerOf): Promise<string[]> {
  const visit = await visitAt(server, doctor);
  const query = new URLSearchParams({ patient: chart, code: `${HIV.system}|${HIV.code}` });
  const page = await server.store.search(visit, 'Condition', query);
  return page.matches.map(({ id }) => id);
}

/** Whether that search asked which keys there are. */
async function asksForKeys(server: ServerOf): Promise<boolean> {
  tap.take();
  await search(server);
  return tap.take().includes('chart-keys');
}
