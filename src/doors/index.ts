/** The door of the doors' room. */
export { type Doors, openDoors, openInvitationDesk } from './doors.ts';
export { type FactorStore, hasWayIn } from './factors/factor-store.ts';
export type { Holder, Passkeys } from './factors/passkeys.ts';
export { type RelyingParty, relyingPartyOf } from './factors/relying-party.ts';
export type { BirthDates, FamilyParts, SharingParts } from './families/family-parts.ts';
export { type GrantMailParts, tellOfGrants } from './families/grant-mails.ts';
export { type GrownUp, growUp } from './families/growing-up.ts';
export { familyRoutes } from './families/routes.ts';
export type { InvitationDesk } from './invitations/invitation-desk.ts';
export type { Records } from './invitations/patient-facts.ts';
export { LIMITS, type LimitName, type Limits, ofNetwork, type Subject } from './limits/limits.ts';
export type { DoorAction } from './lines.ts';
export type { DoorParts } from './parts.ts';
export type { Arrival, Arrivals } from './signing-in/arrivals.ts';
export type { Claims, TicketPurpose, Tickets } from './signing-in/tickets.ts';
export {
  logoutAddressOf,
  type Provider,
  returnAddressOf,
  toldOf as providerTold,
} from './single-sign-on/provider-terms.ts';
export { Providers } from './single-sign-on/providers.ts';
