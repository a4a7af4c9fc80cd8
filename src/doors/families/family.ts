/**
 * Families: whoever shares a record sees who can see it, gives access to people, changes it and ends it; the
 * desk registers parents, guardians and carers.
 */
import { notFound, PosternError } from '../../base/errors.ts';
import type { AccountId, ChartId, GrantId } from '../../base/ids.ts';
import { inMask, maskOf, type Section, type SectionMask, sectionsIn } from '../../base/section.ts';
import {
  allowedSections,
  type FamilyRole,
  type GrantLine,
  isFamilyRole,
  keepsFamilies,
  mayEnd,
  roleOf,
  type Visit,
} from '../../gate/index.ts';
import { Offered } from '../invitations/offered.ts';
import type { SharingParts } from './family-parts.ts';
import { familyTerms } from './family-terms.ts';
import { tellSharers } from './grant-mails.ts';
import { type Tie, tiesOf } from './ties.ts';

/** What somebody is to be given; by a patient a proxy's access, at the desk what is registered. */
export interface AccessAsked {
  readonly sections: SectionMask | null;
  readonly until: Date | null;
}

const GIVEN_BY_PATIENTS = maskOf('administrative', 'clinical', 'financial', 'sensitive');
/** What whoever is given some of it may give to others, as long as they hold it themselves. */
const PASSED_ON = allowedSections(roleOf('proxy'), 'share');

export class Family {
  readonly #parts: SharingParts;
  readonly #offered: Offered;

  constructor(parts: SharingParts) {
    this.#parts = parts;
    this.#offered = new Offered(parts);
  }

  /**
   * Who can see the records that the visit shares, or, at the desk, that one record; and whose records are
   * open to whoever asks. Throws not-found for a record that is not theirs to review.
   */
  async describe(visit: Visit, asked: ChartId | null): Promise<object> {
    assertInPerson(visit);
    const { gate, clock } = this.#parts;
    const now = clock.now();
    if (asked !== null) return { records: [await this.#record(visit, asked, now, [])] };
    const shared = sharedCharts(visit);
    const offers = await gate.offers.list(visit);
    const records = [];
    for (const [chartId] of shared) {
      const ofChart = offers.filter((offer) => offer.chartId === chartId);
      const standing = ofChart.map(({ offerId, sections, endsAt, expires }) => ({
        id: offerId,
        sections: sectionsIn(sections & GIVEN_BY_PATIENTS),
        until: endsAt,
        expires,
      }));
      records.push(await this.#record(visit, chartId, now, standing));
    }
    const own = await gate.grants.ofAccount(visit, visit.scope.accountId);
    const acting = tiesOf(own, now)
      .filter(({ role }) => role === 'proxy' || isFamilyRole(role))
      .map(({ id, chartId, role, sections, until, sensitiveUntil }) => {
        return { id, chart: chartId, role, sections, until, sensitiveUntil };
      });
    return { records, acting };
  }

  async #record(visit: Visit, chartId: ChartId, now: Date, offers: readonly object[]): Promise<object> {
    const { gate } = this.#parts;
    const ties = tiesOf(await gate.grants.onChart(visit, chartId), now);
    await gate.reviews.noteShown(
      visit,
      ties.flatMap(({ grants }) => grants),
    );
    const people = [];
    for (const tie of ties) people.push(await this.#person(visit, tie));
    const shares = (visit.scope.reachable('share').pairs.get(chartId) ?? 0) & GIVEN_BY_PATIENTS;
    const registers = keepsFamilies(visit.scope) ? ['parent', 'guardian', 'carer'] : [];
    const passedOn = sectionsIn(shares & PASSED_ON);
    return { chart: chartId, shares: sectionsIn(shares), passedOn, registers, people, offers };
  }

  async #person({ scope }: Visit, tie: Tie): Promise<object> {
    const account = await this.#parts.gate.accounts.describeAccount(tie.accountId);
    const { id, role, sections, since, until, sensitiveUntil } = tie;
    const you = tie.accountId === scope.accountId;
    const ends = tie.grants.every((grant) => mayEnd(scope, grant)) && role !== 'patient';
    const changes = ends && !you && (role === 'proxy' ? sharesAll(scope, tie) : isFamilyRole(role));
    const given = tie.grants[0]!.grantedBy === scope.accountId ? 'you' : 'other';
    return {
      id,
      account: tie.accountId,
      name: account?.name ?? null,
      role,
      sections,
      since,
      until,
      sensitiveUntil,
      given: isFamilyRole(role) || role === 'patient' ? 'practice' : given,
      you,
      mayEnd: ends,
      mayChange: changes,
    };
  }

  /**
   * Gives a proxy access to a record that the visit shares: to somebody who sees one of them already. Anybody
   * else is offered it by a code (`offer`), so that this tells nobody who has an account here. Throws
   * not-found where the record or the account is none of these, `step-up`.
   */
  async give(visit: Visit, chartId: ChartId, to: AccountId, asked: AccessAsked): Promise<GrantId> {
    assertInPerson(visit);
    const { gate } = this.#parts;
    const shared = sharedCharts(visit);
    if (!shared.has(chartId) || to === visit.scope.accountId) throw notFound();
    await gate.assertFresh(visit);
    const known = await this.#people(visit, [...shared.keys()]);
    if (!known.some((tie) => tie.accountId === to)) throw notFound();
    if (known.some((tie) => tie.accountId === to && tie.chartId === chartId && tie.role === 'proxy')) {
      throw new PosternError('conflict', 'They have access to this record already: change that.');
    }
    return gate.grant(visit, { ...this.#proxyTerms(chartId, to, asked), reason: null });
  }

  /**
   * Makes a code that whoever signs in here can type to get that access, and a link that leads there whoever
   * does not yet, where the record says when the patient was born. Throws as `give`.
   */
  async offer(visit: Visit, chartId: ChartId, asked: AccessAsked): Promise<object> {
    assertInPerson(visit);
    const { gate, birthDates, clock } = this.#parts;
    if (!sharedCharts(visit).has(chartId)) throw notFound();
    await gate.assertFresh(visit);
    const { sections, endsAt } = this.#proxyTerms(chartId, visit.scope.accountId, asked);
    const offer = { chartId, sections: sections ?? GIVEN_BY_PATIENTS, endsAt };
    const { code, expires, offerId } = await gate.offers.make(visit, offer);
    const born = (await birthDates.of(visit, [chartId], null)).get(chartId) ?? null;
    const seconds = Math.floor((expires.getTime() - clock.now().getTime()) / 1000);
    const link = await this.#offered.link(visit.scope.practiceId, { offerId, seconds }, born);
    return { code, expires, link };
  }

  /** Takes what a code offers; whoever shares the record is told. Throws not-found for every other code. */
  async accept(visit: Visit, code: string): Promise<GrantId> {
    assertInPerson(visit);
    return this.#parts.gate.offers.accept(visit, code, (tx, taken) =>
      tellSharers(this.#parts, tx, visit.scope.practiceId, taken),
    );
  }

  /**
   * Registers a parent, guardian or carer who signs in here already. Authority: keeping families; not for
   * oneself, and only an owner for somebody on the staff, who could otherwise be let into what is closed to
   * them. Throws not-found, `step-up`, and `not-processable` as `familyTerms`.
   */
  async register(
    visit: Visit,
    asked: AccessAsked & { chartId: ChartId; role: FamilyRole; email: string; reason: string },
  ): Promise<GrantId> {
    assertInPerson(visit);
    const { gate } = this.#parts;
    const { chartId, role, email, reason } = asked;
    if (!keepsFamilies(visit.scope)) throw notFound();
    const birthDate = await this.#birthDate(visit, chartId);
    await gate.assertFresh(visit);
    const accountId = await this.#signsInHere(visit, email);
    const settings = await gate.settings.of(visit.scope.practiceId);
    const standing = tiesOf(await gate.grants.onChart(visit, chartId), this.#parts.clock.now());
    if (standing.some((tie) => tie.accountId === accountId && tie.role === role)) {
      throw new PosternError('conflict', 'They are registered already: change that.');
    }
    const terms = familyTerms({ ...asked, role, accountId }, birthDate, settings, this.#parts.clock.now());
    const giving = terms.map((each) => ({ ...each, reason }));
    const [first] = await gate.grants.change(visit, { ending: [], giving });
    return first!;
  }

  /**
   * Changes what somebody is given, and until when. Authority: as for giving it. Throws not-found, `step-up`,
   * and as giving.
   */
  async change(visit: Visit, grantId: GrantId, asked: AccessAsked): Promise<GrantId> {
    assertInPerson(visit);
    const { gate, clock } = this.#parts;
    const grants = await gate.reviews.tieOf(visit, grantId);
    const { accountId, chartId, role } = grants[0] as GrantLine & { chartId: ChartId };
    if (accountId === visit.scope.accountId) throw notFound();
    await gate.assertFresh(visit);
    const ending = grants.map((grant) => grant.grantId);
    if (role === 'proxy') {
      const giving = [{ ...this.#proxyTerms(chartId, accountId, asked), reason: null }];
      return (await gate.grants.change(visit, { ending, giving }))[0]!;
    }
    if (!isFamilyRole(role) || !keepsFamilies(visit.scope)) throw notFound();
    const birthDate = await this.#birthDate(visit, chartId);
    const settings = await gate.settings.of(visit.scope.practiceId);
    const terms = familyTerms({ ...asked, accountId, chartId, role }, birthDate, settings, clock.now());
    const giving = terms.map((each) => ({ ...each, reason: null }));
    return (await gate.grants.change(visit, { ending, giving }))[0]!;
  }

  /** Ends what somebody holds, and what was given under it. To close takes no touch. Throws not-found. */
  async end(visit: Visit, grantId: GrantId): Promise<void> {
    assertInPerson(visit);
    const { gate } = this.#parts;
    const grants = await gate.reviews.tieOf(visit, grantId);
    // One's own access to one's own record is not given up by a slip; the desk ends it.
    if (grants.some(({ role, chartId }) => role === 'patient' || chartId === null)) throw notFound();
    const ending = grants.map((grant) => grant.grantId);
    await gate.grants.change(visit, { ending, giving: [] });
  }

  #proxyTerms(chartId: ChartId, accountId: AccountId, { sections, until }: AccessAsked) {
    const startsAt = this.#parts.clock.now();
    if (until !== null && until <= startsAt) throw new PosternError('invalid', 'The end is over already.');
    return { accountId, role: 'proxy', chartId, sections, startsAt, endsAt: until } as const;
  }

  async #people(visit: Visit, charts: readonly ChartId[]): Promise<Tie[]> {
    const found: Tie[] = [];
    for (const chartId of charts) {
      found.push(...tiesOf(await this.#parts.gate.grants.onChart(visit, chartId), this.#parts.clock.now()));
    }
    return found;
  }

  async #birthDate(visit: Visit, chartId: ChartId): Promise<string | null> {
    const found = (await this.#parts.birthDates.of(visit, [chartId], null)).get(chartId);
    if (found === undefined) throw notFound({ refused: [{ type: 'Patient', id: chartId }] });
    return found;
  }

  /** Whoever has that address and signs in to this practice; one sentence for everybody else. */
  async #signsInHere(visit: Visit, email: string): Promise<AccountId> {
    const { gate } = this.#parts;
    const { scope } = visit;
    const accountId = await gate.accounts.findAccount(email);
    const practices = accountId === null ? [] : await gate.accounts.practicesOf(accountId);
    const isHere = practices.some(({ practiceId }) => practiceId === scope.practiceId);
    if (accountId === null || !isHere || accountId === scope.accountId) {
      throw new PosternError('not-processable', 'Nobody whom you may register signs in here so.');
    }
    if (!scope.roles.includes('owner') && (await gate.reviews.worksHere(visit, accountId))) {
      throw new PosternError('not-processable', 'Somebody who works here is registered by an owner.');
    }
    return accountId;
  }
}

/** Charts by a grant on each, with what of them may be passed on. */
function sharedCharts({ scope }: Visit): ReadonlyMap<ChartId, SectionMask> {
  return scope.reachable('share').pairs;
}

function sharesAll(scope: Visit['scope'], { chartId, sections }: Tie): boolean {
  const shared = scope.reachable('share').pairs.get(chartId) ?? 0;
  return sections.every((section: Section) => inMask(shared, section));
}

/** No app, and no laboratory, gives, takes or ends access of people. */
export function assertInPerson({ scope }: Visit): void {
  const isProgram = scope.roles.some((role) => role === 'client' || role === 'partner');
  if (isProgram || scope.client !== null || scope.terms.narrowing !== null) throw notFound();
}
