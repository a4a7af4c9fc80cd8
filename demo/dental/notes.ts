/** Chairside notes: told from the visit, the mouth and the medical history, as a clinician writes. */
import type { Random } from '../random.ts';
import { service } from './fee-schedule.ts';
import { illness } from './history-catalog.ts';
import type { HistorySpec } from './medical-history.ts';
import type { Mouth, ToothState, Treatment } from './mouth.ts';
import * as phrase from './note-phrases.ts';
import { shapeOf, toothName, writtenTooth } from './teeth.ts';
import type { PlannedVisit } from './timeline.ts';

export interface NoteContext {
  ageYears: number;
  history: HistorySpec;
  mouth: Mouth;
  /** What the periodontal chart of this visit says, where one was taken. */
  periodontal: string | null;
  signedBy: string;
  /** The chart's own sentences, drawn without repetition. */
  talk: string[];
  random: Random;
}

/** Sensitive illnesses are kept out of the general note; the form and the problem list hold them. */
const UNSPOKEN = ['hiv', 'depression'];

function historyLine({ history, random }: NoteContext, isFirst = false): string {
  const spoken = history.illnesses.filter((key) => !UNSPOKEN.includes(key));
  const allergies =
    history.allergies.length > 0 ? `Allergic to ${history.allergies.join(' and ')}` : 'No known allergies';
  if (spoken.length === 0) {
    return `Medical history ${isFirst ? 'taken, nothing of note' : 'reviewed, nothing new'}. ${allergies}.`;
  }
  const heed = spoken.map((key) => illness(key).heed).join(' ');
  const pressure = spoken.includes('hypertension')
    ? ` Blood pressure ${random.int(122, 148)}/${random.int(74, 92)} before starting.`
    : '';
  return (
    `Medical history ${isFirst ? 'taken' : 'reviewed'}: ` +
    `${spoken.map((key) => illness(key).question.toLowerCase()).join(', ')}. ${heed} ` +
    `${allergies}.${pressure}`
  );
}

function findingsLine({ mouth }: NoteContext): string {
  const decayed = [...mouth.states].filter(([, state]) => state.decay);
  const watched = [...mouth.states].filter(([, state]) => state.watch);
  const parts = decayed.map(([tooth, state]) =>
    state.decay?.depth === 'enamel'
      ? `early enamel lesion on ${writtenTooth(tooth)} ${state.decay.surfaces}, to arrest with fluoride`
      : `decay on ${writtenTooth(tooth)} ${state.decay?.surfaces ?? ''} ` +
        `${state.decay?.depth === 'pulp' ? 'close to the pulp' : 'into dentine'}`,
  );
  parts.push(...watched.map(([tooth, state]) => `${writtenTooth(tooth)}: ${state.watch}, watched`));
  return parts.length === 0 ? 'No new decay, clinically or on the films.' : `Findings: ${parts.join('; ')}.`;
}

/** What the first chart of the mouth says. */
function chartLine({ mouth }: NoteContext): string {
  const count = (has: (state: ToothState) => boolean) => [...mouth.states.values()].filter(has).length;
  const restored = count((state) => state.old !== undefined);
  const missing = count((state) => state.missing !== undefined);
  const parts = [`${mouth.teeth.length - missing} teeth standing`];
  if (restored > 0) parts.push(`${restored} with older fillings or crowns`);
  if (missing > 0) parts.push(`${missing} missing`);
  if (mouth.kind === 'gum-disease')
    parts.push('deep pockets round the molars: scaling in two visits, then every four months');
  const next = mouth.done[0];
  if (next) parts.push(`${writtenTooth(next.tooth)} to be treated first (${next.reason})`);
  return `Chart taken: ${parts.join('; ')}.`;
}

function planLine({ mouth }: NoteContext, isLatest: boolean): string {
  const months = mouth.kind === 'gum-disease' ? 'four' : 'six';
  if (!isLatest || mouth.planned.length === 0)
    return `Plan: back in ${months} months, sooner if anything hurts.`;
  const steps = mouth.planned.map(
    ({ service: key, tooth }) => `${service(key).text.toLowerCase()} on ${writtenTooth(tooth)}`,
  );
  return (
    `Plan: ${steps.join('; ')}. Options, risks and costs discussed; questions answered; patient agrees ` +
    'to go ahead.'
  );
}

const WORK: readonly [prefix: string, sentences: readonly string[]][] = [
  ['composite', phrase.FILLING],
  ['root-canal', phrase.ROOT_CANAL],
  ['crown', phrase.CROWN],
  ['implant-placement', phrase.IMPLANT_PLACEMENT],
  ['implant-crown', phrase.IMPLANT_CROWN],
  ['sealant', phrase.SEALANT],
  ['pulpotomy', phrase.PULPOTOMY],
];

function workLine({ service: key, tooth, surfaces, reason }: Treatment, random: Random): string {
  const sentences = WORK.find(([prefix]) => key.startsWith(prefix))?.[1] ?? phrase.FILLING;
  const canals =
    shapeOf(tooth) === 'molar' ? 'four canals' : shapeOf(tooth) === 'premolar' ? 'two canals' : 'one canal';
  const shade = random.pick(['A1', 'A2', 'A3', 'A3.5', 'B1', 'B2']);
  const told = random.pick(sentences).replace('{canals}', canals).replace('{shade}', shade);
  const where = surfaces ? `${writtenTooth(tooth)} ${surfaces}` : writtenTooth(tooth);
  return `${service(key).text} on ${where} (${toothName(tooth)}), for ${reason}. ${told}`;
}

function checkUpNote(visit: PlannedVisit, context: NoteContext, isLatest: boolean): string[] {
  const { random, ageYears, talk, periodontal } = context;
  const opening =
    visit.kind === 'new-patient'
      ? 'First visit. '
      : visit.kind === 'maintenance'
        ? 'Periodontal maintenance. '
        : 'Check-up and cleaning. ';
  const isFirst = visit.kind === 'new-patient';
  const lines = [`${opening}${talk.pop() ?? ''}`.trim(), historyLine(context, isFirst)];
  lines.push(
    ageYears < 12
      ? random.pick(phrase.HYGIENE.slice(0, 3))
      : `${random.pick(phrase.SOFT_TISSUE)} ${random.pick(phrase.HYGIENE)}`,
  );
  if (periodontal) lines.push(`Periodontal chart: ${periodontal}`);
  if (visit.services.includes('bitewings'))
    lines.push('Bitewings taken and read with the patient at the screen.');
  if (isFirst) lines.push(chartLine(context));
  if (isLatest) lines.push(findingsLine(context));
  else if (!isFirst) lines.push('Nothing new against the chart of the last visit.');
  lines.push(planLine(context, isLatest));
  return lines;
}

function emergencyNote(visit: PlannedVisit, { random, history }: NoteContext): string[] {
  const tooth = visit.treatments[0]?.tooth ?? 11;
  const cover = history.allergies.includes('penicillin')
    ? 'clindamycin, because of the penicillin allergy'
    : 'amoxicillin';
  return [
    random.pick(phrase.EMERGENCY).replace('{tooth}', toothName(tooth)),
    `Tooth ${writtenTooth(tooth)}: tender on tapping, cold test lingers over 30 seconds, probing within ` +
      'normal limits, no mobility. Periapical film: widened ligament space at the apex.',
    'Explained root canal treatment against extraction; wishes to keep the tooth. Opened bite ' +
      `slightly, ibuprofen 600 mg with food. To start ${cover} only if swelling or fever comes. Booked ` +
      'for treatment this week.',
  ];
}

export function composeNote(visit: PlannedVisit, context: NoteContext, isLatest: boolean): string {
  const { random, signedBy } = context;
  let lines: string[];
  if (visit.kind === 'emergency') lines = emergencyNote(visit, context);
  else if (visit.kind === 'scaling') {
    lines = [
      `Scaling and root planing, ${random.pick(['right', 'left'])} side, under local anaesthesia. ` +
        `${random.pick(phrase.ANAESTHESIA)}`,
      'Deposits below the gum heavy at the molars, removed with ultrasonic and curettes, rinsed with ' +
        'chlorhexidine. Bleeding settled with pressure.',
      'Interdental brushes fitted for each gap and practised in the mirror. Told that the gums will ' +
        'shrink and teeth may feel longer. Re-evaluation in eight weeks.',
    ];
  } else if (visit.kind === 'treatment') {
    lines = [
      historyLine(context),
      random.pick(phrase.ANAESTHESIA),
      ...visit.treatments.map((treatment) => workLine(treatment, random)),
      random.pick(phrase.AFTERCARE),
    ];
    if (visit.treatments[0]?.service === 'sealant' || visit.treatments[0]?.service === 'implant-crown')
      lines.splice(1, 1);
  } else lines = checkUpNote(visit, context, isLatest);
  return `${lines.join('\n\n')}\n\n${signedBy}`;
}
