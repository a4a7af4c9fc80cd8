/**
 * Apps that the operator registered, as the owner of a practice sees them: how many of its people let them
 * in and what they may, but not who; and closed to the practice, where the owner wants that.
 */

import { notFound, PosternError } from '../base/errors.ts';
import type { PracticeId } from '../base/ids.ts';
import { askInSession } from '../db/index.ts';
import type { Visit } from '../gate/index.ts';
import { appendLine } from '../ledger/index.ts';
import type { PracticeKeys } from '../seal/index.ts';
import { type AppRequestParts, assertOwner, ownersLine } from './app-requests.ts';
import { type Wanted, wanted, words } from './asked-scopes.ts';
import { type Client, placeOfClient } from './clients.ts';
import { type Allowed, placeOfScope } from './consents.ts';
import { openJson } from './sealing.ts';

export interface OperatorApp {
  readonly client: Client;
  /** Null while people of the practice may let it in. */
  readonly closedAt: Date | null;
  /** People who work throughout the practice. */
  readonly staff: number;
  /** Patients and who acts for them; null for fewer than five, who are not counted. */
  readonly others: number | null;
  /** What anybody allowed, of the two hundred who let it in last. */
  readonly may: readonly Wanted[];
  /** Whether anybody allowed what is especially protected. */
  readonly sensitive: boolean;
}

interface Row {
  client_id: string;
  key_version: number;
  sealed: Buffer;
  closed_at: Date | null;
  staff: number;
  others: number | null;
  consents: string[];
  scope_key_versions: number[];
  scopes: Buffer[];
}

/** Those that somebody let in, or that are closed; the newest first. Authority: `administer`. */
export async function operatorApps(parts: AppRequestParts, visit: Visit): Promise<OperatorApp[]> {
  assertOwner(visit);
  const { practiceId, handle } = visit.scope;
  const { rows } = await askInSession<Row>(
    parts.server,
    handle,
    `select a.client_id, a.key_version, a.sealed, a.closed_at, a.staff, a.others, a.consents,
       a.scope_key_versions, a.scopes
     from postern.app_clients_let_in() a`,
    [],
  );
  const installation = await parts.keychain.installation();
  const keys = await parts.keychain.of(practiceId);
  return rows.map((row) => {
    const stored = { keyVersion: row.key_version, sealed: row.sealed };
    const client = openJson<Client>(installation, placeOfClient(row.client_id), stored);
    return { client, closedAt: row.closed_at, ...allowedIn(keys, practiceId, row), ...countsOf(row) };
  });
}

const countsOf = ({ staff, others }: Row) => ({ staff, others });

function allowedIn(keys: PracticeKeys, practiceId: PracticeId, row: Row) {
  const allowed = row.consents.flatMap((consentId, at) => {
    const stored = { keyVersion: row.scope_key_versions[at]!, sealed: row.scopes[at]! };
    try {
      return [openJson<Allowed>(keys, placeOfScope(practiceId, consentId), stored)];
    } catch (error) {
      // A row that none of us wrote allows nothing.
      if (error instanceof PosternError && error.code === 'damaged') return [];
      throw error;
    }
  });
  const every = [...new Set(allowed.flatMap(({ scope }) => words(scope)))];
  return { may: wanted(every), sensitive: allowed.some(({ sensitive }) => sensitive) };
}

/**
 * Closes one to the practice, with everything that its people let it have, at once; or lets them decide
 * again, which takes a fresh touch. Authority: `administer`. Throws not-found for what is none of the
 * operator's, or is so already.
 */
export async function closeOperatorApp(
  { gate }: AppRequestParts,
  visit: Visit,
  clientId: string,
  closed: boolean,
): Promise<void> {
  assertOwner(visit);
  if (!/^[\w-]+$/.test(clientId)) throw notFound();
  if (!closed) await gate.assertFresh(visit);
  await gate.grants.within(visit, async (tx, current) => {
    assertOwner(current);
    const action = closed ? 'client-close' : 'client-open';
    await appendLine(tx as never, ownersLine(current, action, [[null, 'Client', clientId, null]]));
    const { rows } = await tx.query<{ done: boolean }>(
      `select postern.${closed ? 'app_client_close' : 'app_client_reopen'}($1) as done`,
      [clientId],
    );
    if (rows[0]?.done !== true) throw notFound();
  });
}
