/** Recoveries as their rows hold them: opened, and what follows from how far they have come. */
import { notFound, PosternError } from '../../base/errors.ts';
import type { AccountId } from '../../base/ids.ts';
import { administers, INSTALLATION, keepsFamilies, type Visit } from '../../gate/index.ts';
import type { DoorParts } from '../parts.ts';
import { openRecovery, type RecoveryContent } from './sealed-recovery.ts';

export interface Recovery {
  readonly accountId: AccountId;
  readonly recoveryId: string;
  readonly version: number;
  readonly expires: Date;
  readonly content: RecoveryContent;
}

export interface RecoveryRow {
  readonly recovery_id: string;
  readonly version: number;
  readonly expires_at: Date;
  readonly sealed: Buffer;
}

/** In which whoever it belongs to can stop it, where the mailbox was not shown. */
export const WAIT_SECONDS = 24 * 3600;

/** Null for a row that nobody of us made, which opens an incident. */
export async function openedRow(
  { server, keychain }: Pick<DoorParts, 'server' | 'keychain'>,
  accountId: AccountId,
  row: RecoveryRow,
): Promise<Recovery | null> {
  const place = { accountId, recoveryId: row.recovery_id, version: row.version };
  try {
    const content = openRecovery(await keychain.installation(), place, row.sealed);
    return { ...place, expires: row.expires_at, content };
  } catch (error) {
    if (!(error instanceof PosternError) || error.code !== 'damaged') throw error;
    await server.query('select postern.incident_open($1, $2, $3, null, null)', [
      INSTALLATION,
      'key-ring',
      accountId,
    ]);
    return null;
  }
}

/** When the code works, in seconds since 1970; null before anybody has seen them. */
export function readyAt({ seen, mailedAt }: RecoveryContent): number | null {
  if (seen === null) return null;
  return mailedAt === null ? seen.at + WAIT_SECONDS : seen.at;
}

/** Throws not-found for whoever keeps neither families nor staff, and for apps. */
export function assertKeeps({ scope }: Visit): void {
  if (scope.client !== null || !(administers(scope) || keepsFamilies(scope))) throw notFound();
}
