/** Observations of one kind as a series over time: for plots, and for "the last one was". */
import type { CodeableConcept, Observation, ObservationComponent, Quantity } from '@medplum/fhirtypes';
import type { Decimal } from '../fhir-json.ts';
import { codeIn, conceptText } from './names.ts';

export type Standing = 'low' | 'high' | 'within' | 'unknown';

/** One number of one measurement. */
export interface Reading {
  readonly value: number;
  /** As it was written, so that 7.0 stays 7.0. */
  readonly text: string;
  readonly standing: Standing;
}

export interface Measurement {
  readonly id: string;
  /** A FHIR dateTime. */
  readonly at: string;
  /** One for most; two for a blood pressure. Empty where the result is no number. */
  readonly readings: readonly Reading[];
  /** What the result says where it is no number. */
  readonly words: string;
}

export interface Range {
  readonly low: number | null;
  readonly high: number | null;
}

/** What is measured: its code (mostly LOINC; empty where there is none), and its name as it was written. */
export interface Named {
  readonly code: string;
  readonly name: string;
}

export interface Series extends Named {
  /** The id of the newest measurement: it says nothing about what was measured. */
  readonly id: string;
  readonly category: string;
  readonly unit: string;
  /** Of each line of the plot, as the newest measurement has it. */
  readonly ranges: readonly (Range | null)[];
  /** What each line is where there are several: systolic, diastolic. */
  readonly lines: readonly Named[];
  /** Newest first. */
  readonly measurements: readonly Measurement[];
}

const WITHDRAWN = new Set(['entered-in-error', 'cancelled']);

/** All series, the one that was measured last first. */
export function seriesOf(observations: readonly Observation[]): Series[] {
  const groups = new Map<string, Observation[]>();
  for (const each of observations) {
    if (WITHDRAWN.has(each.status) || measuredAt(each) === undefined) continue;
    const key = `${codeIn(each.code) ?? conceptText(each.code)} ${unitOf(each)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return [...groups.values()].map(oneSeries).sort(newestFirst);
}

function newestFirst(a: Series, b: Series): number {
  const [left, right] = [a, b].map(({ measurements }) => Date.parse(measurements[0]!.at));
  return right! - left! || a.name.localeCompare(b.name);
}

function oneSeries(group: readonly Observation[]): Series {
  const sorted = [...group].sort((a, b) => Date.parse(measuredAt(b)!) - Date.parse(measuredAt(a)!));
  const newest = sorted[0]!;
  const components = newest.component ?? [];
  const parts: readonly (Observation | ObservationComponent)[] =
    newest.valueQuantity !== undefined || components.length === 0 ? [newest] : components;
  return {
    id: newest.id!,
    ...namedBy(newest.code),
    category: newest.category?.map((each) => codeIn(each) ?? '').find(Boolean) ?? '',
    unit: unitOf(newest),
    ranges: parts.map(rangeOf),
    lines: parts.length > 1 ? parts.map(({ code }) => namedBy(code)) : [],
    measurements: sorted.map(measurementOf),
  };
}

function namedBy(concept: CodeableConcept): Named {
  return { code: codeIn(concept) ?? '', name: conceptText(concept) };
}

function measurementOf(observation: Observation): Measurement {
  const { component = [], valueQuantity } = observation;
  const parts = valueQuantity !== undefined || component.length === 0 ? [observation] : component;
  return {
    id: observation.id!,
    at: measuredAt(observation)!,
    readings: parts.flatMap((part) => readingOf(part) ?? []),
    words: observation.valueString ?? conceptText(observation.valueCodeableConcept),
  };
}

function readingOf(part: Observation | ObservationComponent): Reading | null {
  const quantity = part.valueQuantity as (Quantity & Decimal) | undefined;
  const value = quantity?.value ?? part.valueInteger;
  if (value === undefined) return null;
  const text = `${quantity?.comparator ?? ''}${quantity?.valueText ?? value}`;
  return { value, text, standing: standingOf(part, value) };
}

/** As whoever measured it says; else by the range that came with it. */
function standingOf(part: Observation | ObservationComponent, value: number): Standing {
  const said = codeIn(part.interpretation?.[0]);
  if (said !== undefined && /^(L|LL|LU)$/.test(said)) return 'low';
  if (said !== undefined && /^(H|HH|HU)$/.test(said)) return 'high';
  if (said === 'N') return 'within';
  const range = rangeOf(part);
  if (range === null) return 'unknown';
  if (range.low !== null && value < range.low) return 'low';
  return range.high !== null && value > range.high ? 'high' : 'within';
}

function rangeOf({ referenceRange }: Pick<Observation, 'referenceRange'>): Range | null {
  const range = referenceRange?.find(({ low, high }) => low !== undefined || high !== undefined);
  if (range === undefined) return null;
  return { low: range.low?.value ?? null, high: range.high?.value ?? null };
}

function measuredAt({ effectiveDateTime, effectivePeriod, issued }: Observation): string | undefined {
  return effectiveDateTime ?? effectivePeriod?.start ?? issued;
}

function unitOf({ valueQuantity, component }: Observation): string {
  return valueQuantity?.unit ?? component?.[0]?.valueQuantity?.unit ?? '';
}
