/**
 * Signing in by the practice's identity provider, and joining its account to one's own. What a provider says
 * opens a session in the practice that trusts it, and in no other.
 */
import type { BrowserSessions } from '../../base/browser-sessions.ts';
import { notFound, PosternError } from '../../base/errors.ts';
import { type Answer, headerOf, type RoutedRequest } from '../../base/exchange.ts';
import type { AccountId, PracticeId, SessionHash } from '../../base/ids.ts';
import { networkOf } from '../../base/network.ts';
import type { Transaction } from '../../db/index.ts';
import { isAssured, type Visit } from '../../gate/index.ts';
import type { Post } from '../../post/index.ts';
import { secretTokenHash } from '../../seal/index.ts';
import { ownerOf } from '../factors/account-factors.ts';
import { type FactorStore, hasWayIn } from '../factors/factor-store.ts';
import type { Failures } from '../limits/failures.ts';
import { type Limits, ofNetwork } from '../limits/limits.ts';
import { type Lines, ownLine } from '../lines.ts';
import type { DoorParts } from '../parts.ts';
import { nameOfBrowser } from '../sessions/browser-name.ts';
import type { Devices } from '../sessions/devices.ts';
import type { Arrivals } from '../signing-in/arrivals.ts';
import type { Tickets } from '../signing-in/tickets.ts';
import { takeLogout } from './back-channel.ts';
import { Identities, type Subject } from './identities.ts';
import { endProviderRoles, followProvider } from './mapped-roles.ts';
import { ProviderSessions, type Vouched } from './provider-sessions.ts';
import { type Provider, returnAddressOf, rolesOf } from './provider-terms.ts';
import { Providers } from './providers.ts';
import { type Claims, type Flow, RelyingSide } from './relying-side.ts';
import type { Trouble } from './trouble-page.ts';

export interface SingleSignOnParts extends DoorParts {
  readonly browsers: BrowserSessions;
  readonly tickets: Tickets;
  readonly limits: Limits;
  readonly lines: Lines;
  readonly failures: Failures;
  readonly devices: Devices;
  readonly arrivals: Arrivals;
  readonly store: FactorStore;
  readonly post: Pick<Post, 'enqueue'>;
}

/** Whom a provider no longer knows is out after this, whatever else stands. */
const SESSION_SECONDS = 4 * 3600;
type OwnVouched = Vouched & { readonly subject: string };

/** To sign in at the provider. */
export const FLOW_SECONDS = 600;

/** What a browser carries to the provider and back, sealed. */
interface Carried extends Flow {
  readonly practice: PracticeId;
  readonly provider: string;
  readonly issuer: string;
  /** The session that the browser had, which ends. */
  readonly earlier: string | null;
  readonly device: string | null;
  /** The session that joins the provider's account to its own; null where somebody signs in. */
  readonly joining: SessionHash | null;
}

export interface Begun {
  readonly to: string;
  readonly ticket: string;
}

interface Arrived {
  /** Null where the browser keeps the session that it has. */
  readonly token: string | null;
  readonly device: string | null;
}

interface Turned {
  readonly trouble: Trouble;
  /** Whom the browser tried to be, where that is known. */
  readonly accountId: AccountId | null;
}

export type Finished = Arrived | Pick<Turned, 'trouble'>;

export class SingleSignOn {
  readonly providers: Providers;
  readonly #parts: SingleSignOnParts;
  readonly #identities: Identities;
  readonly #relying: RelyingSide;
  readonly #sessions: ProviderSessions;

  constructor(parts: SingleSignOnParts) {
    this.#parts = parts;
    this.providers = new Providers(parts);
    this.#identities = new Identities(parts);
    this.#relying = new RelyingSide(parts.publicUrl);
    this.#sessions = new ProviderSessions(parts);
    parts.gate.grants.whenLeaving(async (tx, _visit, accountId) => {
      await tx.query('select postern.staff_identities_end($1)', [accountId]);
    });
  }

  returnAddress(slug: string, provider: string): string {
    return returnAddressOf(this.#parts.publicUrl, slug, provider);
  }

  /** Sends a browser to the provider; null where the practice has none of that name. */
  async begin(request: RoutedRequest, slug: string, id: string | null): Promise<Begun | null> {
    const { limits, browsers } = this.#parts;
    await limits.take([{ limit: 'single-sign-on', of: networkOf(request.address) }]);
    const practiceId = await this.#practiceOf(slug);
    const provider = practiceId === null ? null : await this.#provider(practiceId, id);
    if (practiceId === null || provider === null) return null;
    const earlier = browsers.tokenOf(request);
    return this.#send(request, provider, { slug, practiceId, earlier, joining: null });
  }

  /**
   * What somebody who works there may join their account to, also before they have shown who they are; and to
   * how many accounts it is joined.
   */
  async describe(visit: Visit): Promise<object> {
    const accountId = ownerOf(visit);
    const { practiceId } = visit.scope;
    const { rows } = await this.#parts.server.query<{ works: boolean }>(
      'select postern.account_works($1, $2) as works',
      [practiceId, accountId],
    );
    const { providers } = rows[0]?.works === true ? await this.providers.of(practiceId) : { providers: [] };
    return {
      providers: providers.map(({ id, name }) => ({ id, name })),
      joined: await this.#identities.countOf(practiceId, accountId),
    };
  }

  /**
   * Sends whoever is signed in to the provider, to join its account to theirs. Takes a touch; somebody who
   * was let in by a link and has no way in yet has nothing to touch. Throws `step-up`, not-found.
   */
  async beginJoining(request: RoutedRequest, visit: Visit, id: string | null): Promise<Begun> {
    const { gate, store } = this.#parts;
    const accountId = ownerOf(visit);
    const { practiceId, sessionHash, terms } = visit.scope;
    const bare = !hasWayIn(await store.of(accountId));
    const alone = bare && (await this.#identities.countOf(practiceId, accountId)) === 0;
    if (isAssured(terms) || !alone) await gate.assertFresh(visit);
    const provider = await this.#provider(practiceId, id);
    const slug = await this.#slugOf(practiceId);
    if (provider === null || slug === null) throw notFound();
    return this.#send(request, provider, { slug, practiceId, earlier: null, joining: sessionHash });
  }

  /**
   * Takes apart what was joined, in this practice, with a touch, and ends the roles that the provider gave.
   * They end first: whatever happens in between, nothing stays that no provider can take back. Its sessions
   * end by their time. Throws not-found where nothing is joined.
   */
  async part(visit: Visit): Promise<void> {
    const { gate, lines } = this.#parts;
    const accountId = ownerOf(visit);
    const { practiceId } = visit.scope;
    if ((await this.#identities.countOf(practiceId, accountId)) === 0) throw notFound();
    await gate.assertFresh(visit);
    const mapped = await this.#identities.mappedTo(practiceId, accountId);
    await endProviderRoles(this.#parts, practiceId, accountId, mapped);
    await gate.asJob(practiceId, 'system-setup', 'single-sign-on', (job) =>
      gate.grants.within(job, async (tx) => {
        await tx.query('select postern.staff_identities_end($1)', [accountId]);
        await this.#tell(tx, 'factor-removed', accountId);
      }),
    );
    await lines.write(ownLine(visit, 'factor-remove', ['StaffIdentity', accountId]));
  }

  /** Takes a browser back from the provider. Whatever is wrong is one answer; only outages are told apart. */
  async finish(request: RoutedRequest, ticket: string | null): Promise<Finished> {
    const { limits, tickets, failures } = this.#parts;
    const subjects = [ofNetwork(request.address)];
    await limits.take(subjects);
    const carried = ticket === null ? null : await tickets.read('single-sign-on', ticket);
    const taken = carried !== null && ticket !== null && (await tickets.use(ticket, carried));
    const finished = taken ? await this.#arrive(request, carried as unknown as Carried) : refused(null);
    if (!('trouble' in finished)) {
      await limits.give(subjects);
      return finished;
    }
    if (finished.trouble === 'unavailable') await limits.give(subjects);
    else await failures.note(finished.accountId, 'single-sign-on', request.address);
    return { trouble: finished.trouble };
  }

  async #arrive(request: RoutedRequest, carried: Carried): Promise<Arrived | Turned> {
    const { practice: practiceId, issuer } = carried;
    const { slug = '', provider: id = '' } = request.params;
    const provider = await this.#provider(practiceId, carried.provider);
    const same = provider !== null && provider.issuer === issuer && id === carried.provider;
    if (!same || slug !== (await this.#slugOf(practiceId))) return refused(null);
    const returned = new URL(`${this.returnAddress(slug, id)}?${request.query}`);
    const claims = await this.#ask(provider, returned, carried);
    if (claims === null || claims === 'unavailable') {
      return claims === null ? refused(null) : { trouble: 'unavailable', accountId: null };
    }
    const subject: Subject = { practiceId, issuer, subject: claims.sub };
    const vouched = vouchedIn(issuer, claims);
    if (carried.joining !== null) return this.#join(request, carried, carried.joining, subject, vouched);
    const identity = await this.#identities.find(subject);
    if (identity === null) return { trouble: 'unknown', accountId: null };
    const { accountId } = identity;
    if (!(await this.#parts.arrivals.isWelcome(accountId))) return refused(accountId);
    if (provider.roleClaim !== null || identity.mapped.length > 0) {
      await followProvider(this.#parts, this.#identities, identity, rolesOf(provider, claims));
    }
    return this.#open(request, carried, accountId, vouched);
  }

  /** The provider says that somebody signed out there. */
  takeLogout(request: RoutedRequest): Promise<Answer> {
    const find = async (slug: string, id: string) => {
      const practiceId = await this.#practiceOf(slug);
      const provider = practiceId === null ? null : await this.#provider(practiceId, id);
      return practiceId === null || provider === null ? null : { practiceId, provider };
    };
    return takeLogout({ ...this.#parts, relying: this.#relying, sessions: this.#sessions, find }, request);
  }

  async #ask(provider: Provider, returned: URL, flow: Flow): Promise<Claims | null | 'unavailable'> {
    try {
      return await this.#relying.finish(provider, returned, flow);
    } catch (error) {
      if (error instanceof PosternError && error.code === 'unavailable') return 'unavailable';
      throw error;
    }
  }

  /** Joined to the account of the session that asked, as long as that is live. */
  async #join(
    request: RoutedRequest,
    carried: Carried,
    joining: SessionHash,
    subject: Subject,
    vouched: OwnVouched,
  ) {
    const { gate, lines } = this.#parts;
    const visit = await gate.visitOfJob(subject.practiceId, joining);
    if (visit === null) return refused(null);
    const accountId = ownerOf(visit);
    const bound = await this.#identities.bind(subject, accountId, (tx) =>
      this.#tell(tx, 'factor-added', accountId),
    );
    if (!bound && (await this.#identities.find(subject))?.accountId !== accountId) return refused(accountId);
    if (bound) {
      const told = { ...visit, address: request.address };
      await lines.write(ownLine(told, 'factor-add', ['StaffIdentity', carried.provider]));
    }
    if (isAssured(visit.scope.terms)) return { token: null, device: null };
    // Whoever was let in by a link has now shown who they are.
    const opened = await this.#open(request, carried, accountId, vouched);
    await gate.endSession(visit, 'replaced');
    return opened;
  }

  async #open(
    request: RoutedRequest,
    { practice, earlier, device: secret }: Carried,
    accountId: AccountId,
    vouched: OwnVouched,
  ) {
    const { gate, devices, clock } = this.#parts;
    const practices = await gate.accounts.practicesOf(accountId);
    if (!practices.some(({ practiceId }) => practiceId === practice)) {
      return { trouble: 'no-role' as const, accountId };
    }
    const note = { ...nameOfBrowser(headerOf(request, 'user-agent')), network: networkOf(request.address) };
    const device = await devices.note(accountId, secret, note);
    const token = await gate.openSession({
      practiceId: practice,
      accountId,
      purpose: 'single-sign-on',
      client: null,
      address: request.address,
      terms: { methods: ['single-sign-on'], device: device.hash, narrowing: null },
      ttlSeconds: SESSION_SECONDS,
    });
    const until = new Date(clock.now().getTime() + SESSION_SECONDS * 1000);
    await this.#sessions.note(practice, secretTokenHash(token) as SessionHash, vouched, until);
    if (earlier !== null) await gate.endSession(earlier, 'replaced');
    return { token, device: device.secret };
  }

  async #send(
    request: RoutedRequest,
    provider: Provider,
    whose: { slug: string; practiceId: PracticeId; earlier: string | null; joining: SessionHash | null },
  ): Promise<Begun> {
    const { tickets, browsers } = this.#parts;
    const { slug, practiceId, earlier, joining } = whose;
    const { to, flow } = await this.#relying.begin(provider, this.returnAddress(slug, provider.id));
    const carried: Carried = {
      ...flow,
      practice: practiceId,
      provider: provider.id,
      issuer: provider.issuer,
      earlier,
      device: browsers.deviceOf(request),
      joining,
    };
    return { to, ticket: await tickets.make('single-sign-on', { ...carried }, FLOW_SECONDS) };
  }

  #tell(tx: Transaction, kind: 'factor-added' | 'factor-removed', accountId: AccountId): Promise<unknown> {
    const { post, clock } = this.#parts;
    const facts = { factor: 'single-sign-on', at: clock.now() } as const;
    return post.enqueue(tx as never, { kind, facts, to: { accountId } });
  }

  /** The one of that id, or the first. */
  async #provider(practiceId: PracticeId, id: string | null): Promise<Provider | null> {
    const { providers } = await this.providers.of(practiceId);
    return (id === null ? providers[0] : providers.find((each) => each.id === id)) ?? null;
  }

  async #practiceOf(slug: string): Promise<PracticeId | null> {
    // It may hold anything, and PostgreSQL takes no NUL.
    if (!/^[\w-]+$/.test(slug)) return null;
    const { rows } = await this.#parts.server.query<{ practice_id: PracticeId }>(
      'select p.practice_id from postern.practices() p where p.slug = $1',
      [slug],
    );
    return rows[0]?.practice_id ?? null;
  }

  async #slugOf(practiceId: PracticeId): Promise<string | null> {
    const { rows } = await this.#parts.server.query<{ slug: string }>(
      'select p.slug from postern.practices() p where p.practice_id = $1',
      [practiceId],
    );
    return rows[0]?.slug ?? null;
  }
}

function vouchedIn(issuer: string, { sub, sid }: Claims): OwnVouched {
  return { issuer, subject: sub, session: typeof sid === 'string' && sid !== '' ? sid : null };
}

function refused(accountId: AccountId | null): Turned {
  return { trouble: 'refused', accountId };
}
