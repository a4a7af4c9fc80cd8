/**
 * The state of one mouth, from which findings, treatments, radiographs and notes are all told, so that they
 * agree: a filling in the chart is white on the film and named in the note.
 */
import type { ToothPicture } from '../files/radiograph.ts';
import type { Random } from '../random.ts';
import { fillingFor, rootCanalFor, type ServiceKey } from './fee-schedule.ts';
import { isPrimary, shapeOf, teethAtAge } from './teeth.ts';

export type MouthKind =
  | 'sound'
  | 'repaired'
  | 'decayed'
  | 'gum-disease'
  | 'rebuilt'
  | 'child'
  | 'child-decayed';

export interface Treatment {
  service: ServiceKey;
  tooth: number;
  surfaces?: string;
  /** Why: the finding that the treatment answers. */
  reason: string;
}

export interface ToothState {
  missing?: { reason: string };
  /** Work that stood when the patient first came. */
  old?: { service: ServiceKey; surfaces?: string; yearsAgo: number }[];
  /** Decay that waits for treatment. */
  decay?: { surfaces: string; depth: 'enamel' | 'dentine' | 'pulp' };
  /** A line or chip that is watched, not treated. */
  watch?: string;
  /** Done here, at a visit. */
  treated?: Treatment[];
}

export interface Mouth {
  kind: MouthKind;
  teeth: number[];
  states: Map<number, ToothState>;
  /** Treatments done here, oldest first. */
  done: Treatment[];
  /** Treatments proposed and not yet done. */
  planned: Treatment[];
  /** 0 to 1, as the films show it. */
  boneLoss: number;
}

const MOLAR_SURFACES = ['O', 'MO', 'DO', 'MOD', 'OB', 'OL', 'B'];
const PREMOLAR_SURFACES = ['DO', 'MO', 'MOD', 'O', 'B'];
const FRONT_SURFACES = ['M', 'D', 'MI', 'DI', 'B', 'L'];

function surfacesFor(tooth: number, random: Random): string {
  const place = tooth % 10;
  if (place <= 3) return random.pick(FRONT_SURFACES);
  return random.pick(place >= 6 || isPrimary(tooth) ? MOLAR_SURFACES : PREMOLAR_SURFACES);
}

const AMOUNTS: Readonly<Record<MouthKind, { old: number; done: number; planned: number; missing: number }>> =
  {
    sound: { old: 1, done: 0, planned: 0, missing: 0 },
    repaired: { old: 5, done: 2, planned: 0, missing: 1 },
    decayed: { old: 3, done: 2, planned: 3, missing: 0 },
    'gum-disease': { old: 5, done: 1, planned: 1, missing: 3 },
    rebuilt: { old: 7, done: 3, planned: 1, missing: 3 },
    child: { old: 0, done: 1, planned: 0, missing: 0 },
    'child-decayed': { old: 0, done: 2, planned: 2, missing: 0 },
  };

export function growMouth(kind: MouthKind, ageYears: number, random: Random): Mouth {
  const teeth = teethAtAge(ageYears);
  const mouth: Mouth = {
    kind,
    teeth,
    states: new Map(),
    done: [],
    planned: [],
    boneLoss: boneLossOf(kind, random),
  };
  const amounts = AMOUNTS[kind];
  const back = random.sample(
    teeth.filter((tooth) => tooth % 10 >= 4 && tooth % 10 <= 7),
    teeth.length,
  );
  const front = random.sample(
    teeth.filter((tooth) => tooth % 10 <= 3),
    3,
  );
  const candidates =
    ageYears < 13 ? back : [...back.slice(0, 9), ...front.slice(0, 1), ...back.slice(9), ...front];
  const take = (count: number) => candidates.splice(0, random.int(Math.max(0, count - 1), count));
  for (const tooth of teeth.filter((tooth) => tooth % 10 === 8)) {
    if (random.chance(0.6)) mouth.states.set(tooth, { missing: { reason: 'removed as a young adult' } });
  }
  for (const tooth of take(amounts.missing)) loseTooth(mouth, tooth, random);
  for (const tooth of take(amounts.old)) restoreEarlier(mouth, tooth, ageYears, random);
  for (const tooth of take(amounts.done)) treat(mouth, tooth, ageYears, random);
  for (const tooth of take(amounts.planned)) propose(mouth, tooth, random);
  const watched = candidates.pop();
  if (watched !== undefined && ageYears > 20 && random.chance(0.5)) {
    const what = [
      'a craze line in the enamel',
      'a chipped edge, smooth',
      'an early white spot at the gum line',
    ];
    mouth.states.set(watched, { watch: random.pick(what) });
  }
  return mouth;
}

function boneLossOf(kind: MouthKind, random: Random): number {
  if (kind === 'gum-disease') return random.between(0.45, 0.75);
  return kind === 'rebuilt' ? random.between(0.2, 0.35) : random.between(0, 0.1);
}

function loseTooth(mouth: Mouth, tooth: number, random: Random): void {
  const reason = random.pick([
    'lost to decay',
    'lost to gum disease',
    'cracked and removed',
    'lost in an accident',
  ]);
  mouth.states.set(tooth, { missing: { reason } });
  if (mouth.kind === 'rebuilt' && tooth % 10 <= 6) {
    const why = `missing tooth, ${reason}`;
    const steps: Treatment[] = [
      { service: 'implant-placement', tooth, reason: why },
      { service: 'implant-crown', tooth, reason: why },
    ];
    mouth.states.set(tooth, { missing: { reason }, treated: steps });
    mouth.done.push(...steps);
  }
}

function restoreEarlier(mouth: Mouth, tooth: number, ageYears: number, random: Random): void {
  const yearsAgo = random.int(4, Math.max(5, Math.min(25, ageYears - 12)));
  if (mouth.kind === 'rebuilt' && random.chance(0.35)) {
    const root = { service: rootCanalFor(tooth), yearsAgo };
    mouth.states.set(tooth, { old: [root, { service: 'crown-ceramic', yearsAgo }] });
    return;
  }
  const surfaces = surfacesFor(tooth, random);
  const isAmalgam = ageYears > 38 && surfaces.length === 2 && tooth % 10 >= 5 && random.chance(0.6);
  mouth.states.set(tooth, {
    old: [{ service: isAmalgam ? 'amalgam-2' : fillingFor(surfaces), surfaces, yearsAgo }],
  });
}

function treat(mouth: Mouth, tooth: number, ageYears: number, random: Random): void {
  let steps: Treatment[];
  const surfaces = surfacesFor(tooth, random);
  if (mouth.kind === 'child') {
    if (isPrimary(tooth) || tooth % 10 !== 6) return;
    steps = [{ service: 'sealant', tooth, surfaces: 'O', reason: 'deep fissures' }];
  } else if (ageYears > 25 && random.chance(0.25)) {
    const reason = 'irreversible inflammation of the pulp';
    steps = [
      { service: rootCanalFor(tooth), tooth, reason },
      { service: 'crown-ceramic', tooth, reason: 'root-filled tooth with little crown left' },
    ];
  } else {
    steps = [{ service: fillingFor(surfaces), tooth, surfaces, reason: 'decay into dentine' }];
  }
  mouth.states.set(tooth, { treated: steps });
  mouth.done.push(...steps);
}

function propose(mouth: Mouth, tooth: number, random: Random): void {
  const surfaces = surfacesFor(tooth, random);
  const isDeep = random.chance(0.22);
  mouth.states.set(tooth, {
    decay: { surfaces, depth: isDeep ? 'pulp' : random.pick(['dentine', 'dentine', 'enamel']) },
  });
  const state = mouth.states.get(tooth);
  if (state?.decay?.depth === 'enamel') return;
  if (isDeep) {
    const service = isPrimary(tooth) ? 'pulpotomy' : rootCanalFor(tooth);
    mouth.planned.push({ service, tooth, reason: 'decay that reaches the pulp' });
  } else {
    mouth.planned.push({ service: fillingFor(surfaces), tooth, surfaces, reason: 'decay into dentine' });
  }
}

/** How a tooth looks on a film taken today. */
export function pictureOf(mouth: Mouth, tooth: number): ToothPicture {
  const state = mouth.states.get(tooth) ?? {};
  const picture: ToothPicture = { shape: shapeOf(tooth) };
  if (state.missing || !mouth.teeth.includes(tooth)) picture.missing = true;
  const works = [...(state.old ?? []), ...(state.treated ?? [])];
  for (const work of works) {
    if (work.service.startsWith('root-canal')) picture.rootCanal = true;
    if (work.service === 'crown-ceramic') picture.crown = true;
    if (work.service === 'implant-placement') picture.implant = true;
    if (work.service.startsWith('composite') || work.service === 'amalgam-2') {
      const material = work.service === 'amalgam-2' ? 'amalgam' : 'composite';
      picture.filling = { surfaces: work.surfaces ?? 'O', material };
    }
  }
  if (state.decay) picture.decay = state.decay.surfaces;
  if (state.decay?.depth === 'pulp') picture.periapicalLesion = true;
  return picture;
}

/** Teeth present and not replaced by an implant. */
export function ownTeeth(mouth: Mouth): number[] {
  return mouth.teeth.filter((tooth) => !mouth.states.get(tooth)?.missing);
}
