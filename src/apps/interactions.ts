/**
 * Asking a person: what an app wants, about whom, and until when; and what comes of the answer. Whoever
 * answers does so in a session of the gate, in the browser in which the app sent them here.
 */
import type { Interaction } from 'oidc-provider';
import { notFound, PosternError } from '../base/errors.ts';
import { type ChartId, newId, parseId } from '../base/ids.ts';
import type { ChartStore, JsonObject } from '../chart/index.ts';
import type { Gate, Visit } from '../gate/index.ts';
import {
  CATEGORIES,
  type Category,
  type Choice,
  chosenScopes,
  isPlain,
  knownScopes,
  needsPatient,
  type Wanted,
  wanted,
  words,
} from './asked-scopes.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import type { Client } from './clients.ts';
import { type Consent, grantName } from './consents.ts';
import { findLaunch, type Launch, takeLaunch } from './launches.ts';
import { fhirUserOf, ownCharts } from './people.ts';
import { ACCESS_SECONDS } from './provider.ts';
import { isRegistered } from './registered-scopes.ts';

export interface InteractionParts {
  readonly authorization: AuthorizationServer;
  readonly gate: Gate;
  readonly store: ChartStore;
}

type Stay = 'hour' | 'session' | 'offline';

/** What the page shows. */
export interface Question {
  readonly client: { readonly name: string; readonly uri: string | null; readonly returnsTo: string };
  readonly wanted: readonly Wanted[];
  /** Whether it asks who the person is. */
  readonly identity: boolean;
  /** How long it wants to stay: for an hour, while the person is signed in, or for as long as they say. */
  readonly stays: Stay;
  /** How long it may stay where the person refuses it that. */
  readonly staysWithout: Stay;
  /** Charts to choose from; null where the app asks for no patient, or the launch says which. */
  readonly patients: readonly { readonly chart: ChartId; readonly own: boolean }[] | null;
  /** Whether any chart of the practice may be named. */
  readonly anyPatient: boolean;
  /** The patient of the launch. */
  readonly patient: ChartId | null;
}

interface Asked {
  readonly interaction: Interaction;
  readonly client: Client;
  readonly scopes: readonly string[];
  readonly launch: Launch | null;
}

const DAYS = [1, 30, 90, 365];
const DAY_SECONDS = 86_400;

/** Throws `not-found` for what nobody asks, or asks of somebody else's browser. */
export async function question(parts: InteractionParts, uid: string, visit: Visit): Promise<Question> {
  const asked = await find(parts, uid, visit);
  const { client, scopes, launch } = asked;
  const { own, charts, anywhere } = await reachOf(parts.gate, visit);
  const asksPatient = needsPatient(scopes) && launch?.chartId == null;
  return {
    client: {
      name: client.name,
      uri: client.uri,
      returnsTo: new URL(String(asked.interaction.params.redirect_uri)).host,
    },
    wanted: wanted(scopes),
    identity: scopes.includes('openid') || scopes.includes('fhirUser'),
    stays: staysOf(scopes),
    staysWithout: staysOf(scopes.filter(isShort)),
    patients: asksPatient ? charts.map((chart) => ({ chart, own: own.has(chart) })) : null,
    anyPatient: asksPatient && anywhere,
    patient: launch?.chartId ?? null,
  };
}

/** Says no: the app is told so. Answers where the browser goes. */
export async function refuse(parts: InteractionParts, uid: string, visit: Visit): Promise<string> {
  const { interaction } = await find(parts, uid, visit);
  return finish(interaction, { error: 'access_denied', error_description: 'The person said no.' });
}

/**
 * Lets the app in, to what was chosen of what it asked: with `days` of 0 without `offline_access`, so that it
 * does not stay. Answers where the browser goes. Throws `invalid` for
 * a choice that is none, `not-found` for a patient who is not the visitor's to share, and `step-up` where an
 * app that stays (`offline_access`) is let in without a touch.
 */
export async function allow(
  parts: InteractionParts,
  uid: string,
  visit: Visit,
  answer: JsonObject,
): Promise<string> {
  const { authorization } = parts;
  const asked = await find(parts, uid, visit);
  const { interaction, client } = asked;
  const scopes = answer.days === 0 ? asked.scopes.filter(isShort) : asked.scopes;
  const records = chosenScopes(scopes, choiceOf(answer));
  const chartId = await patientOf(parts, visit, asked, answer);
  const scope = [...scopes.filter(isPlain), ...records].join(' ');
  if (scope === '') throw new PosternError('invalid', 'Nothing is left of what the app asked for.');
  const endsAt = endOf(parts, visit, scopes, answer);
  // Whoever finds an open browser must not let something in that stays when it is closed.
  if (staysOf(scopes) === 'offline') await parts.gate.assertFresh(visit);
  if (interaction.params.launch !== undefined)
    await takeLaunch(authorization, String(interaction.params.launch));
  const consent: Consent = {
    practiceId: visit.scope.practiceId,
    consentId: newId(),
    accountId: visit.scope.accountId,
    clientId: client.clientId,
    chartId,
    scope,
    left: null,
    clientName: client.name,
    sensitive: answer.sensitive === true,
    fhirUser: await fhirUserOf(parts, visit, chartId),
    endsAt,
  };
  const { sessionHash } = visit.scope;
  await authorization.letIn(consent, {
    endsWith: staysOf(scopes) === 'session' ? sessionHash : null,
    beganIn: staysOf(scopes) === 'offline' ? null : sessionHash,
  });
  const { practiceId, accountId } = consent;
  await authorization.tokens.note('app-consent', { practiceId, client, consent }, visit.scope);
  const provider = await authorization.provider();
  const grant = new provider.Grant({ accountId, clientId: client.clientId });
  grant.jti = grantName(consent);
  grant.addOIDCScope(scopes.filter(isPlain).join(' '));
  grant.addResourceScope(`${authorization.publicUrl}/fhir`, scope);
  // What was left out was not asked, as far as anything that comes after is concerned.
  interaction.params = { ...interaction.params, scope };
  return finish(interaction, {
    login: { accountId, remember: false },
    consent: { grantId: await grant.save() },
  });
}

async function finish(interaction: Interaction, result: object): Promise<string> {
  interaction.result = result as NonNullable<Interaction['result']>;
  await interaction.save(interaction.exp - Math.floor(Date.now() / 1000));
  const { pathname, search } = new URL(interaction.returnTo);
  return `${pathname}${search}`;
}

async function find({ authorization }: InteractionParts, uid: string, { scope }: Visit): Promise<Asked> {
  // An app, or work without a person, lets nobody in.
  if (scope.system || scope.client !== null || scope.terms.methods.includes('app')) throw notFound();
  const provider = await authorization.provider();
  const interaction = await provider.Interaction.find(uid);
  if (interaction === undefined || interaction.result !== undefined) throw notFound();
  const { params } = interaction;
  const client = await authorization.clients.find(String(params.client_id));
  const isHere = await authorization.clients.fitting(scope.practiceId);
  if (client === null || !isHere(client)) throw notFound();
  const text = typeof params.scope === 'string' ? params.scope : '';
  const known = [...words(text).filter(isPlain), ...knownScopes(text, ['patient', 'user'])];
  const scopes = known.filter((word) => isRegistered(client.scopes, word));
  const launch = params.launch === undefined ? null : await findLaunch(authorization, String(params.launch));
  const fits =
    launch === null ||
    (launch.clientId === client.clientId &&
      launch.accountId === scope.accountId &&
      launch.practiceId === scope.practiceId);
  if (!fits || (params.launch !== undefined && launch === null)) throw notFound();
  return { interaction, client, scopes, launch };
}

const isShort = (scope: string) => scope !== 'offline_access';

function staysOf(scopes: readonly string[]): Stay {
  if (scopes.includes('offline_access')) return 'offline';
  return scopes.includes('online_access') ? 'session' : 'hour';
}

function endOf(
  { authorization }: InteractionParts,
  { scope }: Visit,
  scopes: readonly string[],
  { days }: JsonObject,
): Date {
  const now = authorization.clock.now().getTime();
  const stays = staysOf(scopes);
  if (stays === 'hour') return new Date(now + ACCESS_SECONDS * 1000);
  if (stays === 'session') return scope.until;
  if (typeof days !== 'number' || !DAYS.includes(days)) {
    throw new PosternError('invalid', `days must be one of 0, ${DAYS.join(', ')}.`);
  }
  return new Date(now + days * DAY_SECONDS * 1000);
}

/** Throws `invalid` for what is none. */
export function choiceOf({ categories, writes }: JsonObject): Choice {
  const isCategory = (each: unknown): each is Category => CATEGORIES.includes(each as Category);
  if (!Array.isArray(categories) || !categories.every(isCategory) || typeof writes !== 'boolean') {
    throw new PosternError('invalid', 'categories must be a list of categories, and writes true or false.');
  }
  return { categories, writes };
}

/** The chart of the launch, or the one that was chosen: in reach, which a read of its Patient shows. */
async function patientOf(
  { store }: InteractionParts,
  visit: Visit,
  { scopes, launch }: Asked,
  { patient }: JsonObject,
): Promise<ChartId | null> {
  if (launch !== null && launch.chartId !== null) return launch.chartId;
  if (!needsPatient(scopes)) return null;
  const chartId = typeof patient === 'string' ? parseId<ChartId>(patient) : null;
  if (chartId === null) throw new PosternError('invalid', 'patient is missing.');
  const stored = await store.read(visit, 'Patient', chartId);
  if (stored === null) throw notFound({ refused: [{ type: 'Patient', id: chartId }] });
  return chartId;
}

interface PersonReach {
  readonly own: ReadonlySet<ChartId>;
  readonly charts: readonly ChartId[];
  readonly anywhere: boolean;
}

async function reachOf(gate: Gate, visit: Visit): Promise<PersonReach> {
  const { allMask, pairs } = visit.scope.reachable('read');
  const own = await ownCharts(gate, visit);
  const charts = [...pairs.keys()].sort(
    (a, b) => Number(own.has(b)) - Number(own.has(a)) || (a < b ? -1 : 1),
  );
  const anywhere = allMask !== 0 && visit.scope.allows('read', 'administrative', null, null);
  return { own, charts, anywhere };
}
