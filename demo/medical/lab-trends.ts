/** How a person's values move over the years: illness, treatment, age, and day-to-day noise. */
import type { Random } from '../random.ts';
import { ANALYTES, type AnalyteKey, analyte } from './lab-catalog.ts';
import type { ProblemKey } from './problems.ts';

interface Course {
  /** Before treatment took hold, and today. */
  from: number;
  to: number;
}

/** Courses that a problem (or a sensitive one) sets; what it does not name stays usual. */
const COURSES: Readonly<Record<string, Partial<Record<AnalyteKey, readonly [from: number, to: number]>>>> = {
  diabetes: { a1c: [9, 7.1], glucose: [192, 132], uacr: [22, 34], triglycerides: [210, 164] },
  hyperlipidemia: { ldl: [168, 94], cholesterol: [252, 176], triglycerides: [176, 138] },
  hypothyroid: { tsh: [9.4, 2.2] },
  kidney: { creatinine: [1.0, 1.19], urea: [19, 25], uacr: [48, 92], potassium: [4.6, 4.9] },
  anemia: { hemoglobin: [9.6, 12.6], hematocrit: [30.4, 38.2], mcv: [74, 84], ferritin: [5, 34] },
  pregnancy: { hemoglobin: [12.8, 11.6], hematocrit: [38, 35], platelets: [240, 214] },
  alcohol: { ggt: [184, 52], ast: [88, 34], alt: [71, 32], mcv: [101, 94] },
  hiv: { viralLoad: [48200, 0], cd4: [312, 702] },
};

function inMen(key: AnalyteKey, value: number): number {
  if (key === 'hemoglobin') return value + 1.4;
  if (key === 'hematocrit') return value + 3.6;
  return key === 'creatinine' ? value + 0.14 : value;
}

/** CKD-EPI 2021, creatinine in mg/dL. */
export function estimatedGfr(creatinine: number, ageYears: number, isFemale: boolean): number {
  const kappa = isFemale ? 0.7 : 0.9;
  const alpha = isFemale ? -0.241 : -0.302;
  const ratio = creatinine / kappa;
  const base = 142 * Math.min(ratio, 1) ** alpha * Math.max(ratio, 1) ** -1.2 * 0.9938 ** ageYears;
  return base * (isFemale ? 1.012 : 1);
}

export class LabTrends {
  readonly #courses = new Map<AnalyteKey, Course>();
  readonly #results = new Map<AnalyteKey, number[]>();
  readonly #random: Random;
  readonly #ageYears: number;
  readonly #isFemale: boolean;

  constructor(
    problems: readonly (ProblemKey | string)[],
    ageYears: number,
    isFemale: boolean,
    random: Random,
  ) {
    this.#random = random;
    this.#ageYears = ageYears;
    this.#isFemale = isFemale;
    for (const key of Object.keys(ANALYTES) as AnalyteKey[]) {
      const { usual, spread } = analyte(key);
      const own = random.normal(isFemale ? usual : inMen(key, usual), spread);
      this.#courses.set(key, { from: own, to: own });
      for (const name of problems) {
        const course = COURSES[name]?.[key];
        if (!course) continue;
        const scale = random.between(0.93, 1.07);
        this.#courses.set(key, { from: course[0] * scale, to: course[1] * random.between(0.95, 1.05) });
      }
    }
  }

  /**
   * The next result of a test; `elapsed` is 0 at the first draw and 1 today. Treatment works fast at first:
   * half the way is gone after a fifth of the time.
   */
  draw(key: AnalyteKey, elapsed: number): number {
    const value = key === 'egfr' ? this.#gfr() : this.#along(key, elapsed);
    const { decimals } = analyte(key);
    const rounded = Math.max(0, Math.round(value * 10 ** decimals) / 10 ** decimals);
    this.#results.set(key, [...(this.#results.get(key) ?? []), rounded]);
    return rounded;
  }

  /** The last result and the one before it, as far as there are any. */
  latest(key: AnalyteKey): { now: number | null; before: number | null } {
    const results = this.#results.get(key) ?? [];
    return { now: results.at(-1) ?? null, before: results.at(-2) ?? null };
  }

  #along(key: AnalyteKey, elapsed: number): number {
    const { from, to } = this.#courses.get(key) ?? { from: 0, to: 0 };
    const progress = 1 - (1 - Math.min(1, Math.max(0, elapsed))) ** 2.6;
    const value = key === 'viralLoad' && elapsed > 0.15 ? 0 : from + (to - from) * progress;
    return value + this.#random.normal(0, analyte(key).spread * 0.45);
  }

  #gfr(): number {
    const creatinine = this.#results.get('creatinine')?.at(-1) ?? 0.9;
    return estimatedGfr(creatinine, this.#ageYears, this.#isFemale);
  }
}
