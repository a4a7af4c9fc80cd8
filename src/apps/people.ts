/**
 * Which resource stands for whoever is signed in (`fhirUser` of SMART App Launch 2.2): a patient's own
 * Patient; the RelatedPerson of who acts for one and the Practitioner of who works here, once the practice
 * has said which that is. Nobody says it of themselves, and it opens nothing.
 */
import { notFound, PosternError } from '../base/errors.ts';
import { type AccountId, type ChartId, type GrantId, type LineId, newId, parseId } from '../base/ids.ts';
import type { ChartStore } from '../chart/index.ts';
import { askInSession } from '../db/index.ts';
import { administers, type Gate, isAtHome, isStanding, keepsFamilies, type Visit } from '../gate/index.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { openJson, type RowPlace, sealJson } from './sealing.ts';

export interface PeopleParts {
  readonly authorization: Pick<AuthorizationServer, 'publicUrl' | 'clock' | 'room'>;
  readonly gate: Gate;
  readonly store: ChartStore;
}

type PersonType = 'Practitioner' | 'RelatedPerson';

/** What stands for an account: throughout the practice, or for the patient of one chart. */
interface Place {
  readonly accountId: AccountId;
  readonly type: PersonType;
  /** Null for a Practitioner. */
  readonly chartId: ChartId | null;
}

/**
 * The address of the resource that stands for the visitor, for whom an app asks about that patient; null
 * where there is none, or they may not read it.
 */
export async function fhirUserOf(
  parts: PeopleParts,
  visit: Visit,
  chartId: ChartId | null,
): Promise<string | null> {
  const { publicUrl } = parts.authorization;
  const own = await ownCharts(parts.gate, visit);
  const { accountId, roles } = visit.scope;
  const patient = (chart: ChartId) => `${publicUrl}/fhir/Patient/${chart}`;
  if (chartId !== null && own.has(chartId)) return patient(chartId);
  const places: Place[] = [];
  if (chartId !== null) places.push({ accountId, type: 'RelatedPerson', chartId });
  if (roles.some((role) => !isAtHome(role))) places.push({ accountId, type: 'Practitioner', chartId: null });
  for (const place of places) {
    const id = await linked(parts, visit, place);
    const { type } = place;
    if (id !== null && (await standing(parts, visit, type, id)) !== null)
      return `${publicUrl}/fhir/${type}/${id}`;
  }
  const [first] = own;
  return first === undefined ? null : patient(first);
}

/** Charts of which the account is the patient; it acts for the patients of the others. */
export async function ownCharts(gate: Gate, visit: Visit): Promise<ReadonlySet<ChartId>> {
  if (!visit.scope.roles.includes('patient')) return new Set();
  const grants = await gate.grantsOf(visit, visit.scope.accountId);
  const live = grants.filter(({ role, endedAt }) => role === 'patient' && endedAt === null);
  return new Set(live.flatMap(({ chartId }) => chartId ?? []));
}

/**
 * Says which Practitioner somebody is who works here, or, with null, none. Authority: `administer`, and a
 * touch. Throws not-found for who does not work here and for a Practitioner who is not there.
 */
export async function sayPractitioner(
  parts: PeopleParts,
  visit: Visit,
  account: string,
  id: string | null,
): Promise<void> {
  const { gate, authorization } = parts;
  const accountId = parseId<AccountId>(account);
  if (!inPerson(visit) || !administers(visit.scope) || accountId === null) throw notFound();
  const now = authorization.clock.now();
  const held = await gate.grants.ofAccount(visit, accountId);
  if (!held.some((grant) => grant.chartId === null && isStanding(grant, now))) throw notFound();
  await gate.assertFresh(visit);
  if (id !== null && (await standing(parts, visit, 'Practitioner', id)) === null) {
    throw notFound({ refused: [{ type: 'Practitioner', id }] });
  }
  await say(parts, visit, { accountId, type: 'Practitioner', chartId: null }, id);
}

/**
 * Says which RelatedPerson of a patient somebody is who holds that grant on the chart, or, with null, none.
 * Authority: `administer` or keeping families, and a touch. Throws not-found for a grant that is not on that
 * chart, or a patient's own, and for a RelatedPerson who is not that patient's.
 */
export async function sayRelatedPerson(
  parts: PeopleParts,
  visit: Visit,
  { grant, chart, id }: { readonly grant: string; readonly chart: string; readonly id: string | null },
): Promise<void> {
  const { gate, authorization } = parts;
  const { scope } = visit;
  const [grantId, chartId] = [parseId<GrantId>(grant), parseId<ChartId>(chart)];
  if (!inPerson(visit) || !(administers(scope) || keepsFamilies(scope))) throw notFound();
  if (grantId === null || chartId === null) throw notFound();
  const now = authorization.clock.now();
  const held = (await gate.grants.onChart(visit, chartId)).find((each) => each.grantId === grantId);
  if (held === undefined || held.role === 'patient' || !isStanding(held, now)) throw notFound();
  await gate.assertFresh(visit);
  if (id !== null && (await patientOf(parts, visit, id)) !== `Patient/${chartId}`) {
    throw notFound({ refused: [{ type: 'RelatedPerson', id }] });
  }
  await say(parts, visit, { accountId: held.accountId, type: 'RelatedPerson', chartId }, id);
}

export interface SaidPerson {
  /** An account of who works here; a grant of who acts for a patient. */
  readonly of: string;
  readonly id: string;
}

/** Which Practitioner each is who works here, of whom it was said. Authority: `administer`. */
export async function saidPractitioners(parts: PeopleParts, visit: Visit): Promise<SaidPerson[]> {
  const { gate, authorization } = parts;
  if (!inPerson(visit) || !administers(visit.scope)) throw notFound();
  const now = authorization.clock.now();
  const held = await gate.grants.ofPractice(visit);
  const here = held.filter((grant) => grant.chartId === null && isStanding(grant, now));
  const accounts = [...new Set(here.map(({ accountId }) => accountId))];
  return saidOf(
    parts,
    visit,
    accounts.map((accountId) => [accountId, accountId, null] as const),
  );
}

/**
 * Which RelatedPerson of a patient each is who holds a grant on the chart. Authority: `administer` or keeping
 * families; throws not-found without, and for a chart that is none.
 */
export async function saidRelatedPersons(
  parts: PeopleParts,
  visit: Visit,
  chart: string,
): Promise<SaidPerson[]> {
  const { gate, authorization } = parts;
  const chartId = parseId<ChartId>(chart);
  const keeps = administers(visit.scope) || keepsFamilies(visit.scope);
  if (!inPerson(visit) || !keeps || chartId === null) throw notFound();
  const now = authorization.clock.now();
  const held = (await gate.grants.onChart(visit, chartId)).filter((grant) => isStanding(grant, now));
  const others = held.filter(({ role }) => role !== 'patient');
  return saidOf(
    parts,
    visit,
    others.map(({ grantId, accountId }) => [grantId, accountId, chartId] as const),
  );
}

type Whom = readonly [of: string, accountId: AccountId, chartId: ChartId | null];

async function saidOf(parts: PeopleParts, visit: Visit, whom: readonly Whom[]): Promise<SaidPerson[]> {
  const said: SaidPerson[] = [];
  for (const [of, accountId, chartId] of whom) {
    const type = chartId === null ? 'Practitioner' : 'RelatedPerson';
    const id = await linked(parts, visit, { accountId, type, chartId });
    if (id !== null) said.push({ of, id });
  }
  return said;
}

async function patientOf(parts: PeopleParts, visit: Visit, id: string): Promise<string | null> {
  const resource = await standing(parts, visit, 'RelatedPerson', id);
  const { patient } = (resource ?? {}) as { patient?: { reference?: string } };
  return patient?.reference ?? null;
}

/** The resource as it stands; null where it does not, or not for the visitor. */
async function standing(
  { store }: PeopleParts,
  visit: Visit,
  type: PersonType,
  id: string,
): Promise<object | null> {
  const content = (await store.read(visit, type, id))?.content ?? null;
  return content === null ? null : (JSON.parse(content.bytes().toString()) as object);
}

async function say(parts: PeopleParts, visit: Visit, place: Place, id: string | null): Promise<void> {
  const { server, keychain, lines } = parts.authorization.room;
  const { practiceId, handle, sessionHash, accountId, purpose } = visit.scope;
  const { keyVersion, sealed } = sealJson(await keychain.of(practiceId), placeOf(visit, place), { id });
  const entries = [
    [null, 'Account', place.accountId, null] as const,
    ...(id === null ? [] : [[place.chartId, place.type, id, null] as const]),
  ];
  await lines.write({
    practiceId,
    id: newId<LineId>(),
    sessionHash,
    accountId,
    behalfOf: null,
    purpose,
    action: 'say-person',
    outcome: 'ok',
    client: null,
    address: visit.address,
    entries,
    detail: null,
    bytes: null,
    closes: null,
  });
  await askInSession(server, handle, 'select postern.account_resource_set($1, $2, $3, $4)', [
    place.accountId,
    place.chartId ?? practiceId,
    keyVersion,
    id === null ? null : sealed,
  ]);
}

async function linked(parts: PeopleParts, visit: Visit, place: Place): Promise<string | null> {
  const { server, keychain } = parts.authorization.room;
  const { practiceId, handle } = visit.scope;
  const { rows } = await askInSession<{ key_version: number; sealed: Buffer }>(
    server,
    handle,
    'select r.key_version, r.sealed from postern.account_resource_of($1, $2) r',
    [place.accountId, place.chartId ?? practiceId],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const stored = { keyVersion: row.key_version, sealed: row.sealed };
  try {
    return openJson<{ id: string }>(await keychain.of(practiceId), placeOf(visit, place), stored).id;
  } catch (error) {
    // A row that none of us wrote stands for nobody.
    if (error instanceof PosternError && error.code === 'damaged') return null;
    throw error;
  }
}

function placeOf({ scope }: Visit, { accountId, type, chartId }: Place): RowPlace {
  return ['postern/account-resource/v1', scope.practiceId, accountId, type, chartId ?? ''];
}

function inPerson({ scope }: Visit): boolean {
  return scope.client === null && !scope.system && !scope.terms.methods.includes('app');
}
