/**
 * A PostgreSQL of somebody else's, reached by URL through a line that a test can cut: what a network or a
 * stopped database does to a server.
 */
import { once } from 'node:events';
import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { startFleeting } from '../../src/db/index.ts';

export interface ExternalDatabase {
  /** As an operator puts it into POSTERN_DATABASE_URL. */
  readonly url: string;
  /** Runs a statement as the administrator of the cluster, whether the line is cut or not. */
  administer<Row extends object>(statement: string): Promise<Row[]>;
  /** Ends every connection and takes none, until `mend`. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  close(): Promise<void>;
}

const [OWNER, PASSWORD] = ['clinic', 'a-password-of-some-length'];

/** The folder is made, and removed with the cluster. */
export async function externalDatabase(folder: string): Promise<ExternalDatabase> {
  const { place, stop } = await startFleeting(folder, { loopback: true });
  const administer = async <Row extends object>(statement: string, database = 'postgres') => {
    const { host, port, passwords } = place;
    const client = new pg.Client({ host, port, user: 'postgres', database, password: passwords.superuser });
    await client.connect();
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  };
  await administer(`create role ${OWNER} login createrole password '${PASSWORD}'`);
  await administer(`create database ${OWNER} owner ${OWNER}`);
  const line = await openLine(place.port);
  return {
    url: `postgres://${OWNER}:${PASSWORD}@127.0.0.1:${line.port}/${OWNER}`,
    administer: (statement) => administer(statement, OWNER),
    cut: line.cut,
    mend: line.mend,
    close: async () => {
      await line.cut();
      await stop();
    },
  };
}

/** A port of this machine that leads to another, until it is cut. */
export interface Line {
  readonly port: number;
  cut(): Promise<void>;
  mend(): Promise<void>;
}

export async function openLine(to: number): Promise<Line> {
  const sockets = new Set<Socket>();
  const carry = (near: Socket) => {
    const far = dial(to, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  };
  let server: Server = createServer(carry);
  const listen = async (port: number) => {
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return (server.address() as { port: number }).port;
  };
  const port = await listen(0);
  return {
    port,
    cut: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.resetAndDestroy();
      await closed;
    },
    mend: async () => {
      server = createServer(carry);
      await listen(port);
    },
  };
}
