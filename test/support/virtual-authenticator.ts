/**
 * An authenticator of the browser's own (https://www.w3.org/TR/webauthn-3/#sctn-automation): ceremonies run as
 * with a device that somebody touches, down to the signature. It belongs to one page, wherever that goes.
 */
import type { CDPSession, Page } from 'playwright-core';

export interface VirtualAuthenticator {
  /** How many passkeys it holds. */
  count(): Promise<number>;
  /** Whether whoever sits there touches it and is known to it. */
  beThere(isThere: boolean): Promise<void>;
  /** Loses all that it holds. */
  empty(): Promise<void>;
}

export async function addAuthenticator(page: Page): Promise<VirtualAuthenticator> {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return controls(session, authenticatorId);
}

function controls(session: CDPSession, authenticatorId: string): VirtualAuthenticator {
  return {
    count: async () => {
      const { credentials } = await session.send('WebAuthn.getCredentials', { authenticatorId });
      return credentials.length;
    },
    beThere: async (isThere) => {
      await session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: isThere });
    },
    empty: async () => {
      await session.send('WebAuthn.clearCredentials', { authenticatorId });
    },
  };
}
