/** Charts to measure on: invented patients, each with a shelf of observations of a few codes over years. */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';

export const LOINC = 'http://loinc.org';
export const CODES = ['8867-4', '9279-1', '8310-5', '29463-7'] as const;
const PER_CODE = 40;
export const PER_CHART = 1 + CODES.length * PER_CODE;
/** Of each code in each chart, the observations from this day on are three quarters: more than a page. */
export const FROM = '2021-07-01';
const FAMILIES = ['Abara', 'Bergqvist', 'Castell', 'Dimitrov', 'Eberle', 'Fonoti', 'Grewal', 'Holm'];

export function familyOf(chart: number): string {
  return `${FAMILIES[chart % FAMILIES.length]}-${chart % 97}`;
}

export function birthDateOf(chart: number): string {
  return new Date(Date.UTC(1940, 0, 1 + ((chart * 37) % 25_000))).toISOString().slice(0, 10);
}

export function makeObservation(subject: string, code: string, at: string, value: number) {
  return {
    resourceType: 'Observation',
    status: 'final',
    category: [
      {
        coding: [
          { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' },
        ],
      },
    ],
    code: { coding: [{ system: LOINC, code, display: `Measured quantity ${code}` }], text: 'Measured' },
    subject: { reference: subject },
    effectiveDateTime: at,
    issued: at,
    valueQuantity: { value, unit: 'unit', system: 'http://unitsofmeasure.org', code: '1' },
  };
}

function* chartLines(chart: number): Iterable<object> {
  const subject = `Patient/chart-${chart}`;
  yield {
    resourceType: 'Patient',
    id: `chart-${chart}`,
    identifier: [{ system: 'https://bench.example/mrn', value: `B${chart}` }],
    name: [{ family: familyOf(chart), given: ['Measured', `N${chart}`] }],
    telecom: [{ system: 'phone', value: `555-01${String(chart).padStart(6, '0')}` }],
    gender: chart % 2 === 0 ? 'female' : 'male',
    birthDate: birthDateOf(chart),
  };
  for (const [at, code] of CODES.entries()) {
    for (let turn = 0; turn < PER_CODE; turn += 1) {
      const day = new Date(Date.UTC(2020, 0, 1 + turn * 55 + at, 8 + (chart % 9))).toISOString();
      yield {
        id: `o-${chart}-${at}-${turn}`,
        ...makeObservation(subject, code, day, 60 + ((chart + turn) % 40)),
      };
    }
  }
}

const CHARTS_PER_FILE = 250;

/** Writes NDJSON files of at least that many resources into a new folder; answers how many there are. */
export async function writeCharts(folder: string, resources: number): Promise<number> {
  await mkdir(folder, { recursive: true });
  const charts = Math.ceil(resources / PER_CHART);
  for (let first = 0; first < charts; first += CHARTS_PER_FILE) {
    const file = createWriteStream(join(folder, `charts-${String(first).padStart(8, '0')}.ndjson`));
    for (let chart = first; chart < Math.min(charts, first + CHARTS_PER_FILE); chart += 1) {
      file.write([...chartLines(chart)].map((line) => `${JSON.stringify(line)}\n`).join(''));
    }
    file.end();
    await finished(file);
  }
  return charts * PER_CHART;
}
