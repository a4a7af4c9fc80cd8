/** The doors put together: what a server needs of them. */
import { BrowserSessions } from '../base/browser-sessions.ts';
import type { Route } from '../base/exchange.ts';
import type { Visit } from '../gate/index.ts';
import { LineWriter } from '../ledger/index.ts';
import type { Post } from '../post/index.ts';
import { OwnAddresses } from './addresses/own-addresses.ts';
import { addressRoutes } from './addresses/routes.ts';
import { AccountFactors } from './factors/account-factors.ts';
import { Codes } from './factors/codes.ts';
import { FactorStore } from './factors/factor-store.ts';
import { Passkeys } from './factors/passkeys.ts';
import { factorRoutes } from './factors/routes.ts';
import { InvitationDesk } from './invitations/invitation-desk.ts';
import { Invited } from './invitations/invited.ts';
import type { Records } from './invitations/patient-facts.ts';
import { invitationRoutes } from './invitations/routes.ts';
import { Failures } from './limits/failures.ts';
import { Limits } from './limits/limits.ts';
import type { DoorParts } from './parts.ts';
import { Recoveries } from './recovery/recoveries.ts';
import { recoveryRoutes } from './recovery/routes.ts';
import { waitingRecoveries } from './recovery/waiting-recoveries.ts';
import { Devices } from './sessions/devices.ts';
import { OwnSessions } from './sessions/own-sessions.ts';
import { ownSessionRoutes } from './sessions/routes.ts';
import { Touch } from './sessions/touch.ts';
import { Arrivals } from './signing-in/arrivals.ts';
import { PassphraseDoor } from './signing-in/passphrase-door.ts';
import { signingInRoutes } from './signing-in/routes.ts';
import { Tickets } from './signing-in/tickets.ts';
import { singleSignOnRoutes } from './single-sign-on/routes.ts';
import { SingleSignOn } from './single-sign-on/single-sign-on.ts';

export interface Doors {
  /** Asks people in, on behalf of who may. */
  readonly desk: InvitationDesk;
  readonly routes: readonly Route<Visit>[];
  readonly arrivals: Arrivals;
  readonly passkeys: Passkeys;
  readonly factors: FactorStore;
  readonly tickets: Tickets;
  readonly limits: Limits;
  /** Writes the lines that wait. */
  close(): Promise<void>;
}

/** What the doors need of the rest of a server. */
export interface Surroundings {
  readonly post: Post;
  readonly records: Records;
}

/** The desk's side of invitations alone, for a command. */
export function openInvitationDesk(parts: DoorParts & Surroundings): InvitationDesk {
  return new InvitationDesk({ ...parts, store: new FactorStore(parts) });
}

export function openDoors(parts: DoorParts & Surroundings): Doors {
  const { gate, server, publicUrl } = parts;
  const browsers = new BrowserSessions(publicUrl);
  const lines = new LineWriter({ pool: server });
  const store = new FactorStore(parts);
  const tickets = new Tickets(parts);
  const limits = new Limits(parts);
  const devices = new Devices(parts);
  const passkeys = new Passkeys(parts, store, tickets);
  const codes = new Codes(parts, store, tickets);
  const arrivals = new Arrivals({ ...parts, browsers, devices });
  const failures = new Failures({ ...parts, limits, lines });
  const inner = { ...parts, failures, store, passkeys, codes, tickets, limits, devices, arrivals, lines };
  const passphraseDoor = new PassphraseDoor(inner);
  const sessions = new OwnSessions(inner);
  const touch = new Touch({ ...inner, passphraseDoor });
  const desk = new InvitationDesk(inner);
  const invited = new Invited({ ...inner, desk });
  const singleSignOn = new SingleSignOn({ ...inner, browsers });
  const practiceName = async ({ scope }: Visit) => {
    const practices = await gate.accounts.practicesOf(scope.accountId);
    return practices.find(({ practiceId }) => practiceId === scope.practiceId)?.name ?? '';
  };
  return {
    routes: [
      ...signingInRoutes({ browsers, passkeys, passphraseDoor, arrivals, limits, failures }),
      ...addressRoutes(new OwnAddresses(inner)),
      ...factorRoutes(new AccountFactors({ ...inner, passphraseDoor }), practiceName),
      ...recoveryRoutes(browsers, new Recoveries(inner), (visit) => waitingRecoveries(inner, visit)),
      ...invitationRoutes({ browsers, desk, invited }),
      ...ownSessionRoutes({ gate, browsers, sessions, touch, arrivals }),
      ...singleSignOnRoutes({ gate, browsers, publicUrl, singleSignOn }),
    ],
    desk,
    arrivals,
    passkeys,
    factors: store,
    tickets,
    limits,
    close: async () => {
      await failures.close();
      await lines.close();
    },
  };
}
