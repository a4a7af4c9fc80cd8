import { PosternError } from '../base/errors.ts';

/** One sentence for an address that cannot be listened on; anything else comes back as it was. */
export function explainListen(error: unknown, host: string, port: number): unknown {
  const explained = sentence((error as NodeJS.ErrnoException).code, host, port);
  return explained === null ? error : new PosternError(explained.code, explained.text, { cause: error });
}

function sentence(code: string | undefined, host: string, port: number) {
  switch (code) {
    case 'EADDRINUSE':
      return {
        code: 'conflict' as const,
        text: `Port ${port} is taken; stop what listens there, or set POSTERN_PORT to another.`,
      };
    case 'EACCES':
      return {
        code: 'not-configured' as const,
        text: `Port ${port} may only be opened by root; set POSTERN_PORT.`,
      };
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        code: 'not-configured' as const,
        text: `${host} is no address of this machine; set POSTERN_HOST to one that is, as in 127.0.0.1.`,
      };
    default:
      return null;
  }
}
