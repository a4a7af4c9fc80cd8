/**
 * ClamAV's daemon, asked by its command INSTREAM (clamd(8), "COMMANDS"): pieces with their length before
 * them, an empty one as the end, and one line as the answer. One connection for each file.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import type { ScannerAddress } from '../../base/scanner-address.ts';
import type { Scan, Scanner, Verdict } from './scanner.ts';

export interface ScanLimits {
  /** For reaching the daemon, and for it to take what it was sent. */
  readonly stallSeconds: number;
  /** From the end of the file to the answer; the daemon's own limit is two minutes by default. */
  readonly answerSeconds: number;
}

const USUAL_LIMITS: ScanLimits = { stallSeconds: 30, answerSeconds: 180 };
const LONGEST_ANSWER = 4096;
/** No daemon is set to take less. */
const MUCH_BYTES = 1024 * 1024;
const UNAVAILABLE: Verdict = { state: 'unscanned', why: 'unavailable' };
const TOO_LARGE: Verdict = { state: 'unscanned', why: 'too-large' };

export class ClamAv implements Scanner {
  readonly #address: ScannerAddress;
  readonly #limits: ScanLimits;

  constructor(address: ScannerAddress, limits: ScanLimits = USUAL_LIMITS) {
    this.#address = address;
    this.#limits = limits;
  }

  begin(): Scan {
    const isThere = async () => (await this.#told('PING')) === 'PONG';
    const scan = new ClamAvScan(connectionTo(this.#address), this.#limits, isThere);
    scan.send(Buffer.from('zINSTREAM\0'));
    return scan;
  }

  /** The daemon's own word for its version and its signatures; null where it cannot be reached. */
  async version(): Promise<string | null> {
    return this.#told('VERSION');
  }

  #told(command: string): Promise<string | null> {
    const exchange = new ClamAvScan(connectionTo(this.#address), this.#limits, async () => false);
    exchange.send(Buffer.from(`z${command}\0`));
    return exchange.answer();
  }
}

function connectionTo(address: ScannerAddress): Socket {
  if (address.kind === 'unix') return connect({ path: address.path });
  const { host, port } = address;
  return address.kind === 'tcp' ? connect({ host, port }) : connectTls({ host, port, servername: host });
}

class ClamAvScan implements Scan {
  readonly #socket: Socket;
  readonly #limits: ScanLimits;
  readonly #answered: Promise<string | null>;
  readonly #isThere: () => Promise<boolean>;
  #sent = 0;
  #isOver = false;

  constructor(socket: Socket, limits: ScanLimits, isThere: () => Promise<boolean>) {
    this.#socket = socket;
    this.#limits = limits;
    this.#isThere = isThere;
    this.#answered = answerOf(socket).finally(() => {
      this.#isOver = true;
    });
  }

  async write(piece: Uint8Array): Promise<void> {
    // A daemon that takes no more says so and hangs up. What it said is lost to whoever writes on, so what
    // has come is looked at before each piece.
    await nextTurn();
    // An empty piece would be the end.
    if (this.#isOver || piece.length === 0) return;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(piece.length);
    this.send(length);
    this.#sent += piece.length;
    if (this.send(piece)) return;
    const taken = once(this.#socket, 'drain').catch(() => undefined);
    await this.#within(this.#limits.stallSeconds, Promise.race([taken, this.#answered]));
  }

  async finish(): Promise<Verdict> {
    const hungUp = this.#isOver;
    this.send(Buffer.alloc(4));
    const answer = await this.answer();
    // What it said may be lost all the same; one that hangs up in the middle and is well has had enough.
    const isFull = answer === null && hungUp && this.#sent > MUCH_BYTES && (await this.#isThere());
    if (isFull) return TOO_LARGE;
    return verdictOf(answer);
  }

  abandon(): void {
    this.#socket.destroy();
  }

  /** Whether more may follow at once. */
  send(bytes: Uint8Array): boolean {
    if (this.#isOver || !this.#socket.writable) return true;
    return this.#socket.write(bytes);
  }

  async answer(): Promise<string | null> {
    const answer = await this.#within(this.#limits.answerSeconds, this.#answered);
    this.#socket.destroy();
    return answer;
  }

  /** Gives the daemon up where it lets one wait for longer; how slowly a file comes is not its doing. */
  async #within<T>(seconds: number, awaited: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.#socket.destroy(), seconds * 1000);
    try {
      return await awaited;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What the daemon says until it ends its line; null where it says nothing whole. Never rejects. */
function answerOf(socket: Socket): Promise<string | null> {
  return new Promise((resolve) => {
    let said = '';
    socket.on('data', (piece: Buffer) => {
      said += piece.toString('latin1');
      const end = said.indexOf('\0');
      if (end !== -1) resolve(said.slice(0, end));
      else if (said.length > LONGEST_ANSWER) socket.destroy();
    });
    // It closes the connection of a file that is too large while more is on its way: what it said counts.
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(null));
  });
}

/** The daemon's line: `stream: OK`, `stream: NAME FOUND`, or something that ends with `ERROR`. */
function verdictOf(answer: string | null): Verdict {
  if (answer === null) return UNAVAILABLE;
  if (answer === 'stream: OK') return { state: 'clean' };
  if (answer.startsWith('INSTREAM size limit exceeded')) return TOO_LARGE;
  const name = /^stream: (.{1,200}) FOUND$/.exec(answer)?.[1];
  if (name === undefined) return UNAVAILABLE;
  // Said where `AlertExceedsMax` is on and a part was larger than what the daemon looks into.
  if (name.startsWith('Heuristics.Limits.Exceeded')) return TOO_LARGE;
  return { state: 'infected', name };
}
