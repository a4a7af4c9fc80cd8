/** Two practices with a provider each, and people who work there. */
import type { AccountId, PracticeId } from '../../src/base/ids.ts';
import { withPasskey } from './account-attacks.ts';
import { BrowserVisitor } from './browser-visitor.ts';
import { freePort } from './free-port.ts';
import {
  CLIENT_ID,
  CLIENT_SECRET,
  type IdentityProvider,
  openIdentityProvider,
} from './identity-provider.ts';
import { type Answered, type ServedPractices, servePractices } from './served-practices.ts';

export interface SignOnPractice {
  readonly practice: PracticeId;
  readonly slug: string;
  readonly provider: IdentityProvider;
}

export interface SignOnStage {
  readonly served: ServedPractices;
  readonly home: SignOnPractice;
  readonly other: SignOnPractice;
  close(): Promise<void>;
}

export async function setSignOnStage(): Promise<SignOnStage> {
  const port = await freePort();
  const served = await servePractices({ publicUrl: `http://localhost:${port}`, port });
  const home = await withProvider(served);
  const other = await withProvider(served);
  return {
    served,
    home,
    other,
    close: async () => {
      await home.provider.close();
      await other.provider.close();
      await served.close();
    },
  };
}

async function withProvider(served: ServedPractices): Promise<SignOnPractice> {
  const practice = await served.makePractice();
  const found = await served.database.owner.query<{ slug: string }>(
    'select slug from postern.practice where practice_id = $1',
    [practice],
  );
  const { slug } = found.rows[0]!;
  const returns = `${served.publicUrl}/signin/single-sign-on/return/${slug}/main`;
  return {
    practice,
    slug,
    provider: await openIdentityProvider([returns], `${served.publicUrl}${logoutPath(slug)}`),
  };
}

export function logoutPath(slug: string): string {
  return `/signin/single-sign-on/logout/${slug}/main`;
}

/** As the owner, or as somebody else, sets it. */
export async function setProvider(
  { served }: SignOnStage,
  { practice, provider }: SignOnPractice,
  more: object = {},
  token?: string,
): Promise<Answered> {
  const as = token ?? (await served.person(practice, { role: 'owner' })).token;
  const body = { issuer: provider.issuer, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, ...more };
  return served.ask(as, 'PUT', '/practice/single-sign-on', {
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
}

export interface Joined {
  readonly accountId: AccountId;
  readonly browser: BrowserVisitor;
  readonly subject: string;
}

/** A nurse with a passkey who has joined an account of the provider to their own. */
export async function joined(stage: SignOnStage, at: SignOnPractice, subject: string): Promise<Joined> {
  const { accountId, browser } = await withPasskey({ served: stage.served, practice: at.practice });
  const returned = await join(at, browser, subject);
  if (returned.status !== 303) throw new Error(`Joining answers ${returned.status}: ${returned.text}`);
  return { accountId, browser, subject };
}

export async function join(at: SignOnPractice, browser: BrowserVisitor, subject: string): Promise<Answered> {
  at.provider.present = subject;
  const begun = await browser.ask('POST', '/account/single-sign-on', {});
  if (begun.status !== 200) return begun;
  return comeBack(browser, await at.provider.signIn(String(begun.json.to)));
}

/** A browser of its own, from the door to the provider and back. */
export async function signOn(
  { served }: SignOnStage,
  at: SignOnPractice,
  subject: string,
  twist: (back: URL) => URL = (back) => back,
  browser = new BrowserVisitor(served),
): Promise<{ browser: BrowserVisitor; answer: Answered; back: URL }> {
  at.provider.present = subject;
  const to = await begin(at, browser);
  const back = await at.provider.signIn(to);
  return { browser, back, answer: await comeBack(browser, twist(back)) };
}

export async function begin(at: SignOnPractice, browser: BrowserVisitor): Promise<string> {
  const begun = await browser.ask('GET', `/signin/single-sign-on?practice=${at.slug}`);
  if (begun.status !== 303) throw new Error(`The door answers ${begun.status}: ${begun.text}`);
  return begun.headers.location!;
}

export function comeBack(browser: BrowserVisitor, back: URL): Promise<Answered> {
  return browser.ask('GET', `${back.pathname}${back.search}`);
}
