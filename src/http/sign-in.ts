/** From a one-time code to a session in one practice, and what a session says of itself. */
import { PosternError } from '../base/errors.ts';
import type { ChartId } from '../base/ids.ts';
import { sectionsIn } from '../base/section.ts';
import type { JsonObject } from '../chart/index.ts';
import { type Gate, isAssured, type Visit } from '../gate/index.ts';
import { idleSeconds, isStaff } from './idle-sessions.ts';

const SESSION_SECONDS = 8 * 3600;

interface PracticeName {
  readonly slug: string;
  readonly name: string;
}

export type SignedIn =
  | { readonly token: string; readonly practice: PracticeName; readonly expiresIn: number }
  /** The account is in several practices: ask again with this new code and the slug of one of them. */
  | { readonly code: string; readonly practices: readonly PracticeName[] };

/**
 * Takes the code, which works once, and opens a session in the practice whose slug is given, or in the only
 * one there is. Throws `invalid` for a code that is no more, or a practice that the account is not in.
 */
export async function signIn(gate: Gate, { code, practice }: JsonObject, address: string): Promise<SignedIn> {
  if (typeof code !== 'string' || code.length > 512) throw new PosternError('invalid', 'code is missing.');
  const taken = await gate.accounts.takeSigninCode(code);
  if (taken === null) throw noMore();
  const { accountId, secondsLeft, terms } = taken;
  const practices = await gate.accounts.practicesOf(accountId);
  const [only] = practices;
  if (only === undefined) throw noMore();
  if (practice === undefined && practices.length > 1) {
    const names = practices.map(({ slug, name }) => ({ slug, name }));
    // It ends when the first one would have: asking again and again keeps none alive.
    return { code: await gate.accounts.signinCode(accountId, secondsLeft, terms), practices: names };
  }
  const chosen = practice === undefined ? only : practices.find(({ slug }) => slug === practice);
  if (chosen === undefined) throw noMore();
  const { practiceId, slug, name } = chosen;
  const token = await gate.openSession({
    practiceId,
    accountId,
    purpose: 'sign-in',
    client: null,
    address,
    ttlSeconds: SESSION_SECONDS,
    terms,
  });
  return { token, practice: { slug, name }, expiresIn: SESSION_SECONDS };
}

/** One sentence for every reason: what a code was is nobody's business who does not hold it. */
function noMore(): PosternError {
  return new PosternError(
    'invalid',
    'This sign-in code does not work: it may have been used or have expired.',
  );
}

/**
 * Whose session it is, in which practice, and what it reads: `sections` throughout the practice, and those of
 * single charts; `apps` says which of the pages are for it, `seesLines` whether it sees the whole access log.
 * The practice is null once the account has nothing there any more.
 */
export async function describeVisit(gate: Gate, visit: Visit): Promise<object> {
  const { scope } = visit;
  const { accounts } = gate;
  const { allMask, pairs } = scope.reachable('read');
  const own = await ownCharts(gate, visit);
  const account = await accounts.describeAccount(scope.accountId);
  const practices = await accounts.practicesOf(scope.accountId);
  const practice = practices.find(({ practiceId }) => practiceId === scope.practiceId);
  return {
    account: { id: scope.accountId, name: account?.name ?? null, email: account?.email ?? null },
    practice: practice === undefined ? null : { slug: practice.slug, name: practice.name },
    roles: scope.roles,
    purpose: scope.purpose,
    until: scope.until.toISOString(),
    methods: scope.terms.methods,
    // Without enough proof it reaches nothing, whatever the account may.
    assured: isAssured(scope.terms),
    idleSeconds: idleSeconds(scope),
    apps: [...(isStaff(scope) ? ['desk'] : []), ...(pairs.size > 0 ? ['portal'] : [])],
    sections: sectionsIn(allMask),
    charts: [...pairs]
      .map(([chart, mask]) => ({ chart, own: own.has(chart), sections: sectionsIn(mask) }))
      .sort((a, b) => Number(b.own) - Number(a.own) || (a.chart < b.chart ? -1 : 1)),
    seesLines: scope.seesLines,
  };
}

/** Charts of which the account is the patient; it acts for the patients of the others. */
async function ownCharts(gate: Gate, visit: Visit): Promise<ReadonlySet<ChartId>> {
  if (!visit.scope.roles.includes('patient')) return new Set();
  const grants = await gate.grantsOf(visit, visit.scope.accountId);
  const live = grants.filter(({ role, endedAt }) => role === 'patient' && endedAt === null);
  return new Set(live.flatMap(({ chartId }) => chartId ?? []));
}
