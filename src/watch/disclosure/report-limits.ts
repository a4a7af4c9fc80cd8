/**
 * How many reports one network address may send: five at once, and one more every two minutes. An address may
 * be a whole office, so nobody behind it waits longer than that; what a flood from many addresses may fill is
 * limited where reports are kept.
 */
import type { Clock } from '../../base/clock.ts';
import { networkOf } from '../../base/network.ts';

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
