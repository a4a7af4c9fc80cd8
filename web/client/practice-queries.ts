/** What the practice has set for itself. */
import { queryOptions } from '@tanstack/react-query';
import { ask } from './ask.ts';

export interface PracticeSettings {
  readonly staffIdleMinutes: number;
  readonly patientIdleMinutes: number;
  readonly sensitiveAge: number;
  readonly majorityAge: number;
  /** By its IANA name. */
  readonly timeZone: string;
  /** Codes of BCP 47; the first is written in where nothing is known of somebody's own. */
  readonly languages: readonly string[];
  /** Whether developers may ask to have an app registered. */
  readonly appRequests: boolean;
  /** For how many days the photo of a card is kept once it was checked. */
  readonly cardDays: number;
}

export interface StandingSettings extends PracticeSettings {
  /** Counts changes. */
  readonly version: number;
}

export const practiceSettings = queryOptions({
  queryKey: ['practice-settings'],
  queryFn: async ({ signal }) => JSON.parse(await ask('/practice/settings', { signal })) as StandingSettings,
  staleTime: 0,
});

/** As a change of that version; `ApiError` with status 412 where somebody else was faster. */
export async function setPractice(settings: StandingSettings): Promise<StandingSettings> {
  return JSON.parse(await ask('/practice/settings', { method: 'PUT', body: settings })) as StandingSettings;
}
