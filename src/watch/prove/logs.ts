/** The access logs: whether every answer has left its line, and whether they are as they were signed. */
import type { Pool } from 'pg';
import type { PracticeId } from '../../base/ids.ts';
import { INSTALLATION, type Keychain } from '../../gate/index.ts';
import { logDirectory, logKeysOf, type Sequencer, verifyLog, verifyRecords } from '../../ledger/index.ts';
import type { Judge } from './finding.ts';
import { lineKey, type Stage } from './stage.ts';

const MISSING =
  'Stop the server: it gives out what nobody will know of. See what became of the line writer ' +
  '(src/ledger/line-writer.ts) and of the table access_line.';

/** Every answer that held a canary, and every refusal of one, stands in the log as often as it was given. */
export async function proveLines(stage: Stage, owner: Pool): Promise<void> {
  const { world, judge, lines } = stage;
  const { rows } = await owner.query<{ account: string; outcome: string; id: string; count: number }>(
    `select l.account_id as account, l.outcome, e.entry ->> 2 as id, count(*)::integer as count
     from postern.access_line l
       cross join jsonb_array_elements(l.entries) e (entry)
     where l.practice_id = any ($1)
       and l.purpose = 'prove'
     group by 1, 2, 3`,
    [[world.here, world.elsewhere]],
  );
  const found = new Map(rows.map((row) => [lineKey(row.account, row.outcome, row.id), row.count]));
  for (const [key, times] of lines) {
    const there = found.get(key) ?? 0;
    const refused = key.includes(' refused ');
    judge.expect(
      'lines',
      there >= times,
      refused ? 'refused reads' : 'reads and searches',
      refused
        ? 'Somebody was refused a record, and no line says so.'
        : 'A record was given out, and no line says so.',
      MISSING,
    );
  }
}

/** A line stands at the moment at which its answer comes. */
export async function proveLineFirst(stage: Stage, owner: Pool): Promise<void> {
  const { id } = stage.world.at('Patient', 'own');
  const asking = { method: 'GET', target: `/fhir/Patient/${id}` };
  const count = async () => {
    const { rows } = await owner.query<{ count: number }>(
      `select count(*)::integer as count
       from postern.access_line l
       where l.practice_id = $1
         and l.account_id = $2
         and l.action = 'read'
         and l.outcome = 'ok'
         and l.entries @> jsonb_build_array(jsonb_build_array($3::text, 'Patient', $3::text))`,
      [stage.world.here, stage.cast.patient.accountId, id],
    );
    return rows[0]!.count;
  };
  const before = await count();
  const told = await stage.ask('patient', asking);
  stage.expectRightful('GET /fhir/:type/:id: a patient', told, 200, null);
  const after = await count();
  const sentence = 'An answer came before its line was in the log.';
  stage.judge.expect('lines', after === before + 1, 'GET /fhir/:type/:id', sentence, MISSING);
}

export interface LogParts {
  readonly owner: Pool;
  readonly keychain: Keychain;
  readonly sequencer: Pick<Sequencer, 'sequence'>;
  readonly logFolder: string;
}

const TAMPERED =
  'Keep the database and the folder of the log as they are, restrict who gets at them, and compare with a ' +
  'checkpoint kept elsewhere: postern log verify --practice SLUG --earlier FILE.';

/** The logs of every practice and of the installation, and the records against them. */
export async function proveLogs(
  parts: LogParts,
  judge: Judge,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const { rows } = await parts.owner.query<{ practice_id: PracticeId; slug: string }>(
    'select p.practice_id, p.slug from postern.practice p order by p.slug',
  );
  const logs = [
    ...rows.map(({ practice_id, slug }) => ({ practiceId: practice_id, name: `practice ${slug}` })),
    { practiceId: INSTALLATION, name: 'the installation' },
  ];
  for (const [done, { practiceId, name }] of logs.entries()) {
    onProgress(done, logs.length);
    await verifyOne(parts, judge, practiceId, name);
  }
  onProgress(logs.length, logs.length);
}

async function verifyOne(parts: LogParts, judge: Judge, practiceId: PracticeId, name: string): Promise<void> {
  const { owner: pool, keychain, sequencer, logFolder } = parts;
  await sequencer.sequence(practiceId).catch(() => false);
  const { signer, retired } = logKeysOf(await keychain.of(practiceId));
  const publicKeys = [signer.publicKey, ...retired];
  const directory = logDirectory(logFolder, practiceId);
  const log = await verifyLog({ pool, practiceId, publicKeys, directory });
  judge.looked('log', log.lines + 1);
  const where = `the log of ${name}`;
  const kinds = new Map(log.findings.map((finding) => [finding.kind, finding.message]));
  for (const [kind, message] of kinds) judge.fail('log', where, `${kind}: ${message}`, TAMPERED);
  const since = log.pendingSince === null ? 0 : Date.now() - log.pendingSince.getTime();
  judge.expect(
    'log',
    since < PENDING_MS,
    where,
    'Lines have waited for more than ten minutes to be signed.',
    'See the server log for what keeps the sequencer from signing.',
  );
  if (practiceId === INSTALLATION) return;
  const records = await verifyRecords(pool, practiceId);
  judge.looked('log', records.versions);
  for (const kind of new Set(records.findings.map((finding) => finding.kind))) {
    const sentence = `Records are ${kind}, against what the log says was written.`;
    judge.fail('log', `the records of ${name}`, sentence, TAMPERED);
  }
}

const PENDING_MS = 10 * 60_000;
