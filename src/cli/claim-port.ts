/** Finds out whether the server can listen, before anything is made that takes time. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { atPort, type Configuration } from '../base/configuration.ts';
import { PosternError } from '../base/errors.ts';
import { explainListen } from '../http/index.ts';
import { runningServer } from './running-server.ts';

/**
 * The configuration with the port that is free, which is another where port 0 leaves the choice to the
 * system. Throws `conflict` or `not-configured` where nothing can listen there.
 */
export async function claimPort(configuration: Configuration): Promise<Configuration> {
  const { host, port, dataFolder } = configuration;
  const server = createServer();
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (error) {
    const running = await runningServer(dataFolder);
    if (running === null) throw explainListen(error, host, port);
    throw new PosternError(
      'conflict',
      `Postern serves this data already, at ${running.publicUrl} (process ${running.pid}); stop it, or set ` +
        'POSTERN_DATA and POSTERN_PORT for a second one.',
      { cause: error },
    );
  }
  const found = server.address();
  server.close();
  await once(server, 'close');
  return typeof found === 'object' && found !== null ? atPort(configuration, found.port) : configuration;
}
