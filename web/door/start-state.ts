/** How the door is found: what the address says before anybody knows who comes. */
import { invitationCodeOf, takeCode } from './signin-link.ts';

/** Looks of the door that need no answer of the server. */
export const LOOKS = ['arrival', 'ready', 'idle', 'out', 'ended', 'invited', 'asked'] as const;

export interface Start {
  readonly look: (typeof LOOKS)[number];
  /** The one-time code of a link that was opened. */
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
  const code = takeCode(location, history);
  if (code !== null) return { look: 'ready', code };
  const why = new URLSearchParams(location.search).get('why');
  if (why === null) return { look: 'arrival', code };
  return { look: IN_ADDRESS.find((each) => each === why) ?? 'ended', code };
}
