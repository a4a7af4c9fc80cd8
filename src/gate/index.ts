/** The door of the gate. */
export { isEmail, normalEmail } from './account-rows.ts';
export { type AccountDescription, Accounts } from './accounts.ts';
export type { Address, TellAddresses } from './addresses.ts';
export { type AppScope, type Interaction, parseAppScope, printAppScope, readGranted } from './app-scope.ts';
export { shownAt } from './freshness.ts';
export { Gate, type GateParts, type NewSession } from './gate.ts';
export { type GrantReviews, tieKey } from './grant-reviews.ts';
export { type GrantLine, isStanding, openReason } from './grant-rows.ts';
export { administers, type GrantTerms, keepsFamilies, mayEnd, mayInvite } from './grant-rules.ts';
export { type ChangedGrant, type GrantChange, Grants, type LeavingStep, type NewGrant } from './grants.ts';
export {
  type FoundInvitation,
  type Invitation,
  type InvitationState,
  type MadeCode,
  type NewInvitation,
  noMore,
} from './invitation-rows.ts';
export { Invitations } from './invitations.ts';
export { INSTALLATION, Keychain } from './keychain.ts';
export { type AppReach, SENSITIVE_SCOPE } from './narrowing.ts';
export { SERVING_LOCK } from './notices.ts';
export type { FoundOffer, NewOffer, Offers, StandingOffer } from './offers.ts';
export { holdsPatient, practiceOfGrant } from './operator-look-up.ts';
export type { RuleSubject, RulesOfPractices, StandingRules } from './practice-rules.ts';
export type { PracticeSettings, SettingsOfPractices, StandingSettings } from './practice-settings.ts';
export type { Verdict } from './refusals.ts';
export {
  allowedSections,
  type FamilyRole,
  isAtHome,
  isFamilyRole,
  isRole,
  ROLES,
  type Role,
  type RoleName,
  roleOf,
  SYSTEM_ROLES,
  type SystemRole,
} from './roles.ts';
export { isScope, type Scope, type Visit } from './scope.ts';
export type { InvitationContent, InvitationWay } from './sealed-invitation.ts';
export type { EndReason } from './session-ends.ts';
export {
  isAssured,
  type Method,
  type Narrowing,
  OPERATOR_TERMS,
  type SessionTerms,
} from './session-terms.ts';
