/** Signing in and out, and whose session this is. The token is in a cookie that no script can read. */
import { queryOptions } from '@tanstack/react-query';
import { ask } from './ask.ts';

export interface PracticeName {
  readonly slug: string;
  readonly name: string;
}

export interface ChartReach {
  readonly chart: string;
  /** The record of whoever signed in; false where they act for somebody else. */
  readonly own: boolean;
  readonly sections: readonly string[];
  /** Those whose files it opens. */
  readonly opens: readonly string[];
  /** Types of documents that may be sent into it. */
  readonly sends: readonly string[];
  /** Whether all of it may be taken along as one file. */
  readonly takes: boolean;
}

/** As `GET /session` answers. */
export interface Session {
  readonly account: { readonly id: string; readonly name: string | null; readonly email: string | null };
  readonly practice: PracticeName | null;
  readonly roles: readonly string[];
  /** How they proved who they are; `operator`: a link of whoever runs the server. */
  readonly methods: readonly string[];
  /** Whether enough was proved to reach anything; if not, a passkey has to be made first. */
  readonly assured: boolean;
  /** When it ends, used or not. */
  readonly until: string;
  /** How long it may go unused. */
  readonly idleSeconds: number;
  /** For how many days the photo of a card is kept once it was checked. */
  readonly cardDays: number;
  readonly apps: readonly ('desk' | 'portal')[];
  /** What it reads throughout the practice. */
  readonly sections: readonly string[];
  /** Those whose files it opens; the owner, for one, reads what is said of them alone. */
  readonly opens: readonly string[];
  /** What it reads of single charts; their own first. */
  readonly charts: readonly ChartReach[];
  /** Types of documents that may be sent into any chart. */
  readonly sends: readonly string[];
  /** Whether all of any chart may be taken along as one file. */
  readonly takes: boolean;
  /** Whether it sees every line of the practice's access log. */
  readonly seesLines: boolean;
  /** Whether it keeps the staff of the practice, and who acts for patients. */
  readonly keeps: readonly ('staff' | 'families')[];
}

/**
 * Whether files of a chart are open to the session. What is asked for in vain counts as a refusal, and a
 * burst of those ends it: pages ask only where there is hope. `pictures`: those of a list, of which nearly
 * all are in one of two sections.
 */
export function opensFiles({ opens, charts }: Session, chart: string, what: 'any' | 'pictures'): boolean {
  const open = [...opens, ...(charts.find((each) => each.chart === chart)?.opens ?? [])];
  return open.some((section) => what === 'any' || section === 'administrative' || section === 'clinical');
}

let practice: string | null = null;

/** The practice that this page was last signed in to; null where it was not. */
export function practiceHere(): string | null {
  return practice;
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => {
    const session = JSON.parse(await ask('/session', { signal })) as Session;
    practice = session.practice?.slug ?? null;
    return session;
  },
  staleTime: Number.POSITIVE_INFINITY,
});

export type SignedIn =
  | { readonly kind: 'in' }
  | { readonly kind: 'choose'; readonly code: string; readonly practices: readonly PracticeName[] };

/** Exchanges a one-time code for a session; where there are several practices, the answer asks which. */
export async function signIn(code: string, practice: string | null): Promise<SignedIn> {
  return enter('/signin', { code }, practice);
}

/** Any way in: the answer is a session, kept in a cookie, or the practices there are to choose from. */
export async function enter(path: string, proof: object, practice: string | null): Promise<SignedIn> {
  const body = { ...proof, cookie: true, ...(practice === null ? {} : { practice }) };
  const answer = JSON.parse(await ask(path, { method: 'POST', body })) as {
    code?: string;
    practices?: PracticeName[];
  };
  if (answer.code === undefined) return { kind: 'in' };
  return { kind: 'choose', code: answer.code, practices: answer.practices ?? [] };
}

/** Ends the session; the server drops its keys before it answers. */
export async function signOut(): Promise<void> {
  await ask('/session', { method: 'DELETE' });
}

/** Tells the server that somebody is there who asks for nothing just now. */
export async function stayAwake(): Promise<void> {
  await ask('/session');
}
