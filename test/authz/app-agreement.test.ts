/**
 * An app's two locks, each alone: what the key ring opens and what row policies show and take is what its
 * scopes say of level, type, interaction and owner, and no more than its person has. The oracle reads the
 * scopes from their text.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { SECTIONS } from '../../src/base/section.ts';
import { inSession } from '../../src/db/index.ts';
import type { Visit } from '../../src/gate/index.ts';
import type { SealedRow } from '../../src/seal/index.ts';
import { type GatedPractice, type Held, openGatedPractice } from '../support/gated-practice.ts';

const APPS = process.env.SLOW === '1' ? 150 : 25;
const SEED = 20_261_121;
const TYPES = ['Observation', 'Condition', 'Binary'];
const [ana, ben] = [newId<ChartId>(), newId<ChartId>()];
const OWNERS: readonly (ChartId | null)[] = [ana, ben, null];

let practice: GatedPractice;
const records: (SealedRow & { readonly type: string })[] = [];

beforeAll(async () => {
  practice = await openGatedPractice();
  for (const type of TYPES) {
    for (const chartId of OWNERS) {
      const section = chartId === null ? 'practice' : 'clinical';
      records.push(await practice.record({ section, chartId, type }));
    }
  }
});
afterAll(() => practice.close());

interface Drawn {
  readonly scopes: readonly (readonly [level: string, type: string, letters: string])[];
  readonly patient: ChartId | null;
  readonly held: readonly Held[];
}

const drawn: fc.Arbitrary<Drawn> = fc.record({
  scopes: fc.array(
    fc.tuple(
      fc.constantFrom('patient', 'user', 'system'),
      fc.constantFrom('*', ...TYPES),
      fc.subarray([...'cruds'], { minLength: 1 }).map((letters) => letters.join('')),
    ),
    { maxLength: 3, size: 'max' },
  ),
  patient: fc.constantFrom(ana, ben, null),
  held: fc.constantFrom<readonly Held[]>(
    [{ role: 'doctor' }],
    [{ role: 'patient', chartId: ana }],
    [{ role: 'nurse' }, { role: 'patient', chartId: ben }],
    [
      { role: 'patient', chartId: ana },
      { role: 'proxy', chartId: ben },
    ],
  ),
});

/** What the scopes say, and what the person may. */
function may(
  { scopes, patient, held }: Drawn,
  letters: string,
  type: string,
  chart: ChartId | null,
): boolean {
  const scoped = scopes.some(([level, of, has]) => {
    const both = [...letters].filter((letter) => has.includes(letter));
    if (of !== '*' && of !== type) return false;
    if (level !== 'patient') return both.length > 0;
    if (patient === null) return false;
    return chart === null
      ? both.some((letter) => 'rs'.includes(letter))
      : chart === patient && both.length > 0;
  });
  const writes = /[cud]/.test(letters) && !/[rs]/.test(letters);
  const person = held.some(({ role, chartId }) => {
    if (role === 'doctor' || role === 'nurse') return !writes || role === 'doctor' || chart !== null;
    return !writes && (chart === null ? type !== 'Binary' : chart === chartId);
  });
  return scoped && person;
}

async function appOf({ scopes, patient, held }: Drawn): Promise<Visit> {
  const { accountId } = await practice.person(...held);
  const scope = scopes.map(([level, type, letters]) => `${level}/${type}.${letters}`).join(' ');
  const token = await practice.gate.openSession({
    practiceId: practice.practiceId as PracticeId,
    accountId,
    purpose: 'test',
    client: 'an app',
    ttlSeconds: 600,
    terms: { methods: ['app'], device: null, narrowing: { scope, patient } },
  });
  return (await practice.gate.admit(token, null))!;
}

function byKeyRing({ scope }: Visit, row: SealedRow): { sees: boolean; writes: boolean } {
  const sees = scope.keys.open(row) !== null;
  try {
    scope.keys.seal(row, Buffer.from('{}'));
    return { sees, writes: true };
  } catch (error) {
    if ((error as { code?: string }).code !== 'not-found') throw error;
    return { sees, writes: false };
  }
}

async function byRowPolicies({ scope }: Visit, row: SealedRow) {
  return inSession(practice.database.server, scope.handle, async (tx) => {
    const touched = async (text: string, values: readonly unknown[]) => {
      await tx.query('savepoint probe');
      const count = await tx.query(text, values).then(
        ({ rowCount }) => rowCount ?? 0,
        (error: { code?: string }) => {
          if (error.code !== '42501') throw error;
          return 0;
        },
      );
      await tx.query('rollback to savepoint probe');
      return count === 1;
    };
    const own = 'r.practice_id = $1 and r.id = $2';
    const change = (set: string) => `update postern.resource r set ${set} where ${own}`;
    const place = [scope.practiceId, row.id];
    return {
      sees: await touched(`select from postern.resource r where ${own}`, place),
      updates: await touched(change('version = r.version + 1'), place),
      deletes: await touched(change('deleted = true'), place),
      creates: await touched(
        `insert into postern.resource (
           practice_id, id, chart_id, section, type, version, updated_at, author, key_version,
           classifier_version, sealed)
         values ($1, $2, $3, $4, $5, 1, now(), $6, 1, 1, '')`,
        [scope.practiceId, newId(), row.chartId, SECTIONS[row.section], row.type, scope.accountId],
      ),
    };
  });
}

test('scope, key ring and row policies agree on random apps of random people', async () => {
  const apps: Drawn[] = [
    { scopes: [['user', '*', 'cruds']], patient: null, held: [{ role: 'doctor' }] },
    { scopes: [['patient', '*', 'cruds']], patient: ben, held: [{ role: 'doctor' }] },
    {
      scopes: [
        ['patient', 'Observation', 'rs'],
        ['user', 'Condition', 'rs'],
      ],
      patient: ana,
      held: [
        { role: 'patient', chartId: ana },
        { role: 'proxy', chartId: ben },
      ],
    },
    ...fc.sample(drawn, { numRuns: APPS, seed: SEED }),
  ];
  const counts = { allowed: 0, refused: 0 };
  for (const app of apps) {
    const visit = await appOf(app);
    for (const row of records) {
      const { type, chartId } = row;
      const ring = byKeyRing(visit, row);
      const rows = await byRowPolicies(visit, row);
      const where = `${type} of ${chartId === null ? 'the practice' : `chart ${OWNERS.indexOf(chartId)}`}`;
      const as = (letters: string) => may(app, letters, type, chartId);
      const sees = as('rsud');
      const wanted = {
        ring: { sees, writes: as('cud') },
        rows: { sees, updates: sees && as('u'), deletes: sees && as('d'), creates: as('c') },
      };
      expect({ ring, rows }, `${where}, ${JSON.stringify(app)}`).toEqual(wanted);
      for (const allowed of [sees, as('c'), as('u'), as('d')]) counts[allowed ? 'allowed' : 'refused'] += 1;
    }
  }
  expect(counts.allowed).toBeGreaterThan(100);
  expect(counts.refused).toBeGreaterThan(100);
}, 120_000);
