/** What a bucket answers to somebody it does not know. */
import { PosternError } from '../../base/errors.ts';

/** What a stranger may do, or that nobody can tell. */
export type OpenWay = 'list' | 'read' | 'write' | 'elsewhere';

export interface Asked {
  /** What the names in the list begin with. */
  readonly prefix: string;
  /** The name of something that lies there. */
  readonly read: string;
  /** A name under which nothing lies. */
  readonly write: string;
}

const WAIT_MS = 10_000;

/**
 * Asks without a signature and answers with what is open, the worst last. `address` is the bucket's, without
 * a slash at its end. Throws `unavailable` where no answer comes, or one that leaves it open (a failure of
 * the store's own): not to know is not to be sure.
 */
export async function waysOpen(address: string, { prefix, read, write }: Asked): Promise<OpenWay[]> {
  const list = `${address}?list-type=2&max-keys=1&prefix=${encodeURIComponent(prefix)}`;
  const ways: (OpenWay | null)[] = [
    await ask('read', 'GET', `${address}/${read}`),
    await ask('list', 'GET', list),
    await ask('list', 'GET', `${address}/?max-keys=1`),
    await ask('write', 'PUT', `${address}/${write}`),
  ];
  return [...new Set(ways.filter((way) => way !== null))];
}

async function ask(way: OpenWay, method: string, address: string): Promise<OpenWay | null> {
  const status = await statusOfAnswer(method, address);
  if (status >= 400 && status < 500) return null;
  if (status >= 200 && status < 300) return way;
  if (status >= 300 && status < 400) return 'elsewhere';
  const text = `The store of files fails where a stranger asks (${status}).`;
  throw new PosternError('unavailable', text);
}

async function statusOfAnswer(method: string, address: string): Promise<number> {
  const body = method === 'PUT' ? { body: '' } : {};
  try {
    const answer = await fetch(address, {
      method,
      ...body,
      redirect: 'manual',
      signal: AbortSignal.timeout(WAIT_MS),
    });
    await answer.body?.cancel();
    return answer.status;
  } catch (error) {
    const text = 'The store of files does not answer a stranger, so who may use it is not known.';
    throw new PosternError('unavailable', text, { cause: error });
  }
}
