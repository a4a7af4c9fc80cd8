/** What a chart says of each tooth, for dental practices: gaps, decay, what is watched, done and planned. */
import type { CodeableConcept, Condition, Procedure, ServiceRequest } from '@medplum/fhirtypes';
import { codeIn, conceptText, isPresent } from './names.ts';

/** HL7’s teaching set of FDI numbers (ISO 3950), and the universal ones of the United States. */
const FDI = 'http://terminology.hl7.org/CodeSystem/ex-tooth';
const UNIVERSAL = 'http://terminology.hl7.org/CodeSystem/ADAUniversalToothDesignationSystem';

/** Once around the mouth, from the upper right over the left to the lower right: 1 to 32, or A to T. */
const around = (quadrants: readonly number[], count: number) =>
  quadrants.flatMap((quadrant, turn) =>
    Array.from({ length: count }, (_, at) => `${quadrant}${turn % 2 === 0 ? count - at : at + 1}`),
  );
const UNIVERSAL_BY_FDI: ReadonlyMap<string, string> = new Map([
  ...around([1, 2, 3, 4], 8).map((tooth, at) => [tooth, String(at + 1)] as const),
  ...around([5, 6, 7, 8], 5).map((tooth, at) => [tooth, String.fromCharCode(65 + at)] as const),
]);
const FDI_BY_UNIVERSAL: ReadonlyMap<string, string> = new Map(
  [...UNIVERSAL_BY_FDI].map(([tooth, universal]) => [universal, tooth]),
);

/** The gravest thing first: what a tooth is shown as where several are true. */
export type ToothState = 'missing' | 'decay' | 'planned' | 'watched' | 'treated' | 'sound';

export interface ToothNote {
  readonly id: string;
  readonly state: ToothState;
  readonly text: string;
  /** A FHIR dateTime, where it is known. */
  readonly at: string | undefined;
  /** Whether it stands in for a tooth that is gone, as a crown on an implant does. */
  readonly replaces: boolean;
}

export type ToothNumbering = 'universal' | 'fdi';

export interface Mouth {
  /** By FDI number; a tooth of which nothing is said is not in it. */
  readonly teeth: ReadonlyMap<string, readonly ToothNote[]>;
  readonly hasPrimary: boolean;
  /** How the practice counts: universal where any record of the chart does. */
  readonly numbering: ToothNumbering;
}

/** The FDI number of the tooth that a body site names; null where it names none. */
export function toothOf(sites: readonly CodeableConcept[] | undefined): string | null {
  const codings = sites?.flatMap(({ coding }) => coding ?? []) ?? [];
  const fdi = codings.find(({ system }) => system === FDI)?.code;
  if (fdi !== undefined && /^[1-8][1-8]$/.test(fdi)) return fdi;
  const universal = codings.find(({ system }) => system === UNIVERSAL)?.code ?? '';
  return FDI_BY_UNIVERSAL.get(universal) ?? null;
}

/** What people of the practice call the tooth of that FDI number. */
export function toothNumber(tooth: string, numbering: ToothNumbering): string {
  return numbering === 'fdi' ? tooth : (UNIVERSAL_BY_FDI.get(tooth) ?? tooth);
}

export interface MouthParts {
  readonly conditions: readonly Condition[];
  readonly procedures: readonly Procedure[];
  readonly plans: readonly ServiceRequest[];
}

/** Everything that names a tooth, by tooth; null where nothing does. */
export function mouthOf({ conditions, procedures, plans }: MouthParts): Mouth | null {
  const teeth = new Map<string, ToothNote[]>();
  let numbering: ToothNumbering = 'fdi';
  const say = (sites: readonly CodeableConcept[] | undefined, note: ToothNote) => {
    const tooth = toothOf(sites);
    if (tooth === null) return;
    teeth.set(tooth, [...(teeth.get(tooth) ?? []), note]);
    if (sites?.some(({ coding }) => coding?.some(({ system }) => system === UNIVERSAL)))
      numbering = 'universal';
  };
  for (const each of conditions.filter(isPresent)) {
    say(each.bodySite, noteOf(each, findingState(each), each.recordedDate));
  }
  for (const each of plans) say(each.bodySite, noteOf(each, 'planned', each.authoredOn));
  for (const each of procedures.filter(({ status }) => status === 'completed')) {
    const at = each.performedDateTime ?? each.performedPeriod?.start;
    say(each.bodySite, noteOf(each, extracts(each) ? 'missing' : 'treated', at));
  }
  if (teeth.size === 0) return null;
  return { teeth, hasPrimary: [...teeth.keys()].some((tooth) => tooth >= '50'), numbering };
}

function noteOf(
  { id, code }: Condition | Procedure | ServiceRequest,
  state: ToothState,
  at: string | undefined,
): ToothNote {
  const replaces = state === 'treated' && /implant/.test(codesOf(code));
  return { id: id!, state, text: conceptText(code), at, replaces };
}

function codesOf(concept: CodeableConcept | undefined): string {
  return concept?.coding?.map((each) => each.code).join(' ') ?? '';
}

function findingState({ code }: Condition): ToothState {
  const codes = `${codeIn(code)} ${codesOf(code)}`;
  if (/missing|\bK08\.1|\bK00\.0/.test(codes)) return 'missing';
  return /\bwatch|caries-enamel/.test(codes) ? 'watched' : 'decay';
}

function extracts({ code }: Procedure): boolean {
  return /extraction/.test(codesOf(code));
}

const RANK: readonly ToothState[] = ['missing', 'decay', 'planned', 'watched', 'treated', 'sound'];

/** What a tooth is shown as: the gravest of what is said of it; what was replaced is no gap any more. */
export function stateOf(notes: readonly ToothNote[] | undefined): ToothState {
  const replaced = notes?.some(({ replaces }) => replaces) === true;
  const shown = replaced ? notes?.filter(({ state }) => state !== 'missing') : notes;
  return RANK.find((state) => shown?.some((note) => note.state === state)) ?? 'sound';
}
