/** The tooth chart as FHIR: decay and gaps as Conditions, older work as Procedures, plans as orders. */
import type { Condition, Procedure, ServiceRequest } from '@medplum/fhirtypes';
import type { ChartPen, ReferenceTo } from '../chart-pen.ts';
import { concept, hl7, SYSTEM } from '../terminology.ts';
import { serviceConcept } from './fee-schedule.ts';
import type { Mouth, ToothState } from './mouth.ts';
import { surfaceConcepts, toothConcept, toothName, writtenTooth } from './teeth.ts';

const DEPTH_TEXT = {
  enamel: 'Early decay in enamel, watched',
  dentine: 'Decay into dentine',
  pulp: 'Deep decay reaching the pulp',
} as const;

const CARIES_EXTENT = {
  enamel: ['1', 'limited to enamel'],
  dentine: ['2', 'penetrating into dentin'],
  pulp: ['3', 'penetrating into pulp'],
} as const;

/** ICD-10-CM parts caries by where it began: in a fissure (K02.5) or on a smooth surface (K02.6). */
function cariesCode({ depth, surfaces }: NonNullable<ToothState['decay']>): {
  code: string;
  display: string;
} {
  const [digit, extent] = CARIES_EXTENT[depth];
  const [stem, place] = surfaces.includes('O') ? ['K02.5', 'pit and fissure'] : ['K02.6', 'smooth'];
  return { code: `${stem}${digit}`, display: `Dental caries on ${place} surface ${extent}` };
}

export interface FindingContext {
  practitioner: string;
  /** Days from today on which the chart was taken, negative. */
  day: number;
}

/** Writes every finding; returns the caries Condition of each tooth that awaits treatment. */
export function writeFindings(
  pen: ChartPen,
  mouth: Mouth,
  context: FindingContext,
): Map<number, ReferenceTo<Condition>> {
  const awaiting = new Map<number, ReferenceTo<Condition>>();
  const author = { author: context.practitioner };
  for (const tooth of [...mouth.states.keys()].sort((a, b) => a - b)) {
    const state = mouth.states.get(tooth) ?? {};
    if (state.missing) pen.write(missingTooth(pen, tooth, state.missing.reason, context), author);
    if (state.decay) awaiting.set(tooth, pen.write(caries(pen, tooth, state.decay, context), author));
    if (state.watch) pen.write(watchedTooth(pen, tooth, state.watch, context), author);
    for (const procedure of olderWork(pen, tooth, state)) pen.write(procedure, author);
  }
  return awaiting;
}

function condition(pen: ChartPen, tooth: number, context: FindingContext): Omit<Condition, 'code'> {
  return {
    resourceType: 'Condition',
    clinicalStatus: hl7('condition-clinical', 'active', 'Active'),
    verificationStatus: hl7('condition-ver-status', 'confirmed', 'Confirmed'),
    category: [hl7('condition-category', 'problem-list-item', 'Problem List Item')],
    subject: pen.patient,
    bodySite: [toothConcept(tooth)],
    recordedDate: pen.calendar.date(context.day),
    recorder: { reference: `Practitioner/${context.practitioner}` },
  };
}

function caries(
  pen: ChartPen,
  tooth: number,
  decay: NonNullable<ToothState['decay']>,
  context: FindingContext,
): Condition {
  const base = condition(pen, tooth, context);
  return {
    ...base,
    code: {
      coding: [
        { system: SYSTEM.icd10, ...cariesCode(decay) },
        { system: SYSTEM.dentalFinding, code: `caries-${decay.depth}` },
      ],
      text: `${DEPTH_TEXT[decay.depth]}, ${toothName(tooth)} (${decay.surfaces})`,
    },
    bodySite: [toothConcept(tooth), ...surfaceConcepts(decay.surfaces)],
    onsetDateTime: pen.calendar.date(context.day),
  };
}

function missingTooth(pen: ChartPen, tooth: number, reason: string, context: FindingContext): Condition {
  return {
    ...condition(pen, tooth, context),
    code: concept('dentalFinding', 'missing-tooth', 'Missing tooth', `Missing ${toothName(tooth)}`),
    note: [{ text: `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.` }],
  };
}

function watchedTooth(pen: ChartPen, tooth: number, what: string, context: FindingContext): Condition {
  return {
    ...condition(pen, tooth, context),
    code: concept('dentalFinding', 'watch', 'Watched finding', `Watch ${toothName(tooth)}: ${what}`),
    note: [
      { text: `Photographed; look again at the next check-up. No symptoms from ${writtenTooth(tooth)}.` },
    ],
  };
}

function olderWork(pen: ChartPen, tooth: number, state: ToothState): Procedure[] {
  return (state.old ?? []).map(({ service, surfaces, yearsAgo }) => ({
    resourceType: 'Procedure',
    status: 'completed',
    code: serviceConcept(service),
    subject: pen.patient,
    performedDateTime: pen.calendar.date(-yearsAgo * 365).slice(0, 4),
    bodySite: [toothConcept(tooth), ...surfaceConcepts(surfaces ?? '')],
    note: [
      { text: pen.random.pick(['Placed elsewhere; margins sound.', 'Placed elsewhere, year as recalled.']) },
    ],
  }));
}

/** Treatment that was proposed and is not yet done. */
export function writeTreatmentPlan(
  pen: ChartPen,
  mouth: Mouth,
  awaiting: ReadonlyMap<number, ReferenceTo<Condition>>,
  context: FindingContext,
): void {
  for (const treatment of mouth.planned) {
    const reason = awaiting.get(treatment.tooth);
    pen.write<ServiceRequest>(
      {
        resourceType: 'ServiceRequest',
        status: 'active',
        intent: 'plan',
        priority: treatment.service.startsWith('root-canal') ? 'urgent' : 'routine',
        code: serviceConcept(treatment.service),
        subject: pen.patient,
        authoredOn: pen.calendar.date(context.day),
        requester: { reference: `Practitioner/${context.practitioner}` },
        bodySite: [toothConcept(treatment.tooth), ...surfaceConcepts(treatment.surfaces ?? '')],
        ...(reason ? { reasonReference: [reason] } : {}),
        note: [{ text: `Discussed with the patient: ${treatment.reason}. Estimate given.` }],
      },
      { author: context.practitioner },
    );
  }
}
