/** Tooth numbers (FDI, ISO 3950), their names, and their codes as FHIR body sites. */
import type { CodeableConcept } from '@medplum/fhirtypes';
import type { ToothShape } from '../files/radiograph.ts';
import { coding } from '../terminology.ts';

const PERMANENT_NAMES = [
  'central incisor',
  'lateral incisor',
  'canine',
  'first premolar',
  'second premolar',
  'first molar',
  'second molar',
  'third molar',
];
const PRIMARY_NAMES = ['central incisor', 'lateral incisor', 'canine', 'first molar', 'second molar'];

export function isPrimary(tooth: number): boolean {
  return tooth > 50;
}

export function isUpper(tooth: number): boolean {
  return [1, 2, 5, 6].includes(Math.floor(tooth / 10));
}

/** ADA universal number: 1 to 32 for permanent teeth, A to T for primary ones. */
export function universalNumber(tooth: number): string {
  const quadrant = Math.floor(tooth / 10);
  const place = tooth % 10;
  const permanent: Record<number, number> = { 1: 9 - place, 2: 8 + place, 3: 25 - place, 4: 24 + place };
  const primary: Record<number, number> = { 5: 6 - place, 6: 5 + place, 7: 16 - place, 8: 15 + place };
  const number = permanent[quadrant];
  if (number !== undefined) return String(number);
  return String.fromCharCode(64 + (primary[quadrant] ?? 1));
}

/** As the practice writes it: "#19", and "K" for a primary tooth. Codes carry the FDI number beside it. */
export function writtenTooth(tooth: number): string {
  return isPrimary(tooth) ? universalNumber(tooth) : `#${universalNumber(tooth)}`;
}

/** For reading, such as "lower left first molar". */
export function toothName(tooth: number): string {
  const quadrant = Math.floor(tooth / 10);
  const side = [1, 4, 5, 8].includes(quadrant) ? 'right' : 'left';
  const names = isPrimary(tooth) ? PRIMARY_NAMES : PERMANENT_NAMES;
  const kind = `${isPrimary(tooth) ? 'primary ' : ''}${names[(tooth % 10) - 1] ?? 'tooth'}`;
  return `${isUpper(tooth) ? 'upper' : 'lower'} ${side} ${kind}`;
}

/** HL7's R4 teaching set has no primary teeth, so those carry their universal letter alone. */
export function toothConcept(tooth: number): CodeableConcept {
  const universal = coding('universalTooth', universalNumber(tooth));
  return {
    coding: isPrimary(tooth) ? [universal] : [coding('tooth', String(tooth)), universal],
    text: `${writtenTooth(tooth)} ${toothName(tooth)}`,
  };
}

const SURFACE_NAMES: Readonly<Record<string, string>> = {
  M: 'mesial',
  O: 'occlusal',
  I: 'incisal',
  D: 'distal',
  B: 'buccal',
  V: 'ventral',
  L: 'lingual',
};

/** One concept for each surface of a text such as "MOD". */
export function surfaceConcepts(surfaces: string): CodeableConcept[] {
  return [...surfaces].map((surface) => ({
    coding: [coding('surface', surface)],
    text: SURFACE_NAMES[surface] ?? surface,
  }));
}

export function shapeOf(tooth: number): ToothShape {
  const place = tooth % 10;
  if (place <= 2) return 'incisor';
  if (place === 3) return 'canine';
  if (isPrimary(tooth)) return 'molar';
  return place <= 5 ? 'premolar' : 'molar';
}

/** The teeth that stand at an age, wisdom teeth aside until 19. */
export function teethAtAge(ageYears: number): number[] {
  const standing: number[] = [];
  for (let quadrant = 1; quadrant <= 4; quadrant += 1) {
    for (let place = 1; place <= 8; place += 1) {
      const erupts = [7, 8, 11, 10, 11, 6, 12, 19][place - 1] ?? 0;
      if (ageYears >= erupts) standing.push(quadrant * 10 + place);
      else if (place <= 5) standing.push((quadrant + 4) * 10 + place);
    }
  }
  return standing;
}
