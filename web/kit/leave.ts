/** Leaving: signing out, locking, and finding that the session is over. Nothing of it stays in the page. */
import { practiceHere, signOut } from '../client/index.ts';

/** Why the person stands at the door: they left, they were away, or the session ended meanwhile. */
export type Reason = 'out' | 'idle' | 'ended';

const CHANNEL = 'postern';

interface Told {
  readonly left: Reason;
}

/** The door's address, with the page and the practice to come back to. */
export function doorAddress(reason: Reason, from: string, practice: string | null): string {
  const query = new URLSearchParams({ why: reason });
  if (reason !== 'out' && returnAddress(from) !== null) query.set('return', from);
  if (reason !== 'out' && practice !== null) query.set('practice', practice);
  return `/signin?${query}`;
}

/** An address within the apps, and nothing else: not another site, however it is written. */
export function returnAddress(text: string | null): string | null {
  if (text === null || !/^\/(portal|desk|account|oauth\/interaction)(\/[\w./?=&%-]*)?$/.test(text))
    return null;
  return text.includes('//') || text.includes('..') ? null : text;
}

/**
 * Goes to the door by loading it anew, so that nothing that was shown stays in memory; other pages of the
 * same browser follow. The server has dropped the keys before, where it could be reached.
 */
export async function leave(reason: Reason, tell = true): Promise<void> {
  if (tell) {
    if (reason !== 'ended') await signOut().catch(() => undefined);
    const channel = new BroadcastChannel(CHANNEL);
    channel.postMessage({ left: reason } satisfies Told);
    channel.close();
  }
  location.replace(doorAddress(reason, location.pathname + location.search, practiceHere()));
}

/** Follows when another page of this browser leaves. The function that is returned stops it. */
export function followLeaving(): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }: MessageEvent<Partial<Told>>) => {
    if (data.left !== undefined) void leave(data.left, false);
  };
  return () => channel.close();
}

/** A page that the browser kept alive and shows again, after "back", asks the server anew. */
export function reloadWhenRestored(): void {
  addEventListener('pageshow', (event) => {
    if (event.persisted) location.reload();
  });
}
