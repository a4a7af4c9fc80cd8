/**
 * The disclosure desk as the server sees it: it takes sealed reports in and tells of a receipt whether it has
 * been read. It cannot open one: they are sealed in the browser to the operator's recipient.
 */
import type { Pool } from 'pg';
import type { Clock } from '../../base/clock.ts';
import type { Configuration } from '../../base/configuration.ts';
import { PosternError } from '../../base/errors.ts';
import { Refusal } from '../../base/refusal.ts';
import { newReceipt } from './receipt.ts';
import { ReportLimits } from './report-limits.ts';
import { assertSealed } from './sealed-report.ts';

export interface DeskParts {
  /** Connections of the server role. */
  readonly server: Pool;
  readonly configuration: Pick<Configuration, 'publicUrl' | 'securityContacts'>;
  readonly clock: Clock;
  /** Told as soon as a report stands. */
  readonly onReport?: () => void;
}

export interface ReportState {
  readonly receivedAt: Date;
  /** Null until somebody has read it and said so. */
  readonly acknowledgedAt: Date | null;
}

export class Desk {
  readonly publicUrl: string;
  readonly contacts: readonly string[];
  readonly clock: Clock;
  readonly #server: Pool;
  readonly #limits: ReportLimits;
  readonly #onReport: () => void;

  constructor({ server, configuration, clock, onReport }: DeskParts) {
    this.publicUrl = configuration.publicUrl;
    this.contacts = configuration.securityContacts;
    this.clock = clock;
    this.#server = server;
    this.#limits = new ReportLimits(clock);
    this.#onReport = onReport ?? (() => undefined);
  }

  /** To whom reports are sealed (`age1...`); null before the operator has set the desk up. */
  async recipient(): Promise<string | null> {
    const { rows } = await this.#server.query<{ recipient: string | null }>(
      'select postern.disclosure_recipient_now() as recipient',
    );
    return rows[0]?.recipient ?? null;
  }

  /** Throws `throttled`, with `Retry-After`, where an address has sent many reports. */
  assertMaySend(address: string): void {
    const seconds = this.#limits.waitSeconds(address);
    if (seconds === 0) return;
    const text = 'Many reports have come from your network. Wait as long as Retry-After says.';
    throw new Refusal('throttled', text, { 'retry-after': String(seconds) });
  }

  /**
   * Keeps a report and answers its receipt; the very same again has the same one. Throws `not-processable`
   * for what is not sealed, `throttled` as above, and `unavailable` where the desk is not set up or too many
   * wait to be read.
   */
  async take(sealed: Buffer, address: string): Promise<string> {
    assertSealed(sealed);
    if ((await this.recipient()) === null) {
      throw new PosternError('unavailable', 'Sealed reports have not been set up here. Please write a mail.');
    }
    // Once more, and noted in the same turn: those that came at once have all passed the first time.
    this.assertMaySend(address);
    this.#limits.note(address);
    const { rows } = await this.#server.query<{ receipt: string | null }>(
      'select postern.disclosure_put($1, $2) as receipt',
      [newReceipt(), sealed],
    );
    const receipt = rows[0]?.receipt ?? null;
    if (receipt === null) {
      throw new PosternError('unavailable', 'More reports have come than can be kept. Please write a mail.');
    }
    this.#onReport();
    return receipt;
  }

  /** Null where no report has that receipt. */
  async state(receipt: string): Promise<ReportState | null> {
    const { rows } = await this.#server.query<{ received_at: Date; acknowledged_at: Date | null }>(
      'select s.received_at, s.acknowledged_at from postern.disclosure_state($1) s',
      [receipt],
    );
    const [row] = rows;
    return row === undefined ? null : { receivedAt: row.received_at, acknowledgedAt: row.acknowledged_at };
  }
}
