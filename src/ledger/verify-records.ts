/**
 * The records against the log: whether what stands is what the lines say was written. An envelope proves that
 * a version was sealed for its place, not that it is the newest, nor that it is still there; the lines do,
 * and `verifyLog` proves those.
 */
import type { Pool } from 'pg';
import type { PracticeId } from '../base/ids.ts';

/** Actions of lines that say that each version they name was written, in the transaction of the line. */
const WRITING = ['create', 'update', 'patch', 'import', 'file-deposit', 'delete'] as const;

/**
 * `rolled-back`: an older version stands than the newest that was written. `missing`: a version that was
 * written, or an incident, is gone. `unexplained`: a version stands that no line says was written. `marked`:
 * a version is marked as deleted and was not, or the other way round.
 */
export const RECORD_FINDING_KINDS = ['rolled-back', 'missing', 'unexplained', 'marked'] as const;

export interface RecordFinding {
  readonly kind: (typeof RECORD_FINDING_KINDS)[number];
  /** The FHIR type, or `Incident`. */
  readonly type: string;
  readonly id: string;
  /** The version in question; null for an incident. */
  readonly version: number | null;
}

export interface RecordReport {
  readonly sound: boolean;
  /** Versions that stand, earlier ones included. */
  readonly versions: number;
  /** At most 1,000; `moreFindings` counts the rest. */
  readonly findings: readonly RecordFinding[];
  readonly moreFindings: number;
}

const MOST_FINDINGS = 1000;

/**
 * Compares the rows of a practice with its lines, in one moment of the database. Connections: the owner's.
 */
export async function verifyRecords(owner: Pool, practiceId: PracticeId): Promise<RecordReport> {
  // One statement sees one snapshot, and a version and its line were committed together.
  const { rows } = await owner.query<RecordFinding & { found: string; versions: string }>(COMPARE, [
    practiceId,
    WRITING,
    MOST_FINDINGS,
  ]);
  const findings = rows.flatMap(({ kind, type, id, version }) =>
    kind === null ? [] : [{ kind, type, id, version }],
  );
  const found = Number(rows[0]!.found);
  return {
    sound: found === 0,
    versions: Number(rows[0]!.versions),
    findings,
    moreFindings: found - findings.length,
  };
}

/** The entries of lines, where they are a list. */
const ENTRIES = `
  cross join jsonb_array_elements(case jsonb_typeof(l.entries) when 'array' then l.entries else '[]' end)
    e (entry)`;

const COMPARE = `
with written as (
  select
    (e.entry ->> 2)::uuid as id,
    (e.entry ->> 3)::integer as version,
    min(e.entry ->> 1) as type,
    bool_or(l.action = 'delete') as deletion
  from postern.access_line l ${ENTRIES}
  where l.practice_id = $1
    and l.outcome = 'ok'
    and l.action = any($2)
    and e.entry ->> 3 is not null
    and pg_input_is_valid(e.entry ->> 2, 'uuid')
    and pg_input_is_valid(e.entry ->> 3, 'integer')
  group by 1, 2
), kept as (
  select r.id, r.version, r.type, r.deleted, true as standing
  from postern.resource r
  where r.practice_id = $1
  union all
  select v.id, v.version, v.type, v.deleted, false
  from postern.resource_version v
  where v.practice_id = $1
), compared as (
  select
    id,
    version,
    coalesce(k.type, w.type) as type,
    w.version is not null as was_written,
    k.version is not null as is_kept,
    w.deletion is distinct from k.deleted as is_marked,
    max(version) filter (where k.standing) over (partition by id) as standing,
    max(version) over (partition by id) as newest
  from written w
    full join kept k using (id, version)
), findings as (
  select distinct
    case
      when c.standing < c.newest and c.version = c.newest then 'rolled-back'
      when not c.is_kept then 'missing'
      when not c.was_written then 'unexplained'
      when c.is_marked then 'marked'
    end as kind,
    c.type,
    c.id,
    c.version
  from compared c
  union all
  select 'missing', 'Incident', (e.entry ->> 2)::uuid, null
  from postern.access_line l ${ENTRIES}
  where l.practice_id = $1
    and l.action = 'incident'
    and e.entry ->> 1 = 'Incident'
    and pg_input_is_valid(e.entry ->> 2, 'uuid')
    and not exists (
      select
      from postern.incident i
      where i.practice_id = $1
        and i.id::text = e.entry ->> 2)
), shown as (
  select f.kind, f.type, f.id, f.version
  from findings f
  where f.kind is not null
  order by f.kind, f.type, f.id, f.version
  limit $3
)
select
  s.kind,
  s.type,
  s.id,
  s.version,
  (select count(*) from findings f where f.kind is not null) as found,
  (select count(*) from kept) as versions
from (values (1)) always (one)
  left join shown s on true`;
