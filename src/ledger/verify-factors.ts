/**
 * The factors that stand against the log: whether each way to sign in is one that a line says was added,
 * and none that a line says was taken away. An envelope proves that a factor was sealed for its place, not
 * that it was never removed: an older row that the database's owner puts back by hand would sign in.
 */
import type { Pool } from 'pg';

/**
 * `returned`: it stands, though it was removed or another took its place. `unexplained`: no line says that it
 * was added. `missing`: it was added and not removed, and is gone.
 */
export const FACTOR_FINDING_KINDS = ['returned', 'unexplained', 'missing'] as const;

export interface FactorFinding {
  readonly kind: (typeof FACTOR_FINDING_KINDS)[number];
  readonly type: 'Passkey' | 'Passphrase' | 'CodeApp' | 'RecoveryCodes';
  readonly id: string;
  readonly accountId: string;
}

export interface FactorReport {
  readonly sound: boolean;
  /** Factors that stand, of every account of the installation. */
  readonly factors: number;
  /** At most 1,000; `moreFindings` counts the rest. */
  readonly findings: readonly FactorFinding[];
  readonly moreFindings: number;
}

const MOST_FINDINGS = 1000;

/**
 * Compares the factors of every account with the lines of every practice, since accounts span them, in one
 * moment of the database. It believes the lines: `verifyLog` of each practice, and of the installation,
 * proves those. Connections: the owner's.
 */
export async function verifyFactors(owner: Pool): Promise<FactorReport> {
  const { rows } = await owner.query<FactorFinding & { found: string; factors: string }>(COMPARE, [
    MOST_FINDINGS,
  ]);
  const findings = rows.flatMap(({ kind, type, id, accountId }) =>
    kind === null ? [] : [{ kind, type, id, accountId }],
  );
  const found = Number(rows[0]!.found);
  return {
    sound: found === 0,
    factors: Number(rows[0]!.factors),
    findings,
    moreFindings: found - findings.length,
  };
}

/**
 * Of every kind but passkeys an account has one: whatever was added last stands in place of what was
 * before.
 */
const COMPARE = `
with told as (
  select
    (e.entry ->> 2)::uuid as id,
    e.entry ->> 1 as type,
    coalesce(
      l.account_id,
      (
        select (a.entry ->> 2)::uuid
        from jsonb_array_elements(l.entries) a (entry)
        where a.entry ->> 1 = 'Account'
          and pg_input_is_valid(a.entry ->> 2, 'uuid')
        limit 1)) as account_id,
    l.action = 'factor-remove' as removed,
    l.at,
    l.id as line_id
  from postern.access_line l
    cross join jsonb_array_elements(case jsonb_typeof(l.entries) when 'array' then l.entries else '[]' end)
      e (entry)
  where l.action in ('factor-add', 'factor-change', 'factor-remove')
    and l.outcome = 'ok'
    and e.entry ->> 1 in ('Passkey', 'Passphrase', 'CodeApp', 'RecoveryCodes')
    and pg_input_is_valid(e.entry ->> 2, 'uuid')
), last as (
  select distinct on (t.account_id, case when t.type = 'Passkey' then t.id end, t.type)
    t.id, t.type, t.account_id, t.removed
  from told t
  order by t.account_id, case when t.type = 'Passkey' then t.id end, t.type, t.at desc, t.line_id
), expected as (
  select l.id, l.type, l.account_id
  from last l
  where not l.removed
), kept as (
  select
    f.factor_id as id,
    f.account_id,
    case f.kind
      when 'passkey' then 'Passkey'
      when 'passphrase' then 'Passphrase'
      when 'totp' then 'CodeApp'
      else 'RecoveryCodes'
    end as type
  from postern.factor f
), findings as (
  select
    case
      when k.id is null then 'missing'
      when exists (
        select
        from told t
        where t.id = k.id
          and t.account_id = k.account_id
          and t.type = k.type) then 'returned'
      else 'unexplained'
    end as kind,
    coalesce(k.type, e.type) as type,
    coalesce(k.id, e.id) as id,
    coalesce(k.account_id, e.account_id) as account_id
  from expected e
    full join kept k on k.id = e.id and k.account_id = e.account_id and k.type = e.type
  where e.id is null or k.id is null
), shown as (
  select f.kind, f.type, f.id, f.account_id
  from findings f
  order by f.kind, f.account_id, f.type, f.id
  limit $1
)
select
  s.kind,
  s.type,
  s.id,
  s.account_id as "accountId",
  (select count(*) from findings) as found,
  (select count(*) from kept) as factors
from (values (1)) always (one)
  left join shown s on true`;
