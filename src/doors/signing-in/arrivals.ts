/** From a person who has shown who they are to a session in one practice. */
import type { BrowserSessions } from '../../base/browser-sessions.ts';
import { PosternError } from '../../base/errors.ts';
import { type Answer, headerOf, jsonAnswer, type Request } from '../../base/exchange.ts';
import type { AccountId, PracticeId } from '../../base/ids.ts';
import { networkOf } from '../../base/network.ts';
import type { Method, SessionTerms } from '../../gate/index.ts';
import { type Asked, maybeTextIn } from '../json-exchange.ts';
import { type DoorParts, secondsOf } from '../parts.ts';
import { nameOfBrowser } from '../sessions/browser-name.ts';
import type { Devices } from '../sessions/devices.ts';

/** However busy it is, a session ends: NIST SP 800-63B-4 section 5.2 says a day at most. */
export const STAFF_HOURS = 12;
export const PATIENT_HOURS = 24;
/** Time to choose a practice. */
const CHOICE_SECONDS = 300;

export interface Arrival {
  readonly accountId: AccountId;
  readonly terms: SessionTerms;
  /** For which the code that asks for the practice lives. */
  readonly secondsLeft: number;
}

export interface ArrivalParts extends DoorParts {
  readonly browsers: BrowserSessions;
  readonly devices: Devices;
}

export class Arrivals {
  readonly #parts: ArrivalParts;

  constructor(parts: ArrivalParts) {
    this.#parts = parts;
  }

  /** Whether the account may come in at all: it is there, and not disabled. */
  async isWelcome(accountId: AccountId): Promise<boolean> {
    const account = await this.#parts.gate.accounts.describeAccount(accountId);
    return account !== null && !account.disabled;
  }

  /** Who holds a one-time code, which works once. Throws `invalid` for any other text. */
  async byCode(asked: Asked): Promise<Arrival> {
    const { code } = asked;
    if (typeof code !== 'string' || code.length > 512) throw new PosternError('invalid', 'code is missing.');
    const taken = await this.#parts.gate.accounts.takeSigninCode(code);
    if (taken === null) throw noMore();
    return taken;
  }

  /**
   * Answers a sign-in by these methods, whoever checked them: with a session in the practice whose slug is
   * asked for, or in the only one there is; else with a code and the practices to choose from. The device is
   * noted, and its secret given. `invited`: an invitation led here, and its mail has told of it all.
   */
  async byMethods(
    request: Request,
    asked: Asked,
    accountId: AccountId,
    methods: readonly Method[],
    invited = false,
  ): Promise<Answer> {
    const { browsers, devices } = this.#parts;
    const name = nameOfBrowser(headerOf(request, 'user-agent'));
    const note = { ...name, network: networkOf(request.address) };
    const device = await devices.note(accountId, browsers.deviceOf(request), note, invited);
    const shown = { methods, device: device.hash, narrowing: null };
    const terms: SessionTerms = invited ? { ...shown, invited } : shown;
    const arrival = { accountId, terms, secondsLeft: CHOICE_SECONDS };
    const answer = await this.answer(request, asked, arrival);
    return asked.cookie === true ? { ...answer, cookies: [browsers.giveDevice(device.secret)] } : answer;
  }

  /**
   * Opens the session, or asks for the practice. A session that the browser had is over: nobody carries on in
   * what somebody else began. Throws `invalid` for a practice that the account is not in.
   */
  async answer(request: Request, asked: Asked, { accountId, terms, secondsLeft }: Arrival): Promise<Answer> {
    const { gate, browsers } = this.#parts;
    const slug = maybeTextIn(asked, 'practice', 200);
    const practices = await gate.accounts.practicesOf(accountId);
    if (slug === undefined && practices.length > 1) {
      // It ends when the first one would have: asking again and again keeps none alive.
      const code = await gate.accounts.signinCode(accountId, secondsLeft, terms);
      return jsonAnswer(200, { code, practices: practices.map(({ slug, name }) => ({ slug, name })) });
    }
    const chosen = slug === undefined ? practices[0] : practices.find((each) => each.slug === slug);
    if (chosen === undefined) throw noMore();
    const { token, expiresIn } = await this.#open(chosen.practiceId, accountId, terms, request.address);
    const told = { practice: { slug: chosen.slug, name: chosen.name }, expiresIn };
    if (asked.cookie !== true) return jsonAnswer(201, { token, ...told });
    const earlier = browsers.tokenOf(request);
    if (earlier !== null) await gate.endSession(earlier, 'replaced');
    // What a script of the page could read, a script that got into the page could send away.
    return jsonAnswer(201, told, browsers.give(token));
  }

  async #open(practiceId: PracticeId, accountId: AccountId, terms: SessionTerms, address: string) {
    const { gate, server, clock } = this.#parts;
    const { rows } = await server.query<{ works: boolean }>('select postern.account_works($1, $2) as works', [
      practiceId,
      accountId,
    ]);
    const most = (rows[0]?.works === true ? STAFF_HOURS : PATIENT_HOURS) * 3600;
    const gone = terms.shownAt === undefined ? 0 : Math.max(0, secondsOf(clock) - terms.shownAt);
    const expiresIn = most - gone;
    if (expiresIn <= 0) throw new PosternError('unauthenticated', 'The session has ended. Sign in again.');
    const session = { practiceId, accountId, purpose: 'sign-in', client: null, address, terms };
    return { token: await gate.openSession({ ...session, ttlSeconds: expiresIn }), expiresIn };
  }
}

/** One sentence for every reason: what a code was is nobody's business who does not hold it. */
export function noMore(): PosternError {
  return new PosternError(
    'invalid',
    'This sign-in code does not work: it may have been used or have expired.',
  );
}
