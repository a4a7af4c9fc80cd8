/**
 * The three that decide agree: the role table, the key ring and the row policies, on random actors and every
 * section, action and owner. The oracle reads the role table anew and shares no code with extents or reach
 * keys.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AccountId, type ChartId, newId } from '../../src/base/ids.ts';
import { RECORD_SECTIONS, SECTIONS, type Section } from '../../src/base/section.ts';
import { inSession } from '../../src/db/index.ts';
import { ROLES, type Role, type RoleName, type Visit } from '../../src/gate/index.ts';
import type { SealedRow } from '../../src/seal/index.ts';
import { type GatedPractice, type Held, openGatedPractice } from '../support/gated-practice.ts';

const ACTORS = process.env.SLOW === '1' ? 200 : 25;
const SEED = 20_260_402;

const CHARTS = [newId<ChartId>(), newId<ChartId>()];
const OWNERS: readonly (ChartId | null)[] = [...CHARTS, null];
const DAY_MS = 86_400_000;

let practice: GatedPractice;
/** Rows of somebody else, and the keys to write more: they serve every actor. */
const foreign: Probe[] = [];

interface Probe {
  readonly section: Section;
  readonly chartId: ChartId | null;
  readonly record: SealedRow;
  readonly file: SealedRow;
}

beforeAll(async () => {
  practice = await openGatedPractice();
  for (const section of RECORD_SECTIONS) {
    for (const chartId of OWNERS) foreign.push(await probe(section, chartId, newId<AccountId>()));
  }
});
afterAll(() => practice.close());

async function probe(section: Section, chartId: ChartId | null, author: AccountId): Promise<Probe> {
  const record = await practice.record({ section, chartId, author });
  const file = await practice.record({ section, chartId, author, type: 'Binary' });
  return { section, chartId, record, file };
}

type Time = 'now' | 'over' | 'later';
type Drawn = Omit<Held, 'startsAt' | 'endsAt'> & { readonly time: Time };

/** Those that can be given; breaking glass is proved in the gate's own tests. */
const ROLE_NAMES = (Object.keys(ROLES) as RoleName[]).filter((role) => role !== 'break-glass');

function chartFor(role: RoleName, chartId: ChartId): { chartId?: ChartId } {
  return ROLES[role].spans === 'chart' ? { chartId } : {};
}

const grant: fc.Arbitrary<Drawn> = fc
  .record({
    role: fc.constantFrom(...ROLE_NAMES),
    chart: fc.constantFrom(...CHARTS),
    sections: fc.option(fc.integer({ min: 0, max: 127 }), { nil: undefined, freq: 1 }),
    time: fc.constantFrom<Time>('now', 'now', 'now', 'over', 'later'),
  })
  .map(({ role, chart, sections, time }) => ({
    role,
    time,
    ...chartFor(role, chart),
    ...(sections === undefined ? {} : { sections }),
  }))
  // The gate gives no grant that would open nothing of its chart.
  .filter(({ role, sections = 127 }) => ROLES[role].spans === 'practice' || (sections & 0b11110) !== 0);

function held({ time, ...terms }: Drawn): Held {
  const now = Date.now();
  const [startsAt, endsAt] = {
    now: [now - 1000, now + DAY_MS],
    over: [now - 2 * DAY_MS, now - DAY_MS],
    later: [now + DAY_MS, now + 2 * DAY_MS],
  }[time] as [number, number];
  return { ...terms, startsAt: new Date(startsAt), endsAt: new Date(endsAt) };
}

type Asked = 'read' | 'open' | 'write';

/** What the role table says, read grant by grant. */
function expected(
  grants: readonly Drawn[],
  action: Asked,
  section: Section,
  chartId: ChartId | null,
  own: boolean,
) {
  if (section === 'psychotherapy' && !own) return false;
  return grants.some(({ role, chartId: granted, sections, time }) => {
    const { spans, rights, byDefault }: Role = ROLES[role];
    if (time !== 'now' || !rights[action]?.includes(section)) return false;
    // What the practice owns comes with any role that has it, chart or none.
    if (spans === 'chart' && section === 'practice') return true;
    if (sections === undefined && byDefault !== undefined && !byDefault.includes(section)) return false;
    if (sections !== undefined && (sections & (1 << SECTIONS[section])) === 0) return false;
    return spans === 'practice' || granted === chartId;
  });
}

/** What the key ring lets the visit do with a probe. */
function byKeyRing({ scope }: Visit, { record, file }: Probe, action: Asked): boolean {
  if (action === 'read') return scope.keys.open(record) !== null;
  if (action === 'open') return scope.keys.open(file) !== null;
  try {
    scope.keys.seal(record, Buffer.from('{}'));
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'not-found') return false;
    throw error;
  }
}

/**
 * What row policies let the visit do with each probe: seeing its two rows, and inserting one beside them.
 * Whether it may change one must come to the same as whether it may see and insert it.
 */
async function byRowPolicy({ scope }: Visit, probes: readonly Probe[]): Promise<Record<Asked, boolean>[]> {
  return inSession(practice.database.server, scope.handle, async (tx) => {
    const { rows } = await tx.query<{ id: string }>('select r.id from postern.resource r');
    const seen = new Set(rows.map(({ id }) => id));
    const answers: Record<Asked, boolean>[] = [];
    for (const { section, chartId, record, file } of probes) {
      await tx.query('savepoint probe');
      const author = record.author ?? scope.accountId;
      const write = await tx
        .query(
          `insert into postern.resource (
             practice_id, id, chart_id, section, type, version, updated_at, author, key_version,
             classifier_version, sealed)
           values ($1, $2, $3, $4, 'Observation', 1, now(), $5, 1, 1, '')`,
          [scope.practiceId, newId(), chartId, SECTIONS[section], author],
        )
        .then(
          () => true,
          (error: { code?: string }) => {
            if (error.code !== '42501') throw error;
            return false;
          },
        );
      await tx.query('rollback to savepoint probe');
      const { rowCount } = await tx.query(
        `update postern.resource r
         set version = r.version + 1
         where r.practice_id = $1 and r.id = $2`,
        [scope.practiceId, record.id],
      );
      expect(rowCount === 1, `updating ${section}`).toBe(write && seen.has(record.id));
      await tx.query('rollback to savepoint probe');
      answers.push({ read: seen.has(record.id), open: seen.has(file.id), write });
    }
    return answers;
  });
}

test('role table, scope, key ring and row policies agree on random actors and rows', async () => {
  const actors = [
    ...ROLE_NAMES.map((role): Drawn[] => [{ role, time: 'now', ...chartFor(role, CHARTS[0]!) }]),
    ...fc.sample(fc.array(grant, { maxLength: 3, size: 'max' }), { numRuns: ACTORS, seed: SEED }),
  ];
  const counts = { allowed: 0, refused: 0 };
  for (const grants of actors) {
    const { accountId, token } = await practice.person(...grants.map(held));
    const own = await Promise.all(OWNERS.map((chartId) => probe('psychotherapy', chartId, accountId)));
    const visit = (await practice.gate.admit(token, null))!;
    const probes = [...foreign, ...own];
    const rows = await byRowPolicy(visit, probes);
    for (const [at, one] of probes.entries()) {
      const { section, chartId, record } = one;
      for (const action of ['read', 'open', 'write'] as const) {
        const answer = expected(grants, action, section, chartId, own.includes(one));
        const owner = chartId === null ? 'the practice' : `chart ${CHARTS.indexOf(chartId)}`;
        const where = `${action} ${section} of ${owner}`;
        const told = {
          scope: visit.scope.allows(action, section, chartId, record.author),
          ring: byKeyRing(visit, one, action),
          rows: rows[at]![action],
        };
        expect(told, `${where}, holding ${JSON.stringify(grants)}`).toEqual({
          scope: answer,
          ring: answer,
          rows: answer,
        });
        counts[answer ? 'allowed' : 'refused'] += 1;
      }
    }
  }
  // Neither answer is so rare that the agreement would be empty.
  expect(counts.allowed).toBeGreaterThan(200);
  expect(counts.refused).toBeGreaterThan(200);
});

test('system roles agree too, but import sees that a canary stands, and cannot open it', async () => {
  for (const role of ['system-import', 'system-setup', 'system-upkeep'] as const) {
    await practice.gate.asJob(practice.practiceId, role, 'test', async (visit) => {
      const rows = await byRowPolicy(visit, foreign);
      for (const [at, one] of foreign.entries()) {
        const { section, chartId, record } = one;
        for (const action of ['read', 'open', 'write'] as const) {
          const scope = visit.scope.allows(action, section, chartId, record.author);
          const canary = role === 'system-import' && section === 'canary' && action === 'read';
          const told = { ring: byKeyRing(visit, one, action), rows: rows[at]![action] };
          expect(told, `${role}: ${action} ${section}`).toEqual({ ring: scope, rows: scope || canary });
        }
      }
    });
  }
});
