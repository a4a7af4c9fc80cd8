/** Apps that developers ask a practice to register, and what its owner decides. */
import { queryOptions } from '@tanstack/react-query';
import { ask } from './ask.ts';

export interface PracticeOfApps {
  readonly slug: string;
  readonly name: string;
}

/** The practice of that slug, where it takes requests; `ApiError` `refused` for every other. */
export function practiceForApps(slug: string) {
  return queryOptions({
    queryKey: ['app-requests', slug],
    queryFn: async ({ signal }) => {
      const path = `/app-requests/${encodeURIComponent(slug)}`;
      return (JSON.parse(await ask(path, { signal })) as { practice: PracticeOfApps }).practice;
    },
  });
}

export interface AppAsked {
  readonly name: string;
  readonly purpose: string;
  readonly contact: string;
  readonly uri: string;
  readonly redirectUris: readonly string[];
  readonly launchUri: string;
  readonly jwksUri: string;
  /** In which the developer is told what was decided. */
  readonly language: string;
}

/** Answers the receipt, which is nowhere else. */
export async function askForApp(slug: string, asked: AppAsked): Promise<string> {
  const path = `/app-requests/${encodeURIComponent(slug)}`;
  return (JSON.parse(await ask(path, { method: 'POST', body: asked })) as { receipt: string }).receipt;
}

export interface AppReceipt {
  readonly state: 'waiting' | 'approved' | 'refused';
  readonly clientId: string | null;
}

export function appReceipt(receipt: string) {
  return queryOptions({
    queryKey: ['app-receipt', receipt],
    queryFn: async ({ signal }) =>
      JSON.parse(await ask('/app-receipts', { method: 'POST', body: { receipt }, signal })) as AppReceipt,
    staleTime: 0,
  });
}

interface DescribedApp {
  readonly id: string;
  readonly name: string;
  readonly uri: string | null;
  readonly redirectUris: readonly string[];
  readonly launchUri: string | null;
  /** Whether it authenticates by keys of its own. */
  readonly confidential: boolean;
  readonly madeAt: string;
}

export interface RequestedApp extends DescribedApp {
  readonly purpose: string;
  readonly contact: string;
}

/** An app that the operator registered, which people of the practice use, or to which it is closed. */
export interface SharedApp {
  readonly id: string;
  readonly name: string;
  readonly uri: string | null;
  /** Where it sends people back to: hosts, or a scheme of its own. */
  readonly returnsTo: readonly string[];
  readonly closedAt: string | null;
  /** How many who work here use it. */
  readonly staff: number;
  /** How many patients and people who act for them; null for one to four. */
  readonly others: number | null;
  readonly may: readonly { readonly category: string; readonly reads: boolean; readonly writes: boolean }[];
  /** Whether anybody lets it see what is especially protected. */
  readonly sensitive: boolean;
}

export interface PracticeApps {
  readonly requests: readonly RequestedApp[];
  readonly apps: readonly DescribedApp[];
  readonly shared: readonly SharedApp[];
}

/** For the owner. */
export const practiceApps = queryOptions({
  queryKey: ['practice-apps'],
  queryFn: async ({ signal }) => JSON.parse(await ask('/practice/apps', { signal })) as PracticeApps,
  staleTime: 0,
});

/** Takes a touch. Answers the client's id where it was approved. */
export async function decideApp(id: string, approve: boolean): Promise<string | null> {
  const answer = await ask(`/practice/apps/requests/${id}`, { method: 'POST', body: { approve } });
  return (JSON.parse(answer) as { clientId: string | null }).clientId;
}

export async function endPracticeApp(id: string): Promise<void> {
  await ask(`/practice/apps/${id}`, { method: 'DELETE' });
}

/** Closes an app of the operator to the practice, or opens it again, which takes a touch. */
export async function closeSharedApp(id: string, closed: boolean): Promise<void> {
  await ask(`/practice/apps/${encodeURIComponent(id)}/closed`, { method: 'PUT', body: { closed } });
}
