/**
 * A periodontal chart: one Observation for each tooth with six probing depths, recession, bleeding and
 * mobility, gathered in a DiagnosticReport. Sites are named mesio-, mid- and disto-, facial and lingual.
 */
import type { DiagnosticReport, Observation, ObservationComponent } from '@medplum/fhirtypes';
import type { ChartPen, ReferenceTo } from '../chart-pen.ts';
import type { Random } from '../random.ts';
import { concept, hl7, quantity } from '../terminology.ts';
import { type Mouth, ownTeeth } from './mouth.ts';
import { isPrimary, toothConcept } from './teeth.ts';

const SITES = [
  ['MF', 'mesiofacial'],
  ['F', 'midfacial'],
  ['DF', 'distofacial'],
  ['ML', 'mesiolingual'],
  ['L', 'midlingual'],
  ['DL', 'distolingual'],
] as const;

export interface PeriodontalExam {
  day: number;
  hygienist: string;
  encounter: string;
  /** 0 (sound) to 1 (deep pockets everywhere). */
  severity: number;
}

interface Probed {
  depths: number[];
  bleeding: boolean[];
  recession: number;
  mobility: number;
}

function probe(tooth: number, severity: number, random: Random): Probed {
  const isMolar = tooth % 10 >= 6;
  const here = severity * random.between(0.35, 1.25) + (isMolar ? 0.12 : 0);
  const depths = SITES.map(([site]) => {
    const between = site.length === 2 ? 0.7 : 0;
    return Math.max(1, Math.min(9, Math.round(1.6 + between + here * 4.2 + random.normal(0, 0.45))));
  });
  const bleeding = depths.map((depth) => random.chance(depth >= 4 ? 0.72 : 0.06 + 0.1 * severity));
  const recession = random.chance(severity) ? random.int(1, 3) : 0;
  const worst = Math.max(...depths);
  return { depths, bleeding, recession, mobility: worst >= 8 ? 2 : worst >= 6 && random.chance(0.4) ? 1 : 0 };
}

function components({ depths, bleeding, recession, mobility }: Probed): ObservationComponent[] {
  const probing = SITES.map(
    ([site, name], index): ObservationComponent => ({
      code: concept('dentalFinding', `probing-depth-${site}`, `Probing depth, ${name}`),
      valueQuantity: quantity(depths[index] ?? 0, 'mm'),
    }),
  );
  const bled = SITES.filter((_, index) => bleeding[index]).map(([site]) => site);
  return [
    ...probing,
    {
      code: concept('dentalFinding', 'bleeding-on-probing', 'Bleeding on probing'),
      valueString: bled.length === 0 ? 'none' : bled.join(' '),
    },
    {
      code: concept('dentalFinding', 'recession', 'Gum recession, deepest site'),
      valueQuantity: quantity(recession, 'mm'),
    },
    { code: concept('dentalFinding', 'mobility', 'Mobility, Miller class'), valueInteger: mobility },
  ];
}

/** Writes the chart and returns what a note says of it. */
export function writePeriodontalChart(pen: ChartPen, mouth: Mouth, exam: PeriodontalExam): string {
  const at = pen.calendar.instant(exam.day, 9, 40);
  const teeth = ownTeeth(mouth).filter((tooth) => !isPrimary(tooth));
  const author = { author: exam.hygienist };
  let deepSites = 0;
  let bleedingSites = 0;
  const results = teeth.map((tooth): ReferenceTo<Observation> => {
    const probed = probe(tooth, exam.severity, pen.random);
    deepSites += probed.depths.filter((depth) => depth >= 5).length;
    bleedingSites += probed.bleeding.filter(Boolean).length;
    return pen.write<Observation>(
      {
        resourceType: 'Observation',
        status: 'final',
        category: [hl7('observation-category', 'exam', 'Exam')],
        code: concept('dentalFinding', 'periodontal-tooth', 'Periodontal findings of a tooth'),
        subject: pen.patient,
        encounter: { reference: exam.encounter },
        effectiveDateTime: at,
        performer: [{ reference: `Practitioner/${exam.hygienist}` }],
        bodySite: toothConcept(tooth),
        component: components(probed),
      },
      author,
    );
  });
  const share = Math.round((100 * bleedingSites) / Math.max(1, teeth.length * 6));
  const deep = deepSites === 0 ? 'no site of 5 mm or more' : `${deepSites} sites of 5 mm or more`;
  const conclusion = `${teeth.length} teeth probed: ${deep}; bleeding at ${share}% of sites.`;
  pen.write<DiagnosticReport>(
    {
      resourceType: 'DiagnosticReport',
      status: 'final',
      code: concept('dentalFinding', 'periodontal-chart', 'Periodontal chart'),
      subject: pen.patient,
      encounter: { reference: exam.encounter },
      effectiveDateTime: at,
      issued: at,
      performer: [{ reference: `Practitioner/${exam.hygienist}` }],
      result: results,
      conclusion,
    },
    author,
  );
  return conclusion;
}
