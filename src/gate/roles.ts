/**
 * The one table: role by section by action. Nothing else in Postern says who may do what; scopes, key
 * rings, the reach that row policies read, and test/authz/decisions.txt are all worked out from it.
 */
import { type Action, maskOf, type Section, type SectionMask } from '../base/section.ts';

/** What a role may do, by action; `own` actions on psychotherapy are for what one wrote oneself. */
interface Rights {
  readonly read?: readonly Section[];
  readonly write?: readonly Section[];
  /** File content: Binary resources. */
  readonly open?: readonly Section[];
  readonly share?: readonly Section[];
  readonly administer?: readonly Section[];
}

export interface Role {
  /** Whether it reaches one chart, named by the grant, or all charts of the practice. */
  readonly spans: 'chart' | 'practice';
  readonly rights: Rights;
  /** What a grant gives that names no sections; all that the role has where this is absent. */
  readonly byDefault?: readonly Section[];
  /** Whether it sees every access line of the practice, and no chart for that. */
  readonly seesLines?: boolean;
  /** Whether it may break glass. */
  readonly clinician?: boolean;
  /** Whether it registers patients, whom it invites, and who acts for them: parents, guardians, carers. */
  readonly keepsFamilies?: boolean;
}

const NOT_CLOSED = ['administrative', 'clinical', 'financial'] as const;
const PATIENT: Rights = {
  read: [...NOT_CLOSED, 'sensitive', 'practice'],
  open: [...NOT_CLOSED, 'sensitive'],
  share: [...NOT_CLOSED, 'sensitive'],
};
/**
 * Of deposits, `write` leaves one, `read` lists those that wait, `open` opens, files and discards them. What
 * is in one is unknown until it is opened, so it takes somebody to whom the sensitive section is open.
 */
const DOCTOR: Rights = {
  read: [...NOT_CLOSED, 'sensitive', 'practice', 'deposit'],
  write: ['administrative', 'clinical', 'sensitive', 'practice'],
  open: ['administrative', 'clinical', 'sensitive', 'practice', 'deposit'],
  share: ['clinical', 'sensitive'],
};
const NURSE: Rights = {
  read: ['administrative', 'clinical', 'practice', 'deposit'],
  write: ['administrative', 'clinical'],
  open: ['administrative', 'clinical', 'practice'],
};

/** Roles that people and programs hold by grants. */
export const ROLES = {
  owner: {
    spans: 'practice',
    rights: {
      read: ['administrative', 'financial', 'practice'],
      write: ['practice'],
      administer: ['practice'],
    },
    keepsFamilies: true,
  },
  dentist: { spans: 'practice', rights: DOCTOR, clinician: true },
  doctor: { spans: 'practice', rights: DOCTOR, clinician: true },
  psychiatrist: {
    spans: 'practice',
    rights: {
      ...DOCTOR,
      read: [...DOCTOR.read!, 'psychotherapy'],
      write: [...DOCTOR.write!, 'psychotherapy'],
      open: [...DOCTOR.open!, 'psychotherapy'],
    },
    clinician: true,
  },
  hygienist: { spans: 'practice', rights: NURSE, clinician: true },
  nurse: { spans: 'practice', rights: NURSE, clinician: true },
  'front-desk': {
    spans: 'practice',
    rights: {
      read: ['administrative', 'financial', 'practice', 'deposit'],
      write: ['administrative', 'practice'],
      open: ['administrative', 'practice'],
    },
    keepsFamilies: true,
  },
  billing: {
    spans: 'practice',
    rights: {
      read: ['administrative', 'financial', 'practice', 'deposit'],
      write: ['financial'],
      open: ['financial'],
    },
  },
  'privacy-officer': { spans: 'practice', rights: { read: ['practice'] }, seesLines: true },
  patient: { spans: 'chart', rights: PATIENT },
  /** The sensitive section is given by name or not at all. */
  proxy: { spans: 'chart', rights: PATIENT, byDefault: [...NOT_CLOSED, 'practice'] },
  /**
   * Registered by the practice. Of a child they are narrowed and end with its age (src/doors/families); the
   * child cannot end them.
   */
  parent: { spans: 'chart', rights: PATIENT },
  guardian: { spans: 'chart', rights: PATIENT, byDefault: [...NOT_CLOSED, 'practice'] },
  /** Looks after somebody: never what is sensitive, and passes nothing on. */
  carer: { spans: 'chart', rights: { read: [...NOT_CLOSED, 'practice'], open: [...NOT_CLOSED] } },
  client: {
    spans: 'chart',
    rights: { read: PATIENT.read!, open: PATIENT.open! },
    byDefault: [...NOT_CLOSED, 'practice'],
  },
  /** A laboratory, pharmacy or payer: it leaves deposits and reads nothing, not even those. */
  partner: { spans: 'practice', rights: { write: ['deposit'] } },
  /** One chart for one hour, with a reason that is logged and alarms; never psychotherapy. */
  'break-glass': {
    spans: 'chart',
    rights: { read: ['clinical', 'sensitive'], open: ['clinical', 'sensitive'] },
  },
} as const satisfies Record<string, Role>;

const EVERY_SECTION: readonly Section[] = [...NOT_CLOSED, 'sensitive', 'practice'];

/** Roles of work without a person. Each is minted for one job and ends with it; there is no superuser. */
export const SYSTEM_ROLES = {
  /**
   * Brings records in, on behalf of whoever wrote them; reads what it needs to place them. Of canary charts
   * it sees that they stand and not what they hold: no scope opens that section.
   */
  'system-import': {
    spans: 'practice',
    rights: { read: [...EVERY_SECTION, 'canary'], write: [...EVERY_SECTION, 'psychotherapy', 'canary'] },
  },
  /** Narrows and ends what parents hold as children grow up; reads when they were born. */
  'system-families': {
    spans: 'practice',
    rights: { read: ['administrative'], administer: ['practice'] },
  },
  /** Sets up people and their grants from the command line; touches no record. */
  'system-setup': { spans: 'practice', rights: { administer: ['practice'] } },
  /** Makes tokens anew and moves resources between sections; opens what it moves, whoever wrote it. */
  'system-upkeep': {
    spans: 'practice',
    rights: {
      read: [...EVERY_SECTION, 'psychotherapy'],
      write: [...EVERY_SECTION, 'psychotherapy'],
      open: [...EVERY_SECTION, 'psychotherapy'],
    },
  },
} as const satisfies Record<string, Role>;

export type RoleName = keyof typeof ROLES;
export type SystemRole = keyof typeof SYSTEM_ROLES;

export function isRole(name: string): name is RoleName {
  return Object.hasOwn(ROLES, name);
}

export function isSystemRole(name: string): name is SystemRole {
  return Object.hasOwn(SYSTEM_ROLES, name);
}

export function roleOf(name: RoleName | SystemRole): Role {
  return isSystemRole(name) ? SYSTEM_ROLES[name] : ROLES[name];
}

export type FamilyRole = 'parent' | 'guardian' | 'carer';

/** Roles that the practice registers, of who acts for a patient. */
export function isFamilyRole(role: string): role is FamilyRole {
  return role === 'parent' || role === 'guardian' || role === 'carer';
}

/** Whoever comes for a record of their own or of somebody they act for, and not to work here. */
export function isAtHome(role: string): boolean {
  return role === 'patient' || role === 'proxy' || isFamilyRole(role);
}

/** The sections on which a role allows an action. */
export function allowedSections(role: Role, action: Action): SectionMask {
  return maskOf(...(role.rights[action] ?? []));
}
