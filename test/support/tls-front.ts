/** What stands before Postern in production: it ends TLS and passes everything on. */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { Certificate } from './certificate.ts';

export interface TlsFront {
  readonly port: number;
  close(): Promise<void>;
}

export async function openTlsFront(
  behind: number,
  certificate: Certificate,
  options: https.ServerOptions = {},
): Promise<TlsFront> {
  const agent = new http.Agent({ keepAlive: true });
  const front = https.createServer({ ...certificate, ...options }, (request, response) => {
    const { method, url, headers } = request;
    const passed = { ...headers, 'x-forwarded-for': request.socket.remoteAddress ?? '' };
    const on = http.request({ port: behind, method, path: url, headers: passed, agent }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    on.on('error', () => response.destroy());
    request.pipe(on);
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  return {
    port: (front.address() as { port: number }).port,
    close: async () => {
      agent.destroy();
      front.closeAllConnections();
      front.close();
      await once(front, 'close');
    },
  };
}
