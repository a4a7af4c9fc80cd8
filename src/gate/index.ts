/** The door of the gate. */
export { type AccountDescription, Accounts } from './accounts.ts';
export { Gate, type GateParts, type NewSession } from './gate.ts';
export { type GrantLine, Grants, type NewGrant, openReason } from './grants.ts';
export { INSTALLATION, Keychain } from './keychain.ts';
export { SERVING_LOCK } from './notices.ts';
export { holdsPatient, practiceOfGrant } from './operator-look-up.ts';
export type { Verdict } from './refusals.ts';
export {
  allowedSections,
  isRole,
  ROLES,
  type Role,
  type RoleName,
  roleOf,
  SYSTEM_ROLES,
  type SystemRole,
} from './roles.ts';
export { isScope, type Scope, type Visit } from './scope.ts';
export {
  isAssured,
  type Method,
  type Narrowing,
  OPERATOR_TERMS,
  type SessionTerms,
} from './session-terms.ts';
