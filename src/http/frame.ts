/**
 * From request to answer, whoever carries them: find the route, admit the session, let the route answer, tell
 * errors, count refusals, add the headers that every answer has, and note in the log what failed.
 */
import type { BrowserSessions } from '../base/browser-sessions.ts';
import { notFound, PosternError } from '../base/errors.ts';
import type { Answer, Request, RoutedRequest } from '../base/exchange.ts';
import { networkOf } from '../base/network.ts';
import type { Opening } from '../base/opening.ts';
import { Refusal } from '../base/refusal.ts';
import { errorAnswer } from '../fhir/index.ts';
import { type Gate, isAssured, isAtHome, type Scope, type Visit } from '../gate/index.ts';
import { type Credential, credentialOf } from './credentials.ts';
import type { CrossOrigin } from './cross-origin.ts';
import type { Failures } from './failures.ts';
import type { IdleSessions } from './idle-sessions.ts';
import type { Log } from './log.ts';
import type { Pressure } from './pressure.ts';
import type { Match, Router } from './router.ts';

export interface FrameParts {
  readonly router: Router<Visit>;
  readonly gate: Pick<Gate, 'admit' | 'admitsAtOnce' | 'noteRefusal' | 'waitSeconds'>;
  readonly pressure: Pressure;
  readonly browsers: BrowserSessions;
  readonly idle: IdleSessions;
  readonly opening: Opening;
  readonly securityHeaders: Readonly<Record<string, string>>;
  readonly failures: Failures;
  readonly log: Log;
  /** Whether whoever shows a token may: some work with a proof of their key alone. */
  readonly proofs: Proofs;
  readonly crossOrigin: CrossOrigin;
}

export interface Proofs {
  holds(
    request: Pick<Request, 'method' | 'path' | 'headers'>,
    token: string,
    byProof: boolean,
    scope: Pick<Scope, 'terms'>,
  ): Promise<boolean>;
}

type SessionRoute = Extract<Match<Visit>['route'], { who: 'session' }>;

export class Frame {
  readonly #parts: FrameParts;

  constructor(parts: FrameParts) {
    this.#parts = parts;
  }

  /** The answer, whatever happens: nothing is thrown. */
  async handle(request: Request): Promise<Answer> {
    const { crossOrigin, securityHeaders } = this.#parts;
    const answer = (await crossOrigin.preflight(request)) ?? (await this.#told(request));
    return { ...answer, headers: { ...securityHeaders, ...answer.headers } };
  }

  async #told(request: Request): Promise<Answer> {
    const { router, crossOrigin } = this.#parts;
    const started = performance.now();
    let match: Match<Visit> | null = null;
    let answer: Answer;
    try {
      match = router.match(request.method, request.path);
      answer = await this.#carry(request, match);
    } catch (error) {
      answer = this.#tell(error, request, match, started);
    }
    return { ...answer, headers: { ...(await crossOrigin.fields(request)), ...answer.headers } };
  }

  /** Without a session to ask with, nothing is carried; who says that the server lives takes no place. */
  async #carry(request: Request, { route, params }: Match<Visit>): Promise<Answer> {
    const { pressure, browsers } = this.#parts;
    if (route.who === 'anyone') {
      if (route.light === true) return route.handle({ ...request, params, flow: request.body });
      const asker = { room: route.room ?? 'others', key: networkOf(request.address) };
      const flow = pressure.flowing(request.body);
      return pressure.carry(asker, request.body, (body) => route.handle({ ...request, params, body, flow }));
    }
    const credential = credentialOf(request, browsers.cookie);
    if (credential === null) throw noSession();
    if (credential.from === 'cookie') browsers.assertOwnPage(request);
    const visit = await this.#admit(credential.token, request.address);
    const { token, byProof } = credential;
    if (!(await this.#parts.proofs.holds(request, token, byProof, visit.scope))) throw noSession();
    const asker = { room: 'sessions', key: visit.scope.sessionHash } as const;
    const flow = pressure.flowing(request.body);
    return pressure.carry(asker, request.body, (body) =>
      this.#answer(visit, credential, { ...request, params, body, flow }, route),
    );
  }

  /**
   * Takes a place of those who arrive, not one of the sessions, for a token that has not been seen to be
   * one's.
   */
  async #admit(token: string, address: string): Promise<Visit> {
    const { gate, pressure } = this.#parts;
    // Before the session is admitted: who must wait costs the database nothing.
    const wait = gate.waitSeconds(token);
    if (wait > 0) throw throttled(wait);
    const admit = () => gate.admit(token, address);
    const arrival = { room: 'arrivals', key: networkOf(address) } as const;
    const visit = gate.admitsAtOnce(token) ? await admit() : await pressure.hold(arrival, admit);
    if (visit === null) throw noSession();
    return visit;
  }

  async #answer(
    visit: Visit,
    { token, from }: Credential,
    routed: RoutedRequest,
    route: SessionRoute,
  ): Promise<Answer> {
    const { idle, opening } = this.#parts;
    if (from === 'cookie' && !(await idle.use(visit.scope))) throw noSession();
    if (isTreated(visit.scope) && !(await opening.letsIn(visit.scope.practiceId))) throw stillClosed();
    try {
      assertForApps(visit.scope, route.path);
      assertProved(visit.scope, route.path);
      return await route.handle(routed, visit);
    } catch (error) {
      if (error instanceof PosternError && error.isRefusal) await this.#countRefusal(visit, token);
      throw error;
    }
  }

  /** Hidden and absent count alike. Throws instead of the refusal where there have been too many. */
  async #countRefusal(visit: Visit, token: string): Promise<void> {
    const verdict = await this.#parts.gate.noteRefusal(visit);
    if (verdict === 'locked') throw new PosternError('unauthenticated', 'The session is locked.');
    if (verdict === 'throttled') throw throttled(this.#parts.gate.waitSeconds(token));
  }

  #tell(error: unknown, request: Request, match: Match<Visit> | null, started: number): Answer {
    const answer = errorAnswer(error);
    const entry = {
      method: request.method,
      route: match?.route.path ?? null,
      status: answer.status,
      ms: Math.round(performance.now() - started),
    };
    if (answer.status >= 500) this.#parts.failures.note(entry, error);
    else this.#parts.log.debug(entry, 'request refused');
    if (!(error instanceof Refusal)) return answer;
    return { ...answer, headers: { ...answer.headers, ...error.headers } };
  }
}

function noSession(): PosternError {
  return new PosternError('unauthenticated', 'No live session.');
}

/** What a session that was narrowed for an app is for; the person's own affairs are not among it. */
const FOR_APPS = /^\/(fhir|bulk)(\/|$)/;

function assertForApps({ terms }: Scope, path: string): void {
  if (terms.narrowing !== null && !FOR_APPS.test(path)) throw notFound();
}

/** Where a session gets what it lacks: whose it is, a way to sign in, an invitation taken with one. */
const FOR_BARE = /^\/(session|account|invited)(\/|$)/;

/** Below AAL2 nothing is reached, not even what would be given to the account for later. */
function assertProved({ terms }: Scope, path: string): void {
  if (isAssured(terms) || FOR_BARE.test(path)) return;
  throw new PosternError('step-up', 'Sign in with a passkey, or a passphrase and a code, first.');
}

/**
 * Who is treated, who acts for them, and their apps: to those the portal opens. Whoever has not yet proved
 * enough has no role at all and reaches nothing; staff who were invited make their passkey with such a
 * session.
 */
function isTreated({ roles, terms }: Scope): boolean {
  return isAssured(terms) && roles.every((role) => isAtHome(role) || role === 'client');
}

function stillClosed(): PosternError {
  const text = 'The portal opens when it has been checked. Come back later, or call your practice.';
  return new Refusal('not-open', text, { 'retry-after': '300' });
}

function throttled(waitSeconds: number): PosternError {
  const text = 'Too many requests for what is not there, or not yours. Wait as long as Retry-After says.';
  return new Refusal('throttled', text, { 'retry-after': String(waitSeconds) });
}
