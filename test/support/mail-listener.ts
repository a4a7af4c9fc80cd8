/** A mail server that listens, keeps what it is given, and can be stopped and started on the same port. */
import { once } from 'node:events';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { freePort } from './served-demo.ts';

export interface KeptMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  /** Whether it came by TLS, and whose name was given with a password. */
  readonly secure: boolean;
  readonly user: string | null;
}

export interface MailListener {
  readonly port: number;
  readonly mails: KeptMail[];
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Plain and without names, unless the options say otherwise. */
export async function mailListener(options: SMTPServerOptions = {}): Promise<MailListener> {
  const port = await freePort();
  const mails: KeptMail[] = [];
  let server: SMTPServer | null = null;
  const make = () =>
    new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      authOptional: true,
      disableReverseLookup: true,
      logger: false,
      ...options,
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => void chunks.push(chunk));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          mails.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            text: Buffer.concat(chunks).toString().replaceAll('=\r\n', ''),
            secure: session.secure,
            user: session.user ?? null,
          });
          if (options.onData === undefined) done();
          else options.onData(stream, session, done);
        });
      },
    });
  return {
    port,
    mails,
    start: async () => {
      server = make();
      server.on('error', () => undefined);
      const listening = server.listen(port, '0.0.0.0');
      await once(listening, 'listening');
    },
    stop: async () => {
      const stopping = server;
      server = null;
      await new Promise<void>((resolve) => (stopping === null ? resolve() : stopping.close(resolve)));
    },
  };
}
