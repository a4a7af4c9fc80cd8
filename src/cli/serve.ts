/** `postern serve`: opens the database, brings it up to date, and serves until it is told to stop. */
import { PosternError } from '../base/errors.ts';
import { type Database, migrate, openDatabase } from '../db/index.ts';
import type { Command } from './command.ts';
import { untilStopped } from './stop-signal.ts';

export const serve: Command = {
  summary: 'Starts the server',
  positionals: '',
  options: {
    demo: { type: 'boolean', help: 'with the two demo practices and sign-in links of their people' },
  },
  run: async ({ configuration, say }) => {
    const stopped = untilStopped();
    const database = await openDatabase(configuration);
    try {
      await migrate(database.owner, { serverRole: database.serverRole });
      say(`Database open (${database.kind}).`);
      await Promise.race([stopped, whenLost(database)]);
    } finally {
      await database.close();
    }
  },
};

/** An embedded PostgreSQL that ends under a running server takes the server with it. */
export async function whenLost(database: Database): Promise<never> {
  await database.ended;
  throw new PosternError('unavailable', 'PostgreSQL ended while the server ran; its log says why.');
}

/** One sentence for an address that cannot be listened on; anything else comes back as it was. */
export function explainListen(error: unknown, host: string, port: number): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new PosternError(
        'conflict',
        `Port ${port} is taken; stop what listens there, or set POSTERN_PORT to another.`,
        { cause: error },
      );
    case 'EACCES':
      return new PosternError(
        'not-configured',
        `Port ${port} may only be opened by root; set POSTERN_PORT.`,
        {
          cause: error,
        },
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new PosternError('not-configured', `${host} is no address of this machine; set POSTERN_HOST.`, {
        cause: error,
      });
    default:
      return error;
  }
}
