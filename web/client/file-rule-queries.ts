/** What the practice sets and keeps of files: kinds and limits, what is kept apart, what is due, holds. */
import { queryOptions } from '@tanstack/react-query';
import { ask } from './ask.ts';

export type FileHandling = 'shown' | 'inert' | 'refused';
export type FileLimit = 'bytesOfFile' | 'bytesOfPractice' | 'filesOfPractice' | 'openOfPerson';

export interface PracticeFileRules {
  readonly kinds: Readonly<Record<string, FileHandling>>;
  /** Null: whatever the operator gives. */
  readonly limits: Readonly<Record<FileLimit, number | null>>;
  readonly keepsOriginals: boolean;
  readonly version: number;
  readonly most: Readonly<Record<FileLimit, number>>;
}

async function read<T>(path: string, signal: AbortSignal): Promise<T> {
  return JSON.parse(await ask(path, { signal })) as T;
}

export const practiceFileRules = queryOptions({
  queryKey: ['practice-files'],
  queryFn: ({ signal }) => read<PracticeFileRules>('/practice/files', signal),
  staleTime: 0,
});

/** As a change of that version; `ApiError` with status 412 where somebody else was faster. */
export async function setPracticeFileRules(rules: PracticeFileRules): Promise<PracticeFileRules> {
  const { kinds, limits, keepsOriginals, version } = rules;
  const body = { kinds, limits, keepsOriginals, version };
  return JSON.parse(await ask('/practice/files', { method: 'PUT', body })) as PracticeFileRules;
}

export interface FileApart {
  readonly id: string;
  readonly sender: { readonly id: string; readonly name: string | null };
  readonly chart: string | null;
  readonly bytes: number;
  readonly at: string;
  readonly removedAt: string;
  readonly finding: string;
  readonly incident: string | null;
}

export const filesApart = queryOptions({
  queryKey: ['files-apart'],
  queryFn: async ({ signal }) => (await read<{ files: readonly FileApart[] }>('/files-apart', signal)).files,
  staleTime: 0,
});

export async function removeApart(id: string): Promise<void> {
  await ask(`/files-apart/${id}`, { method: 'DELETE' });
}

/** `finding`: what the scanner still says, and is mistaken in; null to have it decide. */
export async function releaseApart(id: string, reason: string, finding: string | null): Promise<void> {
  await ask(`/files-apart/${id}/release`, { method: 'POST', body: { reason, finding } });
}

export interface KeepingRule {
  readonly type: string;
  readonly after: 'last-visit' | 'document-date' | 'birthday-18';
  readonly years: number;
}

export interface KeepingRules {
  readonly rules: readonly KeepingRule[];
  readonly version: number;
}

export const keepingRules = queryOptions({
  queryKey: ['practice-retention'],
  queryFn: ({ signal }) => read<KeepingRules>('/practice/retention', signal),
  staleTime: 0,
});

export async function setKeepingRules(rules: KeepingRules): Promise<KeepingRules> {
  return JSON.parse(await ask('/practice/retention', { method: 'PUT', body: rules })) as KeepingRules;
}

export interface DueDocument {
  readonly document: string;
  readonly version: number;
  readonly chart: string | null;
  readonly type: string;
  readonly since: string;
  readonly state: 'due' | 'approved' | 'destroyed';
  readonly held: boolean;
  readonly destroyedAt: string | null;
}

export const dueDocuments = queryOptions({
  queryKey: ['retention-due'],
  queryFn: async ({ signal }) =>
    (await read<{ documents: readonly DueDocument[] }>('/retention/due', signal)).documents,
  staleTime: 0,
});

/** Answers how many are gone. */
export async function approveDestroying(documents: readonly DueDocument[], reason: string): Promise<number> {
  const named = documents.map(({ document, version }) => ({ document, version }));
  const body = { documents: named, reason };
  const told = JSON.parse(await ask('/retention/due', { method: 'POST', body })) as { destroyed: string[] };
  return told.destroyed.length;
}

export interface HeldRecord {
  readonly id: string;
  readonly chart: string;
  readonly document: string | null;
  readonly by: { readonly id: string; readonly name: string | null };
  readonly reason: string;
  readonly at: string;
}

export const heldRecords = queryOptions({
  queryKey: ['holds'],
  queryFn: async ({ signal }) => (await read<{ holds: readonly HeldRecord[] }>('/holds', signal)).holds,
  staleTime: 0,
});

/** Those of one record, and of documents of it. */
export function holdsOf(chart: string) {
  const path = `/holds?${new URLSearchParams({ chart })}`;
  return queryOptions({
    queryKey: ['holds', chart],
    queryFn: async ({ signal }) => (await read<{ holds: readonly HeldRecord[] }>(path, signal)).holds,
    staleTime: 0,
  });
}

/** The whole record, where `document` is null. */
export async function holdRecord(chart: string, document: string | null, reason: string): Promise<void> {
  await ask('/holds', { method: 'POST', body: { chart, document, reason } });
}

export async function endHold(id: string, reason: string): Promise<void> {
  await ask(`/holds/${id}/end`, { method: 'POST', body: { reason } });
}
