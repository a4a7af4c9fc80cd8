/** What the doors are made of. */
import type { Pool } from 'pg';
import type { Clock } from '../base/clock.ts';
import type { Gate, Keychain } from '../gate/index.ts';

export interface DoorParts {
  /** Connections of the server role. */
  readonly server: Pool;
  readonly keychain: Keychain;
  readonly gate: Gate;
  readonly clock: Clock;
  /** The address people use, without a slash at its end. */
  readonly publicUrl: string;
}

/** Whole seconds since 1970. */
export function secondsOf(clock: Clock): number {
  return Math.floor(clock.now().getTime() / 1000);
}
