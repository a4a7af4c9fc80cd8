/** What an invitation takes from a patient's record. */
import { PosternError } from '../../base/errors.ts';
import type { ChartId } from '../../base/ids.ts';
import type { Visit } from '../../gate/index.ts';
import type { Opened } from '../../seal/index.ts';

/** As much of the record store as the doors need. */
export interface Records {
  read(visit: Visit, type: string, id: string): Promise<{ readonly content: Opened | null } | null>;
}

export interface PatientFacts {
  readonly name: string;
  /** A whole date, as `YYYY-MM-DD`. */
  readonly birthDate: string;
  readonly email: string | null;
  /** The first subtag of what the patient speaks best, in lower case. */
  readonly language: string | null;
}

interface PatientLike {
  readonly birthDate?: unknown;
  readonly name?: readonly { use?: string; text?: string; family?: string; given?: readonly string[] }[];
  readonly telecom?: readonly { system?: string; value?: string; use?: string }[];
  readonly communication?: readonly {
    preferred?: boolean;
    language?: { coding?: readonly { code?: string }[] };
  }[];
}

/**
 * Null where the chart is not there or not the visit's to read. Throws `not-processable` where it has no
 * whole date of birth, without which nobody could prove who they are.
 */
export async function patientFacts(
  records: Records,
  visit: Visit,
  chartId: ChartId,
): Promise<PatientFacts | null> {
  const stored = await records.read(visit, 'Patient', chartId);
  const patient = stored?.content?.json<PatientLike>() ?? null;
  if (patient === null) return null;
  const { birthDate } = patient;
  if (typeof birthDate !== 'string' || !isDate(birthDate)) {
    const text = 'The record has no whole date of birth: enter it first, since it is what will be asked for.';
    throw new PosternError('not-processable', text);
  }
  const email =
    patient.telecom?.find(({ system, use }) => system === 'email' && use !== 'old')?.value ?? null;
  const spoken = patient.communication ?? [];
  const best = spoken.find(({ preferred }) => preferred === true) ?? spoken[0];
  const language = best?.language?.coding?.[0]?.code?.slice(0, 2).toLowerCase() ?? null;
  return { name: nameOf(patient), birthDate, email, language };
}

export function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function nameOf({ name = [] }: PatientLike): string {
  const usual = name.find(({ use }) => use === 'official') ?? name[0];
  const parts = usual?.text ?? [...(usual?.given ?? []), usual?.family ?? ''].join(' ');
  return parts.trim() === '' ? '-' : parts.trim();
}
