import { isLoopback } from '../../base/loopback.ts';

/** Whether this is production: whether the address that people use leads beyond this machine. */
export function isProduction(publicUrl: string): boolean {
  return !isLoopback(new URL(publicUrl).hostname);
}
