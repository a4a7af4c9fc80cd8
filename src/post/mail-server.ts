/**
 * The mail server that `POSTERN_SMTP_URL` names. Beyond this machine nothing goes out without TLS: either
 * from the start (`smtps:`), or by STARTTLS, with a certificate that holds; a server without is refused.
 */
import { PosternError } from '../base/errors.ts';
import { isLoopback } from '../base/loopback.ts';

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** Without its brackets; the same for the same mail. */
  readonly messageId: string;
}

const PATIENCE_MS = 30_000;

/**
 * Hands a mail over; it is the server's once this resolves. Throws `unavailable`, without anybody's address
 * in it, where it was not taken.
 */
export async function sendMail(smtpUrl: string, mail: Mail): Promise<void> {
  // Loaded by the first mail: most commands send none.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport(transportOptions(smtpUrl));
  try {
    await transport.sendMail({
      ...mail,
      to: [...mail.to],
      messageId: `<${mail.messageId}>`,
      headers: { 'auto-submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  } catch (error) {
    throw explained(error);
  } finally {
    transport.close();
  }
}

export function transportOptions(smtpUrl: string) {
  const { protocol, hostname, port, username, password } = new URL(smtpUrl);
  const secure = protocol === 'smtps:';
  const host = hostname.replace(/^\[|\]$/g, '');
  const user = decodeURIComponent(username);
  return {
    host,
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: !secure && !isLoopback(hostname),
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(password) } }),
    connectionTimeout: PATIENCE_MS,
    greetingTimeout: PATIENCE_MS,
    socketTimeout: 2 * PATIENCE_MS,
  };
}

/** What a mail server answers may name people; its code does not. */
function explained(error: unknown): PosternError {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const said = [code, responseCode].filter((each) => typeof each === 'string' || typeof each === 'number');
  const why = said.length === 0 ? '' : ` (${said.join(' ')})`;
  return new PosternError('unavailable', `The mail server did not take the mail${why}.`);
}
