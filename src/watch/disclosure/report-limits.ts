/**
 * How many reports one network address may send: five at once, and one more every two minutes. An address may
 * be a whole office, so nobody behind it waits longer than that; what a flood from many addresses may fill is
 * limited where reports are kept.
 */
import { isIPv6 } from 'node:net';
import type { Clock } from '../../base/clock.ts';

const AT_ONCE = 5;
const REFILL_MS = 120_000;
/** Addresses that are remembered; beyond it those that have been quiet longest are forgotten. */
const REMEMBERED = 10_000;

export class ReportLimits {
  readonly #clock: Clock;
  /** When all that an address has sent will be forgotten, in the order of their last reports. */
  readonly #until = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Seconds to wait before the next report; 0 where it may come now. */
  waitSeconds(address: string): number {
    const ahead = this.#ahead(networkOf(address)) - (AT_ONCE - 1) * REFILL_MS;
    return Math.max(0, Math.ceil(ahead / 1000));
  }

  /** Counts a report. */
  note(address: string): void {
    const network = networkOf(address);
    const until = this.#clock.now().getTime() + this.#ahead(network) + REFILL_MS;
    this.#until.delete(network);
    this.#until.set(network, until);
    if (this.#until.size > REMEMBERED) this.#until.delete(this.#until.keys().next().value!);
  }

  #ahead(network: string): number {
    return Math.max(0, (this.#until.get(network) ?? 0) - this.#clock.now().getTime());
  }
}

/** One household or office has a whole /64 of IPv6 (RFC 6177). */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%')[0]!.split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after.length);
  const all = [...groups, ...Array<string>(missing).fill('0'), ...after];
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
