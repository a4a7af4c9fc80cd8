/** Immunizations (CVX) by age: the childhood series, and what adults have had in recent years. */
import type { Immunization } from '@medplum/fhirtypes';
import type { ChartPen } from '../chart-pen.ts';
import type { Random } from '../random.ts';
import { concept } from '../terminology.ts';

const VACCINES = {
  hepatitisB: ['08', 'Hep B, adolescent or pediatric'],
  rotavirus: ['119', 'rotavirus, monovalent'],
  dtap: ['20', 'DTaP'],
  hib: ['49', 'Hib (PRP-OMP)'],
  pneumococcal: ['133', 'Pneumococcal conjugate PCV 13'],
  polio: ['10', 'IPV'],
  mmr: ['03', 'MMR'],
  varicella: ['21', 'varicella'],
  hepatitisA: ['83', 'Hep A, ped/adol, 2 dose'],
  tdap: ['115', 'Tdap'],
  meningococcal: ['114', 'meningococcal MCV4P'],
  papilloma: ['165', 'HPV9'],
  influenza: ['140', 'Influenza, seasonal, injectable, preservative free'],
  covid: ['208', 'COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose'],
  zoster: ['187', 'zoster recombinant'],
  pneumococcalAdult: ['216', 'Pneumococcal conjugate PCV20, polysaccharide CRM197 conjugate, adjuvant, PF'],
} as const;

type VaccineKey = keyof typeof VACCINES;

/** Age in months at which each dose of the childhood series is due. */
const CHILDHOOD: readonly [vaccine: VaccineKey, months: readonly number[]][] = [
  ['hepatitisB', [0, 2, 6]],
  ['rotavirus', [2, 4]],
  ['dtap', [2, 4, 6, 15, 52]],
  ['hib', [2, 4, 12]],
  ['pneumococcal', [2, 4, 6, 12]],
  ['polio', [2, 4, 6, 52]],
  ['mmr', [12, 52]],
  ['varicella', [12, 52]],
  ['hepatitisA', [12, 18]],
  ['tdap', [132]],
  ['meningococcal', [134, 194]],
  ['papilloma', [134, 140]],
];

const MONTH_DAYS = 30.4;

function give(pen: ChartPen, vaccine: VaccineKey, day: number, nurse: string): void {
  const [cvx, display] = VACCINES[vaccine];
  pen.write<Immunization>(
    {
      resourceType: 'Immunization',
      status: 'completed',
      vaccineCode: concept('cvx', cvx, display),
      patient: pen.patient,
      occurrenceDateTime: pen.calendar.date(pen.calendar.workday(day)),
      primarySource: day > -700,
      lotNumber: `${pen.random.hex(2).toUpperCase()}${pen.random.int(1000, 9999)}`,
      performer: [{ actor: { reference: `Practitioner/${nurse}` } }],
    },
    { author: nurse },
  );
}

/** Records every dose due by now; a child is up to date but for an odd late one. */
export function writeImmunizations(
  pen: ChartPen,
  birthDate: string,
  ageYears: number,
  nurse: string,
  random: Random,
): void {
  const lived = pen.calendar.daysSince(birthDate);
  if (ageYears < 19) {
    for (const [vaccine, months] of CHILDHOOD) {
      for (const month of months) {
        const day = Math.round(month * MONTH_DAYS) + random.int(0, 24) - lived;
        if (day < -3) give(pen, vaccine, day, nurse);
      }
    }
  } else {
    give(pen, 'tdap', -random.int(300, 3000), nurse);
    if (random.chance(0.8)) give(pen, 'covid', -random.int(180, 420), nurse);
    if (ageYears > 50) for (const day of [-900, -800]) give(pen, 'zoster', day - random.int(0, 300), nurse);
    if (ageYears > 64) give(pen, 'pneumococcalAdult', -random.int(200, 1100), nurse);
  }
  const seasons = ageYears > 1 ? 2 : 1;
  for (let year = 0; year < seasons; year += 1) {
    if (random.chance(ageYears > 60 ? 0.9 : 0.6))
      give(pen, 'influenza', -random.int(30, 70) - year * 365, nurse);
  }
}
