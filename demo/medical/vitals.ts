/** Vital signs, as US Core has them, with plausible growth in children. */
import type { Observation } from '@medplum/fhirtypes';
import type { ChartPen } from '../chart-pen.ts';
import type { Gender } from '../people/household.ts';
import type { Random } from '../random.ts';
import { concept, hl7, quantity } from '../terminology.ts';

/** A person's own set points, from which each visit's measurements scatter. */
export interface Body {
  heightCm: number;
  weightKg: number;
  systolic: number;
  diastolic: number;
  pulse: number;
}

/** Median height and weight at birth and at 1, 2, 4, 6, 8, 10, 12, 15 and 18 years; both sexes alike here. */
const GROWTH: readonly [age: number, cm: number, kg: number][] = [
  [0, 50, 3.4],
  [1, 75, 9.6],
  [2, 87, 12.3],
  [4, 103, 16.5],
  [6, 116, 21],
  [8, 128, 26],
  [10, 139, 33],
  [12, 150, 42],
  [15, 166, 56],
  [18, 172, 65],
];

function growthAt(ageYears: number): { cm: number; kg: number } {
  const next = GROWTH.findIndex(([age]) => age > ageYears);
  if (next <= 0) return { cm: 172, kg: 65 };
  const [ageA, cmA, kgA] = GROWTH[next - 1] ?? [0, 50, 3.4];
  const [ageB, cmB, kgB] = GROWTH[next] ?? [1, 75, 9.6];
  const part = (ageYears - ageA) / (ageB - ageA);
  return { cm: cmA + (cmB - cmA) * part, kg: kgA + (kgB - kgA) * part };
}

export function bodyOf(gender: Gender, isHypertensive: boolean, isHeavy: boolean, random: Random): Body {
  const heightCm = random.normal(gender === 'male' ? 177 : 164, 6);
  const index = isHeavy ? random.between(29, 35) : random.between(20.5, 27.5);
  return {
    heightCm,
    weightKg: index * (heightCm / 100) ** 2,
    systolic: isHypertensive ? random.between(130, 146) : random.between(108, 126),
    diastolic: isHypertensive ? random.between(78, 90) : random.between(66, 80),
    pulse: random.between(60, 80),
  };
}

export interface Measured {
  /** Such as "128/76"; null in small children. */
  pressure: string | null;
  weightKg: number;
  heightCm: number;
  pulse: number;
}

function vital(
  pen: ChartPen,
  at: string,
  encounter: string,
  code: Observation['code'],
  value: Pick<Observation, 'valueQuantity' | 'component'>,
): void {
  pen.write<Observation>({
    resourceType: 'Observation',
    status: 'final',
    category: [hl7('observation-category', 'vital-signs', 'Vital Signs')],
    code,
    subject: pen.patient,
    encounter: { reference: encounter },
    effectiveDateTime: at,
    ...value,
  });
}

/** Measures someone at a visit; `ageYears` is the age on that day. */
export function measure(
  pen: ChartPen,
  body: Body,
  ageYears: number,
  at: string,
  encounter: string,
): Measured {
  const { random } = pen;
  const isChild = ageYears < 18;
  const grown = growthAt(ageYears);
  // A child's own line lies near the median: a fifth of how far the grown body will lie from it.
  const childScale = 1 + 0.2 * (body.heightCm / 170 - 1);
  const heightCm = Math.round(isChild ? grown.cm * childScale : body.heightCm);
  const weightKg =
    Math.round(
      (isChild
        ? grown.kg * childScale ** 2 * (0.8 + body.weightKg / 340)
        : body.weightKg + random.normal(0, 1.2)) * 10,
    ) / 10;
  const pulse = Math.round(random.normal(isChild ? 112 - 2.4 * ageYears : body.pulse, 5));
  const code = (loinc: string, display: string) => concept('loinc', loinc, display);
  vital(pen, at, encounter, code('29463-7', 'Body weight'), { valueQuantity: quantity(weightKg, 'kg') });
  if (isChild)
    vital(pen, at, encounter, code('8302-2', 'Body height'), { valueQuantity: quantity(heightCm, 'cm') });
  vital(pen, at, encounter, code('8867-4', 'Heart rate'), {
    valueQuantity: quantity(pulse, 'beats/min', '/min'),
  });
  if (ageYears < 3) return { pressure: null, weightKg, heightCm, pulse };
  const drop = isChild ? 26 - 1.2 * ageYears : 0;
  const systolic = Math.round(random.normal(body.systolic - drop, 5));
  const diastolic = Math.round(random.normal(body.diastolic - drop * 0.6, 3.5));
  vital(pen, at, encounter, code('85354-9', 'Blood pressure panel with all children optional'), {
    component: [
      {
        code: code('8480-6', 'Systolic blood pressure'),
        valueQuantity: quantity(systolic, 'mmHg', 'mm[Hg]'),
      },
      {
        code: code('8462-4', 'Diastolic blood pressure'),
        valueQuantity: quantity(diastolic, 'mmHg', 'mm[Hg]'),
      },
    ],
  });
  return { pressure: `${systolic}/${diastolic}`, weightKg, heightCm, pulse };
}
