/**
 * Tells people of incidents: the privacy officers of the practice, its owners where there is no officer, and
 * the operator of what concerns the installation. Each kind at most once an hour, with how often it was.
 */
import type { Pool, PoolClient } from 'pg';
import type { Clock } from '../../base/clock.ts';
import type { Configuration } from '../../base/configuration.ts';
import type { AccountId, PracticeId } from '../../base/ids.ts';
import { INSTALLATION } from '../../gate/index.ts';
import { type IncidentKind, mailAddresses, type Post, type Recipient } from '../../post/index.ts';

export interface IncidentMailParts {
  /** Connections of the owner: no session stands behind it. */
  readonly owner: Pool;
  readonly post: Pick<Post, 'enqueue'>;
  readonly configuration: Pick<Configuration, 'publicUrl' | 'securityContacts'>;
  readonly clock: Clock;
  readonly onError: (what: string, error: unknown) => void;
}

interface Due {
  readonly practice_id: PracticeId;
  readonly kind: IncidentKind;
  readonly times: number;
  readonly last: Date;
}

const LOOK_MS = 5000;

export class IncidentMails {
  readonly #parts: IncidentMailParts;
  #looking: NodeJS.Timeout | null = null;
  #running: Promise<unknown> = Promise.resolve();

  constructor(parts: IncidentMailParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#looking = setInterval(() => void this.round(), LOOK_MS);
    this.#looking.unref();
    void this.round();
  }

  async stop(): Promise<void> {
    if (this.#looking !== null) clearInterval(this.#looking);
    this.#looking = null;
    await this.#running;
  }

  /** Puts in the mails that are due, and says how many. Throws nothing. */
  round(): Promise<number> {
    const round = this.#running.then(() =>
      this.#round().catch((error: unknown) => {
        this.#parts.onError('Incidents could not be told; it will be tried again.', error);
        return 0;
      }),
    );
    this.#running = round;
    return round;
  }

  async #round(): Promise<number> {
    const client = await this.#parts.owner.connect();
    try {
      await client.query('begin');
      let mails = 0;
      for (const due of await takeDue(client, this.#parts.clock.now()))
        mails += await this.#tell(client, due);
      await client.query('commit');
      return mails;
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  async #tell(client: PoolClient, { practice_id: practiceId, kind, times, last }: Due): Promise<number> {
    const { post, configuration } = this.#parts;
    const ofAll = practiceId === INSTALLATION;
    const practice = ofAll ? new URL(configuration.publicUrl).host : await nameOf(client, practiceId);
    const to: Recipient[] = ofAll
      ? mailAddresses(configuration.securityContacts).map((address) => ({ address }))
      : (await watchersOf(client, practiceId)).map((accountId) => ({ accountId }));
    const facts = { practice, what: kind, times: String(times), at: last };
    const about = ofAll ? { facts } : { facts, practiceId };
    for (const recipient of to) await post.enqueue(client, { kind: 'incident', ...about, to: recipient });
    return to.length;
  }
}

/** Those of a kind that was told within the hour wait until it is over. */
async function takeDue(client: PoolClient, now: Date): Promise<Due[]> {
  const { rows } = await client.query<Due>(
    `with due as (
       select i.practice_id, i.id
       from postern.incident i
       where i.told_at is null
         and not exists (
           select from postern.incident o
           where o.practice_id = i.practice_id
             and o.kind = i.kind
             and o.told_at > $1::timestamptz - interval '1 hour')
       for update of i skip locked),
     told as (
       update postern.incident i
       set told_at = $1
       from due d
       where i.practice_id = d.practice_id
         and i.id = d.id
       returning i.practice_id, i.kind, i.at)
     select t.practice_id, t.kind, count(*)::integer as times, max(t.at) as last
     from told t
     group by t.practice_id, t.kind
     order by t.practice_id, t.kind`,
    [now],
  );
  return rows;
}

/** Who watches over a practice: its officers, or whoever owns it where there are none. */
async function watchersOf(client: PoolClient, practiceId: PracticeId): Promise<AccountId[]> {
  const { rows } = await client.query<{ account_id: AccountId; role: string }>(
    `select distinct g.account_id, g.role
     from postern.access_grant g
       join postern.account a on a.account_id = g.account_id
     where g.practice_id = $1
       and g.role in ('privacy-officer', 'owner')
       and g.ended_at is null
       and g.starts_at <= clock_timestamp()
       and (g.ends_at is null or g.ends_at > clock_timestamp())
       and a.disabled_at is null`,
    [practiceId],
  );
  const officers = rows.filter(({ role }) => role === 'privacy-officer');
  return (officers.length > 0 ? officers : rows).map((row) => row.account_id);
}

async function nameOf(client: PoolClient, practiceId: PracticeId): Promise<string> {
  const { rows } = await client.query<{ name: string }>(
    'select p.name from postern.practice p where p.practice_id = $1',
    [practiceId],
  );
  return rows[0]?.name ?? '';
}
