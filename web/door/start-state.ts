/** How the door is found: what the address says before anybody knows who comes. */
import { invitationCodeOf, recoveryTicketOf, takeCode } from './signin-link.ts';

/** Looks of the door that need no answer of the server. */
export const LOOKS = [
  'arrival',
  'ready',
  'idle',
  'out',
  'ended',
  'invited',
  'asked',
  'lost',
  'begin',
  'stop',
  'sign-on',
] as const;

/** Looks of whoever opened a link that goes on with what stands in it. */
export const LOOKS_OF_LINKS: readonly Look[] = ['ready', 'asked', 'begin', 'stop'];

export type Look = (typeof LOOKS)[number];

export interface Start {
  readonly look: Look;
  /** What is behind the `#` of a link that was opened: a one-time code, or the ticket of a recovery. */
  readonly code: string | null;
}

declare global {
  interface Window {
    posternStart?: Start | undefined;
  }
}

/** Read out of the address, which loses its code by it; the same start to whoever asks again. */
export function startHere(): Start {
  window.posternStart ??= read();
  return window.posternStart;
}

/** The code is then in nobody's hands but the app's. */
export function forgetStart(): void {
  window.posternStart = undefined;
}

const IN_ADDRESS = ['idle', 'out', 'ended'] as const;

function read(): Start {
  if (location.pathname === '/invited') {
    const invitation = takeCode(location, history, invitationCodeOf);
    return { look: invitation === null ? 'invited' : 'asked', code: invitation };
  }
  if (location.pathname === '/recovery') {
    const stops = location.hash.startsWith('#stop=');
    const ticket = takeCode(location, history, recoveryTicketOf);
    return { look: ticket === null ? 'lost' : stops ? 'stop' : 'begin', code: ticket };
  }
  const code = takeCode(location, history);
  if (code !== null) return { look: 'ready', code };
  const query = new URLSearchParams(location.search);
  if (query.has('sign-on')) return { look: 'sign-on', code };
  const why = query.get('why');
  if (why === null) return { look: 'arrival', code };
  return { look: IN_ADDRESS.find((each) => each === why) ?? 'ended', code };
}
