/** The desk's side of invitations: what is asked for becomes an invitation, with its mail or its letter. */
import { notFound, PosternError } from '../../base/errors.ts';
import { type AccountId, type ChartId, newId, type PracticeId, parseId } from '../../base/ids.ts';
import {
  type FoundInvitation,
  type Invitation,
  type InvitationWay,
  isAtHome,
  isFamilyRole,
  isRole,
  mayInvite,
  type NewInvitation,
  type RoleName,
  type Visit,
} from '../../gate/index.ts';
import { isLanguage, type Language, type Post } from '../../post/index.ts';
import { type FactorStore, hasWayIn } from '../factors/factor-store.ts';
import { familyTerms } from '../families/family-terms.ts';
import { type Asked, maybeTextIn, textIn } from '../json-exchange.ts';
import type { DoorParts } from '../parts.ts';
import { Identities } from '../single-sign-on/identities.ts';
import { patientFacts, type Records } from './patient-facts.ts';

export interface InvitationDeskParts extends DoorParts {
  readonly post: Post;
  readonly records: Records;
  readonly store: FactorStore;
}

/** All that the role gives, for good. */
const WHOLE = { sections: null, endsAt: null } as const;

export class InvitationDesk {
  readonly #parts: InvitationDeskParts;

  constructor(parts: InvitationDeskParts) {
    this.#parts = parts;
  }

  /**
   * Invites whoever the request names. Authority as for `Invitations.make`; for staff a fresh touch besides.
   * Throws `invalid` for a request that makes no sense, `not-processable` where something is missing that the
   * invitation needs.
   */
  async invite(visit: Visit, asked: Asked): Promise<Invitation> {
    const { gate } = this.#parts;
    const role = roleIn(asked);
    if (!mayInvite(visit.scope, role)) throw notFound();
    const way = wayIn(asked);
    if (!isAtHome(role) && !visit.scope.system) await gate.assertFresh(visit);
    const invited = isAtHome(role)
      ? await this.#atHome(visit, asked, role, way)
      : this.#staff(asked, role, way);
    if (way === 'mail' && invited.email === null) {
      throw new PosternError('not-processable', 'There is no address: name one, or print a letter.');
    }
    return this.#make(visit, invited);
  }

  async #make(visit: Visit, invited: NewInvitation): Promise<Invitation> {
    const { gate, post } = this.#parts;
    const { practiceId } = visit.scope;
    const practice = await this.practiceName(practiceId);
    const language = await this.languageOf(visit, invited.language);
    return gate.invitations.make(visit, { ...invited, language }, async (tx, { code, expires }) => {
      if (invited.way !== 'mail') return;
      const facts = { practice: practice.name, link: this.link(code), until: expires };
      const to = { address: invited.email! };
      const about = { practiceId, language, until: expires };
      await post.enqueue(tx as never, { kind: 'invitation', facts, to, ...about });
    });
  }

  /**
   * Those of the practice, or to one chart. One that was proved is used once its account has a way in of its
   * own.
   */
  async list(visit: Visit, chart: string | null) {
    const { gate } = this.#parts;
    const listed = await gate.invitations.list(visit);
    const all = chart === null ? listed : listed.filter(({ content }) => content.chartId === chart);
    const names = new Map<AccountId, string | null>();
    for (const { content } of all) {
      if (names.has(content.invitedBy)) continue;
      const account = await gate.accounts.describeAccount(content.invitedBy);
      names.set(content.invitedBy, account?.name ?? null);
    }
    const { practiceId } = visit.scope;
    const settled = await Promise.all(all.map((each) => this.#settle(each, practiceId)));
    return settled.map((each) => {
      const { invitedBy } = each.content;
      return { ...described(each), invitedBy: { id: invitedBy, name: names.get(invitedBy) ?? null } };
    });
  }

  async #settle(each: Invitation, practiceId: PracticeId): Promise<Invitation> {
    if (each.state !== 'proved' || !(await this.isUsed({ ...each, practiceId }))) return each;
    return { ...each, state: 'used' };
  }

  /** Whether mails go out, or wait for a mail server. */
  get sendsMails(): boolean {
    return this.#parts.post.sends;
  }

  /** A letter that can be printed, after its line. Throws not-found. */
  async letter(visit: Visit, id: string) {
    const { gate } = this.#parts;
    const found = await gate.invitations.find(visit, id);
    if (found === null || found.content.code === null) throw notFound();
    await gate.invitations.noteShown(visit, found);
    const practice = await this.practiceName(visit.scope.practiceId);
    const { timeZone } = await gate.settings.of(visit.scope.practiceId);
    const { code, name, birthDate } = found.content;
    return {
      code,
      name,
      language: await this.languageOf(visit, found.content.language),
      practice: practice.name,
      expires: found.expires,
      timeZone,
      asksBirthDate: birthDate !== null,
      link: this.link(code),
    };
  }

  async end(visit: Visit, id: string): Promise<void> {
    if (!(await this.#parts.gate.invitations.end(visit, id))) throw notFound();
  }

  /** The code goes behind the `#`, which no server and no log ever sees. */
  link(code: string): string {
    return `${this.#parts.publicUrl}/invited#${code}`;
  }

  async practiceName(practiceId: string): Promise<{ readonly slug: string; readonly name: string }> {
    const { rows } = await this.#parts.server.query<{ slug: string; name: string }>(
      'select p.slug, p.name from postern.practices() p where p.practice_id = $1',
      [practiceId],
    );
    const [row] = rows;
    if (row === undefined) throw notFound();
    return row;
  }

  /** Of the person, where it is one that we write; else the practice's first. */
  async languageOf({ scope }: Visit, language: string | null): Promise<Language> {
    if (isLanguage(language)) return language;
    const { languages } = await this.#parts.gate.settings.of(scope.practiceId);
    return languages.find(isLanguage) ?? 'en';
  }

  /**
   * Whether somebody who proved an invitation has made a way to sign in since, or joined an account that the
   * practice keeps elsewhere: then it is used up.
   */
  async isUsed({
    practiceId,
    accountId,
  }: Pick<FoundInvitation, 'practiceId' | 'accountId'>): Promise<boolean> {
    if (accountId === null) return false;
    const ofFactors = hasWayIn(await this.#parts.store.of(accountId));
    return ofFactors || (await new Identities(this.#parts).countOf(practiceId, accountId)) > 0;
  }

  #staff(asked: Asked, role: RoleName, way: InvitationWay): NewInvitation {
    const name = maybeTextIn(asked, 'name', 200)?.trim() ?? '';
    if (name === '') throw new PosternError('not-processable', 'Say what the person is called.');
    const terms = { chartId: null, given: [WHOLE], birthDate: null };
    return { role, way, ...terms, name, email: emailIn(asked), language: languageIn(asked) };
  }

  async #atHome(visit: Visit, asked: Asked, role: RoleName, way: InvitationWay): Promise<NewInvitation> {
    const { records, gate, clock } = this.#parts;
    const chartId = parseId<ChartId>(textIn(asked, 'chart', 64));
    const facts = chartId === null ? null : await patientFacts(records, visit, chartId);
    if (chartId === null || facts === null) throw notFound();
    const own = role === 'patient';
    const name = maybeTextIn(asked, 'name', 200)?.trim() ?? (own ? facts.name : '');
    if (name === '') throw new PosternError('not-processable', 'Say what the person is called.');
    const reason = isFamilyRole(role) ? reasonIn(asked) : null;
    const until = untilIn(asked, clock.now());
    const ages = await gate.settings.of(visit.scope.practiceId);
    const somebody = newId<AccountId>();
    // As the desk registers whoever has an account already: what a parent holds ends by itself.
    const given = isFamilyRole(role)
      ? familyTerms(
          { role, accountId: somebody, chartId, sections: null, until },
          facts.birthDate,
          ages,
          clock.now(),
        )
      : [{ ...WHOLE, endsAt: until }];
    const email = emailIn(asked) ?? (own && way === 'mail' ? facts.email : null);
    const language = languageIn(asked) ?? (own ? facts.language : null);
    const { birthDate } = facts;
    return { role, way, chartId, given, birthDate, name, email, language, reason };
  }
}

/** An invitation as the desk is told of it: without its code. */
export function described({ invitationId, content, madeAt, expires, state }: Invitation) {
  const { role, chartId, way, name, email } = content;
  const letter = way === 'letter' && (state === 'open' || state === 'proved');
  return {
    id: invitationId,
    as: kindOf(role),
    role,
    chart: chartId,
    way,
    name,
    email,
    madeAt: madeAt.toISOString(),
    expires: expires.toISOString(),
    state,
    letter: letter ? `/invitations/${invitationId}/letter` : null,
  };
}

export type InvitedAs = 'patient' | 'proxy' | 'staff';

export function kindOf(role: RoleName): InvitedAs {
  if (role === 'patient') return 'patient';
  return isAtHome(role) ? 'proxy' : 'staff';
}

function roleIn(asked: Asked): RoleName {
  const as = textIn(asked, 'as', 20);
  const named = maybeTextIn(asked, 'role', 40) ?? (as === 'staff' ? '' : as);
  if (isRole(named) && kindOf(named) === as) return named;
  throw new PosternError('invalid', 'as is patient, proxy or staff, and role one that goes with it.');
}

function wayIn(asked: Asked): InvitationWay {
  const way = textIn(asked, 'way', 10);
  if (way === 'mail' || way === 'letter') return way;
  throw new PosternError('invalid', 'way is mail or letter.');
}

export function emailIn(asked: Asked): string | null {
  const email = maybeTextIn(asked, 'email', 254)?.trim() ?? '';
  if (email === '') return null;
  if (/^[^@\s]+@[^@\s]+$/.test(email)) return email;
  throw new PosternError('invalid', 'That is not an e-mail address.');
}

/** What proved it, as where the desk registers whoever has an account already. */
function reasonIn(asked: Asked): string {
  const reason = maybeTextIn(asked, 'reason', 500)?.trim() ?? '';
  if (reason.length >= 5) return reason;
  throw new PosternError('not-processable', 'Say in reason what you were shown.');
}

function languageIn(asked: Asked): string | null {
  const language = maybeTextIn(asked, 'language', 10) ?? null;
  if (language === null || isLanguage(language)) return language;
  throw new PosternError('invalid', 'language is en, de or es.');
}

function untilIn(asked: Asked, now: Date): Date | null {
  const text = maybeTextIn(asked, 'until', 40);
  if (text === undefined) return null;
  const until = new Date(text);
  if (Number.isNaN(until.getTime()) || until <= now) {
    throw new PosternError('invalid', 'until must be a time to come.');
  }
  return until;
}
