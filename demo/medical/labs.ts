/** Laboratory results: an Observation for each test, gathered in a DiagnosticReport for each panel. */
import type { DiagnosticReport, Observation } from '@medplum/fhirtypes';
import type { ChartPen, PenOptions, ReferenceTo } from '../chart-pen.ts';
import { concept, hl7, quantity } from '../terminology.ts';
import { type AnalyteKey, analyte, type PanelKey, panel } from './lab-catalog.ts';
import type { LabTrends } from './lab-trends.ts';

const LABORATORY = { reference: 'Organization/laboratory' };

export interface Draw {
  day: number;
  /** 0 at the first draw of this person, 1 today. */
  elapsed: number;
  isMale: boolean;
  /** Key of the doctor who ordered it. */
  orderedBy: string;
}

function rangeOf(key: AnalyteKey, isMale: boolean): { low: number | null; high: number | null } {
  const { low, high, male } = analyte(key);
  return isMale && male ? male : { low, high };
}

function interpretation(
  value: number,
  low: number | null,
  high: number | null,
): [code: string, display: string] {
  if (high !== null && value > high) return ['H', 'High'];
  if (low !== null && value < low) return ['L', 'Low'];
  return ['N', 'Normal'];
}

function result(pen: ChartPen, key: AnalyteKey, value: number, draw: Draw): Observation {
  const { loinc, display, name, unit, ucum } = analyte(key);
  const { low, high } = rangeOf(key, draw.isMale);
  const [code, meaning] = interpretation(value, low, high);
  const isBelowDetection = key === 'viralLoad' && value < 20;
  const range = {
    ...(low === null ? {} : { low: quantity(low, unit, ucum) }),
    ...(high === null ? {} : { high: quantity(high, unit, ucum) }),
  };
  return {
    resourceType: 'Observation',
    status: 'final',
    category: [hl7('observation-category', 'laboratory', 'Laboratory')],
    code: concept('loinc', loinc, display, name),
    subject: pen.patient,
    effectiveDateTime: pen.calendar.instant(draw.day, 7, 45),
    issued: pen.calendar.instant(draw.day, 17, 20),
    performer: [LABORATORY],
    ...(isBelowDetection
      ? { valueQuantity: { ...quantity(20, unit, ucum), comparator: '<' as const } }
      : { valueQuantity: quantity(value, unit, ucum) }),
    interpretation: [hl7('v3-ObservationInterpretation', code, meaning)],
    referenceRange: [range],
  };
}

/** Draws one panel and writes it; returns the report. */
export function writePanel(
  pen: ChartPen,
  trends: LabTrends,
  key: PanelKey,
  draw: Draw,
  options: PenOptions = {},
): ReferenceTo<DiagnosticReport> {
  const { loinc, display, analytes } = panel(key);
  const outside: string[] = [];
  const results = analytes.map((name) => {
    const observation = result(pen, name, trends.draw(name, draw.elapsed), draw);
    const flag = observation.interpretation?.[0]?.coding?.[0]?.display;
    if (flag && flag !== 'Normal') outside.push(`${analyte(name).name} ${flag.toLowerCase()}`);
    return pen.write<Observation>(observation, options);
  });
  return pen.write<DiagnosticReport>(
    {
      resourceType: 'DiagnosticReport',
      status: 'final',
      category: [hl7('v2-0074', 'LAB', 'Laboratory')],
      code: concept('loinc', loinc, display),
      subject: pen.patient,
      effectiveDateTime: pen.calendar.instant(draw.day, 7, 45),
      issued: pen.calendar.instant(draw.day, 17, 30),
      performer: [LABORATORY],
      resultsInterpreter: [{ reference: `Practitioner/${draw.orderedBy}` }],
      result: results,
      conclusion:
        outside.length === 0 ? 'Within the reference ranges.' : `Outside the range: ${outside.join(', ')}.`,
    },
    options,
  );
}
