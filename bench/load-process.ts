/**
 * The load generator, in a process of its own: connections that each keep one request under way over a raw
 * socket, so that the generator costs little beside what it measures. Takes jobs from its parent.
 */
import { connect, type Socket } from 'node:net';
import type { Job, JobResult } from './load.ts';

const HEAD_END = Buffer.from('\r\n\r\n');

class Connection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #answer: { resolve(status: number): void; reject(error: Error): void } | null = null;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#socket.on('error', (error) => this.#answer?.reject(error));
    this.#socket.on('close', () => this.#answer?.reject(new Error('The server closed the connection.')));
  }

  ask(request: Buffer): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#answer = { resolve, reject };
    this.#socket.write(request);
    return promise;
  }

  end(): void {
    this.#answer = null;
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf(HEAD_END);
    if (end < 0) return;
    const head = this.#received.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
    const whole = end + HEAD_END.length + length;
    if (this.#received.length < whole) return;
    this.#received = this.#received.subarray(whole);
    const answer = this.#answer;
    this.#answer = null;
    answer?.resolve(Number(head.slice(9, 12)));
  }
}

function written({ method, path, headers, body }: Job['requests'][number], port: number): Buffer {
  const fields = { host: `127.0.0.1:${port}`, ...headers };
  const content = Buffer.from(body ?? '');
  const lines = Object.entries(body === undefined ? fields : { ...fields, 'content-length': content.length });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${head}\r\n`), content]);
}

async function run({ port, connections, seconds, requests }: Job): Promise<JobResult> {
  const texts = requests.map((request) => written(request, port));
  const milliseconds: number[] = [];
  const statuses: Record<string, number> = {};
  const started = performance.now();
  const ends = started + seconds * 1000;
  let next = 0;
  const work = async () => {
    const connection = new Connection(port);
    try {
      for (let asked = performance.now(); asked < ends; asked = performance.now()) {
        const status = await connection.ask(texts[next++ % texts.length]!);
        milliseconds.push(performance.now() - asked);
        statuses[status] = (statuses[status] ?? 0) + 1;
      }
    } finally {
      connection.end();
    }
  };
  await Promise.all(Array.from({ length: connections }, work));
  const elapsed = (performance.now() - started) / 1000;
  return { perSecond: milliseconds.length / elapsed, milliseconds, statuses };
}

process.on('message', (job: Job) => {
  run(job).then(
    (result) => process.send!({ result }),
    (error: unknown) => process.send!({ failure: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
