/** What a chart says of each tooth, for dental practices: gaps, decay, what is watched, done and planned. */
import type { CodeableConcept, Condition, Procedure, ServiceRequest } from '@medplum/fhirtypes';
import { codeIn, conceptText, isPresent } from './names.ts';

/** HL7's teaching set of FDI numbers (ISO 3950), and the universal letters of primary teeth. */
const FDI = 'http://terminology.hl7.org/CodeSystem/ex-tooth';
const UNIVERSAL = 'http://terminology.hl7.org/CodeSystem/ADAUniversalToothDesignationSystem';
const PRIMARY = ['55', '54', '53', '52', '51', '61', '62', '63', '64', '65'];
const LOWER_PRIMARY = ['75', '74', '73', '72', '71', '81', '82', '83', '84', '85'];

/** The gravest thing first: what a tooth is shown as where several are true. */
export type ToothState = 'missing' | 'decay' | 'planned' | 'watched' | 'treated' | 'sound';

export interface ToothNote {
  readonly id: string;
  readonly state: ToothState;
  readonly text: string;
  /** A FHIR dateTime, where it is known. */
  readonly at: string | undefined;
}

export interface Mouth {
  /** By FDI number; a tooth of which nothing is said is not in it. */
  readonly teeth: ReadonlyMap<string, readonly ToothNote[]>;
  readonly hasPrimary: boolean;
}

/** The FDI number of the tooth that a body site names; null where it names none. */
export function toothOf(sites: readonly CodeableConcept[] | undefined): string | null {
  const codings = sites?.flatMap(({ coding }) => coding ?? []) ?? [];
  const fdi = codings.find(({ system }) => system === FDI)?.code;
  if (fdi !== undefined && /^[1-8][1-8]$/.test(fdi)) return fdi;
  const letter = codings.find(({ system }) => system === UNIVERSAL)?.code ?? '';
  if (!/^[A-T]$/.test(letter)) return null;
  const at = letter.charCodeAt(0) - 65;
  return (at < 10 ? PRIMARY[at] : LOWER_PRIMARY[at - 10]) ?? null;
}

export interface MouthParts {
  readonly conditions: readonly Condition[];
  readonly procedures: readonly Procedure[];
  readonly plans: readonly ServiceRequest[];
}

/** Everything that names a tooth, by tooth; null where nothing does. */
export function mouthOf({ conditions, procedures, plans }: MouthParts): Mouth | null {
  const teeth = new Map<string, ToothNote[]>();
  const say = (sites: readonly CodeableConcept[] | undefined, note: ToothNote) => {
    const tooth = toothOf(sites);
    if (tooth !== null) teeth.set(tooth, [...(teeth.get(tooth) ?? []), note]);
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
  return { teeth, hasPrimary: [...teeth.keys()].some((tooth) => tooth >= '50') };
}

function noteOf(
  { id, code }: Condition | Procedure | ServiceRequest,
  state: ToothState,
  at: string | undefined,
): ToothNote {
  return { id: id!, state, text: conceptText(code), at };
}

function findingState({ code }: Condition): ToothState {
  const codes = [codeIn(code), ...(code?.coding?.map((each) => each.code) ?? [])].join(' ');
  if (/missing|\bK08\.1|\bK00\.0/.test(codes)) return 'missing';
  return /\bwatch|caries-enamel/.test(codes) ? 'watched' : 'decay';
}

function extracts({ code }: Procedure): boolean {
  return /extraction/.test(code?.coding?.map((each) => each.code).join(' ') ?? '');
}

const RANK: readonly ToothState[] = ['missing', 'decay', 'planned', 'watched', 'treated', 'sound'];

/** What a tooth is shown as: the gravest of what is said of it. */
export function stateOf(notes: readonly ToothNote[] | undefined): ToothState {
  return RANK.find((state) => notes?.some((note) => note.state === state)) ?? 'sound';
}
