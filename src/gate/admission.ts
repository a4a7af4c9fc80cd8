/**
 * Admission: from a session's row and grants to a scope. Everything that the database says is checked against
 * its MAC before it counts; what is found is signed and handed back as the session's reach.
 */
import type { Pool } from 'pg';
import type { Clock } from '../base/clock.ts';
import type { AccountId, ChartId, GrantId, PracticeId, SessionHash } from '../base/ids.ts';
import type { PracticeKeys, ReachSigner } from '../seal/index.ts';
import { isGenuineGrant, isGenuineSession } from './credentials.ts';
import { extentOf, type HeldRole, narrowedExtent, reachKeys } from './extent.ts';
import { AppReach, typeKeys } from './narrowing.ts';
import { isRole, isSystemRole, roleOf } from './roles.ts';
import { mintScope, type Scope } from './scope.ts';
import { isAssured, readTerms } from './session-terms.ts';

interface AdmittedGrant {
  grant: GrantId;
  role: string;
  chart: ChartId | null;
  sections: number;
  starts: number;
  ends: number | null;
  under: GrantId[];
  mac: string;
}

interface AdmittedSession {
  account: AccountId;
  system: string | null;
  purpose: string;
  client: string | null;
  opened: number;
  expires: number;
  terms: string;
  mac: string;
  version: number;
  now: number;
  grants: AdmittedGrant[];
}

export interface AdmissionParts {
  readonly server: Pool;
  readonly clock: Clock;
  readonly practiceKeys: PracticeKeys;
  readonly signer: ReachSigner;
  /** Told of a row whose MAC does not hold. */
  onForged(practiceId: PracticeId, accountId: AccountId, sessionHash: SessionHash): Promise<void>;
}

const ATTEMPTS = 3;

/** The scope of a session; null where it is unknown, over, or not what its MAC says. */
export async function admitSession(
  parts: AdmissionParts,
  practiceId: PracticeId,
  sessionHash: SessionHash,
): Promise<Scope | null> {
  // A change of grants between reading them and signing makes the reach void: then once more.
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const session = await readSession(parts, practiceId, sessionHash);
    if (session === null) return null;
    const scope = await openReach(parts, practiceId, sessionHash, session);
    if (scope !== null) return scope;
  }
  return null;
}

async function readSession(
  { server, practiceKeys, onForged }: AdmissionParts,
  practiceId: PracticeId,
  sessionHash: SessionHash,
): Promise<AdmittedSession | null> {
  const { rows } = await server.query<{ session: AdmittedSession | null }>({
    name: 'session-admit',
    text: 'select postern.session_admit($1, $2) as session',
    values: [practiceId, Buffer.from(sessionHash, 'hex')],
  });
  const session = rows[0]?.session ?? null;
  if (session === null) return null;
  const claim = {
    practiceId,
    sessionHash,
    accountId: session.account,
    systemRole: session.system,
    purpose: session.purpose,
    client: session.client,
    expires: session.expires,
    terms: session.terms,
  };
  if (isGenuineSession(practiceKeys, claim, Buffer.from(session.mac, 'hex'))) return session;
  await onForged(practiceId, session.account, sessionHash);
  return null;
}

async function openReach(
  parts: AdmissionParts,
  practiceId: PracticeId,
  sessionHash: SessionHash,
  session: AdmittedSession,
): Promise<Scope | null> {
  const { server, clock, practiceKeys, signer } = parts;
  const terms = readTerms(session.terms);
  const { held, changes } = isAssured(terms)
    ? await heldRoles(parts, practiceId, sessionHash, session)
    : { held: [], changes: [] };
  const until = Math.min(session.expires, ...changes);
  const app = terms.narrowing === null ? null : new AppReach(terms.narrowing);
  const whole = extentOf(held);
  const extent = app === null ? whole : narrowedExtent(whole, app);
  const system = session.system !== null;
  // The log is for people, since it names what an app does not reach; and so is who acts for whom.
  const holds = (right: 'seesLines' | 'keepsFamilies') =>
    app === null && held.some(({ role }) => roleOf(role)[right] === true);
  const [seesLines, keepsFamilies] = [holds('seesLines'), holds('keepsFamilies')];
  const payload = JSON.stringify({
    practice: practiceId,
    session: sessionHash,
    account: session.account,
    version: session.version,
    expires: until,
    keys: reachKeys(practiceId, session.account, extent, { system, seesLines, keepsFamilies }),
    ...(app === null ? {} : { types: typeKeys(practiceId, app) }),
  });
  const signature = signer.sign(payload);
  const { rows } = await server.query<{ opened: boolean }>({
    name: 'reach-open',
    text: 'select postern.reach_open($1, $2) as opened',
    values: [payload, signature],
  });
  if (rows[0]?.opened !== true) return null;
  return mintScope({
    practiceId,
    sessionHash,
    accountId: session.account,
    roles: [...new Set(held.map(({ role }) => role))],
    system,
    seesLines,
    purpose: session.purpose,
    client: session.client,
    terms,
    app,
    handle: handleOf(practiceId, sessionHash, signature, app),
    extent,
    // The database's clock and ours may differ: what counts is how long it is from now.
    openedAt: new Date(clock.now().getTime() - (session.now - session.opened) * 1000),
    until: new Date(clock.now().getTime() + (until - session.now) * 1000),
    clock,
    practiceKeys,
  });
}

/** As the generated column of 0022-narrowing.sql has it. */
function handleOf(
  practiceId: PracticeId,
  sessionHash: SessionHash,
  signature: Buffer,
  app: AppReach | null,
): string {
  const epoch = signature.subarray(0, 8).toString('hex');
  return `${practiceId}/${sessionHash}/${epoch}${app === null ? '' : '/n'}`;
}

/** The roles whose grants are genuine and in force, and the instants at which that changes by itself. */
async function heldRoles(
  { practiceKeys, onForged }: AdmissionParts,
  practiceId: PracticeId,
  sessionHash: SessionHash,
  session: AdmittedSession,
): Promise<{ held: HeldRole[]; changes: number[] }> {
  if (session.system !== null) {
    const { system } = session;
    return {
      held: isSystemRole(system) ? [{ role: system, chartId: null, sections: null }] : [],
      changes: [],
    };
  }
  const held: HeldRole[] = [];
  const changes: number[] = [];
  for (const grant of session.grants) {
    const claim = {
      practiceId,
      grantId: grant.grant,
      accountId: session.account,
      role: grant.role,
      chartId: grant.chart,
      sections: grant.sections,
      starts: grant.starts,
      ends: grant.ends,
      givenUnder: grant.under,
    };
    const genuine = isGenuineGrant(practiceKeys, claim, Buffer.from(grant.mac, 'hex'));
    if (!genuine || !isRole(grant.role)) {
      await onForged(practiceId, session.account, sessionHash);
      continue;
    }
    if (grant.starts > session.now) {
      changes.push(grant.starts);
      continue;
    }
    if (grant.ends !== null) changes.push(grant.ends);
    held.push({ role: grant.role, chartId: grant.chart, sections: grant.sections });
  }
  return { held, changes };
}
