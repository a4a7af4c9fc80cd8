/** Links as the routes ask for them. */
import type { Pool } from 'pg';
import { notFound } from '../base/errors.ts';
import {
  type AccountId,
  type BlobId,
  type ChartId,
  type PracticeId,
  parseId,
  type ResourceId,
} from '../base/ids.ts';
import { inVisit, lineOf } from '../chart/index.ts';
import type { Visit } from '../gate/index.ts';
import { appendLine, type LineEntry } from '../ledger/index.ts';
import type { LinkOrder } from './link-order.ts';
import type { LinkParts } from './link-parts.ts';
import { type EndedWhy, listLinks, revokeLink } from './link-rows.ts';
import { type MadeLink, makeLink } from './make-link.ts';
import { type Opened, type Opening, openLink, openPlace } from './open-link.ts';
import { openRecipient } from './recipient.ts';
import { openLabel } from './sealed-link.ts';

export type LinkState = 'open' | 'used-up' | 'expired' | EndedWhy;

/** A link as those see it who may end it. It itself was told once and is nowhere. */
export interface ListedLink {
  readonly id: ResourceId;
  /** Null where it is not theirs to pass on any more. */
  readonly label: string | null;
  readonly own: boolean;
  readonly state: LinkState;
  readonly guarded: boolean;
  readonly files: number;
  readonly madeAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
  /** How often it may be opened and was. */
  readonly most: number | null;
  readonly opened: number;
  readonly firstAt: Date | null;
  readonly lastAt: Date | null;
}

export class Links {
  readonly #parts: LinkParts;

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  /** As `makeLink`. */
  make(visit: Visit, order: LinkOrder): Promise<MadeLink> {
    return makeLink(this.#parts, visit, order);
  }

  /** One's own of a chart, and those of others where one sees the chart's access lines; the newest first. */
  async list(visit: Visit, chartId: ChartId): Promise<ListedLink[]> {
    const { context, clock } = this.#parts;
    const rows = await inVisit(context, visit, async (tx, current) => {
      const found = await listLinks(tx, chartId);
      const entries = found.map(({ id }): LineEntry => [chartId, 'Link', id, null]);
      await appendLine(tx as never, lineOf(current, 'list-links', entries));
      return found;
    });
    return Promise.all(
      rows.map(async (row): Promise<ListedLink> => {
        const { id, guarded, most, opened, files } = row;
        return {
          id,
          label: await openLabel(context, visit, row),
          own: row.account_id === visit.scope.accountId,
          state: stateOf(row, clock.now()),
          guarded,
          files,
          madeAt: row.made_at,
          expiresAt: row.expires_at,
          endedAt: row.ended_at,
          most,
          opened,
          firstAt: row.first_at,
          lastAt: row.last_at,
        };
      }),
    );
  }

  /** Ends it at once, on every server. Throws not-found where there is none that is theirs to end. */
  async revoke(visit: Visit, text: string): Promise<void> {
    const id = parseId<ResourceId>(text);
    if (id === null) throw notFound();
    const isEnded = await inVisit(this.#parts.context, visit, async (tx, current) => {
      const chartId = await revokeLink(tx, id);
      if (chartId === null) return false;
      await appendLine(tx as never, lineOf(current, 'link-end', [[chartId, 'Link', id, null]]));
      return true;
    });
    if (isEnded) return;
    await this.#parts.store.noteRefusal(visit, 'link-end', [{ type: 'Link', id }]);
    throw notFound();
  }

  /** As `openLink`; for nobody's session. */
  open(address: string, opening: Opening): Promise<Opened> {
    return openLink(this.#parts, address, opening);
  }

  /** As `openPlace`; for nobody's session. */
  place(ticket: string, address: string): Promise<AsyncGenerator<Buffer, void, void>> {
    return openPlace(this.#parts, ticket, address);
  }

  /** Who opened a link, of a line that says so, as they said; for whoever was given the line. */
  async recipientOf(line: LineOfLink): Promise<string | null> {
    if (line.action !== 'link-open' || line.detail === null) return null;
    const keys = await this.#parts.keychain.of(line.practice);
    return openRecipient(keys, line.id, Buffer.from(line.detail, 'base64'));
  }

  /** Removes what links that are over have in the store; answers how many files. */
  async sweep(): Promise<number> {
    const swept = await sweepLinks(this.#parts.context.pool);
    for (const { practiceId, blobs } of swept) {
      await this.#parts.files.drop(
        practiceId,
        blobs.map((name) => ({ name })),
      );
    }
    return swept.length;
  }
}

export interface LineOfLink {
  readonly id: string;
  readonly practice: PracticeId;
  readonly action: string;
  /** Sealed, in base64. */
  readonly detail: string | null;
}

async function sweepLinks(pool: Pool): Promise<{ practiceId: PracticeId; blobs: BlobId[] }[]> {
  const { rows } = await pool.query<{ practice_id: PracticeId; blobs: BlobId[] }>(
    'select s.practice_id, s.blobs from postern.link_sweep() s',
  );
  return rows.map(({ practice_id: practiceId, blobs }) => ({ practiceId, blobs }));
}

function stateOf(
  row: {
    readonly ended_why: EndedWhy | null;
    readonly expires_at: Date;
    readonly most: number | null;
    readonly opened: number;
    readonly account_id: AccountId;
  },
  now: Date,
): LinkState {
  if (row.ended_why !== null) return row.ended_why;
  if (row.expires_at <= now) return 'expired';
  return row.most !== null && row.opened >= row.most ? 'used-up' : 'open';
}
