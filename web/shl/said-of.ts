/**
 * What a resource of a summary says beside its name: where, the value, how things stand. A part whose value
 * is left out would read as a finding ("Bleeding on probing"), so every part says its value, or that it has
 * none.
 */
import type {
  CodeableConcept,
  Observation,
  ObservationComponent,
  Quantity,
  Resource,
} from '@medplum/fhirtypes';
import { codeIn, conceptText, plainUnit } from '../client/index.ts';
import type { Format } from '../kit/index.ts';
import type { ReceivedWords } from './words/en.ts';

/** In one line, in the language of whoever reads; empty where there is nothing more to say. */
export function saidOf(resource: Resource, w: ReceivedWords, format: Format): string {
  const said = [...placesOf(resource), ...contentOf(resource, w, format), ...standingOf(resource, w)];
  return said.filter((part) => part !== '').join(' · ');
}

function placesOf(resource: Resource): string[] {
  if (resource.resourceType === 'Observation') return [conceptText(resource.bodySite)];
  const isOfBody = resource.resourceType === 'Condition' || resource.resourceType === 'Procedure';
  return isOfBody ? (resource.bodySite ?? []).map(conceptText) : [];
}

function contentOf(resource: Resource, w: ReceivedWords, format: Format): string[] {
  switch (resource.resourceType) {
    case 'Observation':
      return [
        valueIn(resource, w, format),
        ...(resource.component ?? []).map(
          (part) => `${conceptText(part.code)}: ${valueIn(part, w, format) || w.noValue}`,
        ),
      ];
    case 'AllergyIntolerance':
      return resource.reaction?.flatMap((each) => each.manifestation.map(conceptText)) ?? [];
    case 'MedicationRequest':
      return resource.dosageInstruction?.map(({ text }) => text ?? '') ?? [];
    case 'MedicationStatement':
      return resource.dosage?.map(({ text }) => text ?? '') ?? [];
    case 'DiagnosticReport':
      return [resource.conclusion ?? ''];
    default:
      return [];
  }
}

/** Of any of the types that R4 allows but a series of samples, which no line can hold. */
function valueIn(said: Observation | ObservationComponent, w: ReceivedWords, format: Format): string {
  const { valueRange: range, valueRatio: ratio, valuePeriod: period } = said;
  if (said.valueQuantity !== undefined) return amountOf(said.valueQuantity, format);
  if (said.valueInteger !== undefined) return format.number(said.valueInteger);
  if (said.valueBoolean !== undefined) return said.valueBoolean ? w.yes : w.no;
  if (range !== undefined) return [range.low, range.high].map((end) => amountOf(end, format)).join(' – ');
  if (ratio !== undefined)
    return [ratio.numerator, ratio.denominator].map((part) => amountOf(part, format)).join(' : ');
  if (period !== undefined)
    return [period.start, period.end].map((end) => (end === undefined ? '' : format.date(end))).join(' – ');
  if (said.valueDateTime !== undefined) return format.date(said.valueDateTime);
  return (
    said.valueString ||
    conceptText(said.valueCodeableConcept) ||
    (said.valueTime ?? '') ||
    conceptText(said.dataAbsentReason)
  );
}

/** How it stands, where that is not what everybody takes for granted: refuted, stopped, not given. */
function standingOf(resource: Resource, w: ReceivedWords): string[] {
  switch (resource.resourceType) {
    case 'Condition':
      return [named(resource.clinicalStatus, w), certaintyOf(resource.verificationStatus, w)];
    case 'AllergyIntolerance':
      return [
        resource.criticality === 'high' ? w.severe : '',
        codeIn(resource.clinicalStatus) === 'active' ? '' : named(resource.clinicalStatus, w),
        certaintyOf(resource.verificationStatus, w),
      ];
    case 'Procedure':
    case 'Immunization':
      return [resource.status === 'completed' ? '' : nameOf(resource.status, w)];
    case 'MedicationRequest':
    case 'MedicationStatement':
      return [resource.status === 'active' ? '' : nameOf(resource.status, w)];
    default:
      return [];
  }
}

function certaintyOf(concept: CodeableConcept | undefined, w: ReceivedWords): string {
  return codeIn(concept) === 'confirmed' ? '' : named(concept, w);
}

function named(concept: CodeableConcept | undefined, w: ReceivedWords): string {
  return w.standings[codeIn(concept) ?? ''] ?? conceptText(concept);
}

function nameOf(code: string | undefined, w: ReceivedWords): string {
  return code === undefined ? '' : (w.standings[code] ?? code);
}

function amountOf(quantity: Quantity | undefined, format: Format): string {
  if (quantity?.value === undefined) return '';
  const unit = plainUnit(quantity.unit ?? quantity.code ?? '');
  return `${quantity.comparator ?? ''}${format.number(quantity.value)}${unit === '' ? '' : ` ${unit}`}`;
}
