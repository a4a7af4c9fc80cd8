/** What dental patients bring along: illnesses, and their medicines. */
import type { MedicineKey } from '../medications.ts';

interface Illness {
  question: string;
  code: string;
  display: string;
  medicines: readonly MedicineKey[];
  /** What the dentist heeds. */
  heed: string;
}

export const ILLNESSES = {
  hypertension: {
    question: 'High blood pressure',
    code: 'I10',
    display: 'Essential (primary) hypertension',
    medicines: ['lisinopril'],
    heed: 'Blood pressure before every local anaesthetic.',
  },
  diabetes: {
    question: 'Diabetes',
    code: 'E11.9',
    display: 'Type 2 diabetes mellitus without complications',
    medicines: ['metformin'],
    heed: 'Morning appointments, after breakfast; slow healing.',
  },
  asthma: {
    question: 'Asthma',
    code: 'J45.909',
    display: 'Unspecified asthma, uncomplicated',
    medicines: ['albuterol'],
    heed: 'Brings the inhaler to every visit.',
  },
  fibrillation: {
    question: 'Irregular heartbeat',
    code: 'I48.91',
    display: 'Unspecified atrial fibrillation',
    medicines: ['apixaban', 'metoprolol'],
    heed: 'Anticoagulated: local measures for bleeding, no change of dose without the cardiologist.',
  },
  valve: {
    question: 'Artificial heart valve',
    code: 'Z95.2',
    display: 'Presence of prosthetic heart valve',
    medicines: ['warfarin', 'amoxicillin'],
    heed: 'Antibiotic cover before treatment that bleeds; INR within three days.',
  },
  osteoporosis: {
    question: 'Osteoporosis',
    code: 'M81.0',
    display: 'Age-related osteoporosis without current pathological fracture',
    medicines: ['alendronate', 'cholecalciferol'],
    heed: 'Bisphosphonate for years: avoid extractions where a root canal will do.',
  },
  thyroid: {
    question: 'Thyroid disease',
    code: 'E03.9',
    display: 'Hypothyroidism, unspecified',
    medicines: ['levothyroxine'],
    heed: 'Well controlled; nothing to change.',
  },
  reflux: {
    question: 'Acid reflux',
    code: 'K21.9',
    display: 'Gastro-esophageal reflux disease without esophagitis',
    medicines: ['omeprazole'],
    heed: 'Erosion of the palatal surfaces: fluoride rinse, no brushing right after an attack.',
  },
  dementia: {
    question: 'Memory loss',
    code: 'G30.9',
    display: "Alzheimer's disease, unspecified",
    medicines: ['donepezil'],
    heed: 'Short visits with the daughter present; written instructions to her.',
  },
  pregnancy: {
    question: 'Pregnancy',
    code: 'Z33.1',
    display: 'Pregnant state, incidental',
    medicines: [],
    heed: 'Second trimester: elective films put off, left side tilt in the chair.',
  },
  hiv: {
    question: 'Any illness of the immune system',
    code: 'B20',
    display: 'Human immunodeficiency virus [HIV] disease',
    medicines: ['dolutegravir'],
    heed: 'Undetectable for years; no change in dental care.',
  },
  depression: {
    question: 'Depression or anxiety',
    code: 'F33.1',
    display: 'Major depressive disorder, recurrent, moderate',
    medicines: ['sertraline'],
    heed: 'Dry mouth from the medicine: fluoride toothpaste, sips of water.',
  },
} as const satisfies Record<string, Illness>;

export type IllnessKey = keyof typeof ILLNESSES;

export function illness(key: IllnessKey): Illness {
  return ILLNESSES[key];
}

/** Illnesses whose mention alone closes a form: the whole answer goes where the answer goes. */
export const SENSITIVE_ILLNESSES: readonly IllnessKey[] = ['hiv', 'depression'];
