/**
 * A running server for `prove` to attack: over a socket, with a gate of its own, as the command beside a
 * server has one, and a front before it that may do what a careless proxy does.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { loadDefinitions } from '../../src/chart/index.ts';
import { Gate } from '../../src/gate/index.ts';
import { ledgerTicket, logKeysOf, Sequencer } from '../../src/ledger/index.ts';
import { type ProveParts, type ProveReport, prove } from '../../src/watch/index.ts';
import { freePort } from './free-port.ts';
import { type OpeningOf, type ServedPractices, servePractices } from './served-practices.ts';

export interface ProvingGround {
  readonly served: ServedPractices;
  /** The address of the front. */
  readonly origin: string;
  readonly parts: ProveParts;
  readonly sequencer: Sequencer;
  readonly logFolder: string;
  /** What the front does to headers of answers, by lower-case name; nothing where it is null. */
  meddle: ((headers: http.IncomingHttpHeaders) => void) | null;
  prove(options?: { types?: readonly string[]; signal?: AbortSignal }): Promise<ProveReport>;
  close(): Promise<void>;
}

/** Of each kind of owner, so that a run takes a second or two. */
export const FEW_TYPES = ['Patient', 'Observation', 'Practitioner'];

export async function provingGround(options: { opening?: OpeningOf } = {}): Promise<ProvingGround> {
  const [port, frontPort] = [await freePort(), await freePort()];
  const origin = `http://127.0.0.1:${frontPort}`;
  const served = await servePractices({ publicUrl: origin, port, ...options });
  await served.gate.listen(served.database.serverConnection);
  await served.server.listen();
  const logFolder = await mkdtemp(join(tmpdir(), 'postern-proving-'));
  const { database, keychain, store } = served;
  const sequencer = new Sequencer({
    pool: database.server,
    directory: logFolder,
    keysOf: async (practiceId) => logKeysOf(await keychain.of(practiceId)),
    ticketOf: async (practiceId) => ledgerTicket(await keychain.reachSigner(), practiceId, new Date()),
    onError: () => undefined,
  });
  const gate = new Gate({ server: database.server, keychain, clock: systemClock });
  const parts: ProveParts = {
    owner: database.owner,
    database,
    keychain,
    gate,
    store,
    definitions: await loadDefinitions(),
    sequencer,
    logFolder,
    clock: systemClock,
    edition: '',
    publicUrl: origin,
  };
  sequencer.start();
  const ground: { meddle: ProvingGround['meddle'] } = { meddle: null };
  const front = await openFront(frontPort, port, (headers) => ground.meddle?.(headers));
  return Object.assign(ground, {
    served,
    origin,
    parts,
    sequencer,
    logFolder,
    prove: (options: { types?: readonly string[]; signal?: AbortSignal } = {}) =>
      prove(parts, {
        url: new URL(origin),
        signal: options.signal ?? new AbortController().signal,
        types: options.types ?? FEW_TYPES,
      }),
    close: async () => {
      front.closeAllConnections();
      front.close();
      await sequencer.stop();
      await gate.close();
      await served.close();
      await rm(logFolder, { recursive: true, force: true });
    },
  });
}

/** Passes everything on, and lets `change` at the headers of answers. */
async function openFront(
  port: number,
  behind: number,
  change: (headers: http.IncomingHttpHeaders) => void,
): Promise<http.Server> {
  const agent = new http.Agent({ keepAlive: true });
  const front = http.createServer((request, response) => {
    const { method, url, headers } = request;
    const on = http.request({ port: behind, method, path: url, headers, agent }, (answer) => {
      const changed = { ...answer.headers };
      change(changed);
      response.writeHead(answer.statusCode!, changed);
      answer.pipe(response);
    });
    on.on('error', () => response.destroy());
    request.pipe(on);
  });
  front.listen(port, '127.0.0.1');
  await new Promise((resolve) => front.on('listening', resolve));
  return front;
}
