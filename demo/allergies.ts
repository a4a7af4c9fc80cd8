/** Allergies as both practices record them. */
import type { ChartPen } from './chart-pen.ts';
import { concept, hl7 } from './terminology.ts';

export const ALLERGIES = {
  penicillin: {
    system: 'rxnorm',
    code: '70618',
    display: 'penicillin',
    reaction: 'Hives over the trunk within an hour',
    severity: 'moderate',
    category: 'medication',
  },
  latex: {
    system: 'snomed',
    code: '111088007',
    display: 'Latex',
    reaction: 'Itching and swelling of the lips',
    severity: 'moderate',
    category: 'environment',
  },
  codeine: {
    system: 'rxnorm',
    code: '2670',
    display: 'codeine',
    reaction: 'Vomiting',
    severity: 'mild',
    category: 'medication',
  },
  sulfa: {
    system: 'rxnorm',
    code: '10831',
    display: 'sulfamethoxazole / trimethoprim',
    reaction: 'Rash',
    severity: 'mild',
    category: 'medication',
  },
  ibuprofen: {
    system: 'rxnorm',
    code: '5640',
    display: 'ibuprofen',
    reaction: 'Wheezing',
    severity: 'severe',
    category: 'medication',
  },
  peanut: {
    system: 'snomed',
    code: '762952008',
    display: 'Peanut',
    reaction: 'Swelling of the throat',
    severity: 'severe',
    category: 'food',
  },
} as const;

export type AllergyKey = keyof typeof ALLERGIES;

export function writeAllergy(
  pen: ChartPen,
  key: AllergyKey,
  recordedDay: number,
  practitioner: string,
): void {
  const { system, code, display, reaction, severity, category } = ALLERGIES[key];
  pen.write(
    {
      resourceType: 'AllergyIntolerance',
      clinicalStatus: hl7('allergyintolerance-clinical', 'active', 'Active'),
      verificationStatus: hl7('allergyintolerance-verification', 'confirmed', 'Confirmed'),
      type: 'allergy',
      category: [category],
      criticality: severity === 'severe' ? 'high' : 'low',
      code: concept(system, code, display, display.charAt(0).toUpperCase() + display.slice(1)),
      patient: pen.patient,
      recordedDate: pen.calendar.date(recordedDay),
      recorder: { reference: `Practitioner/${practitioner}` },
      reaction: [{ manifestation: [{ text: reaction }], severity }],
    },
    { author: practitioner },
  );
}
