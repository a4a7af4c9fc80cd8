/** What an app asks of whoever is signed in, and the answer. */
import { queryOptions } from '@tanstack/react-query';
import { ask } from './ask.ts';

export interface AppQuestion {
  readonly client: { readonly name: string; readonly uri: string | null; readonly returnsTo: string };
  readonly wanted: readonly {
    readonly category: string;
    readonly reads: boolean;
    readonly writes: boolean;
  }[];
  readonly identity: boolean;
  readonly stays: 'hour' | 'session' | 'offline';
  /** How long it may stay where it is refused that. */
  readonly staysWithout: 'hour' | 'session' | 'offline';
  /** Charts to choose from; null where no patient is asked for, or the launch says which. */
  readonly patients: readonly { readonly chart: string; readonly own: boolean }[] | null;
  readonly anyPatient: boolean;
  readonly patient: string | null;
}

export interface AppAnswer {
  readonly allow: boolean;
  readonly categories?: readonly string[];
  readonly writes?: boolean;
  readonly sensitive?: boolean;
  readonly patient?: string;
  /** How long an app stays that asked to; 0 refuses it that. */
  readonly days?: number;
}

/** `page` is the address of the page, under which the question is. */
export function appQuestion(page: string) {
  return queryOptions({
    queryKey: ['app-question', page],
    queryFn: async ({ signal }) => JSON.parse(await ask(`${page}/question`, { signal })) as AppQuestion,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

/** Answers where the browser goes. */
export async function answerApp(page: string, body: AppAnswer): Promise<string> {
  const { to } = JSON.parse(await ask(`${page}/answer`, { method: 'POST', body })) as { to: string };
  return to;
}
