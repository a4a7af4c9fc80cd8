/** Names, words and states of resources, as people read them. */
import type {
  AllergyIntolerance,
  CodeableConcept,
  Condition,
  DocumentReference,
  HumanName,
  MedicationRequest,
  Patient,
  Practitioner,
  Reference,
  Resource,
} from '@medplum/fhirtypes';

/** A name as it is said: the official one, else the first. */
export function sayName(names: readonly HumanName[] | undefined): string {
  const name = names?.find(({ use }) => use === 'official') ?? names?.[0];
  if (name === undefined) return '';
  if (name.text !== undefined) return name.text;
  return [...(name.prefix ?? []), ...(name.given ?? []), name.family].filter(Boolean).join(' ');
}

/** Family name first, as lists are ordered. */
export function listName(names: readonly HumanName[] | undefined): string {
  const name = names?.find(({ use }) => use === 'official') ?? names?.[0];
  if (name?.family === undefined) return sayName(names);
  return [name.family, name.given?.join(' ')].filter(Boolean).join(', ');
}

export function givenName(patient: Patient): string {
  const name = patient.name?.find(({ use }) => use === 'official') ?? patient.name?.[0];
  return name?.given?.[0] ?? sayName(patient.name);
}

/** What its author wrote, else what a code stands for. */
export function conceptText(concept: CodeableConcept | undefined): string {
  return concept?.text ?? concept?.coding?.find(({ display }) => display !== undefined)?.display ?? '';
}

export function codeIn(concept: CodeableConcept | undefined): string | undefined {
  return concept?.coding?.[0]?.code;
}

/** The resource that a reference names, among those that came along. */
export function along(reference: Reference | undefined, included: readonly Resource[]): Resource | undefined {
  const [type, id] = reference?.reference?.split('/').slice(-2) ?? [];
  return included.find((each) => each.resourceType === type && each.id === id);
}

/** Who a reference names: as it says itself, or by the resource that came along. */
export function whoIs(reference: Reference | undefined, included: readonly Resource[]): string {
  if (reference?.display !== undefined) return reference.display;
  const found = along(reference, included);
  if (found?.resourceType !== 'Practitioner') return '';
  const name = sayName(found.name);
  const suffix = (found as Practitioner).name?.[0]?.suffix?.join(', ');
  return suffix === undefined ? name : `${name}, ${suffix}`;
}

export function medicineOf(request: MedicationRequest, included: readonly Resource[]): string {
  if (request.medicationCodeableConcept !== undefined) return conceptText(request.medicationCodeableConcept);
  const medicine = along(request.medicationReference, included);
  const named = medicine?.resourceType === 'Medication' ? conceptText(medicine.code) : '';
  return named || (request.medicationReference?.display ?? '');
}

/** Taken now, as far as the record says. */
export function isCurrent({ status }: MedicationRequest): boolean {
  return status === 'active' || status === 'on-hold';
}

/** There now: not resolved, not entered by mistake, not ruled out. */
export function isPresent({ clinicalStatus, verificationStatus }: Condition): boolean {
  const state = codeIn(clinicalStatus) ?? 'active';
  return ['active', 'recurrence', 'relapse'].includes(state) && !isWithdrawn(verificationStatus);
}

/** Entered by mistake, or ruled out. */
export function isWithdrawn(verification: CodeableConcept | undefined): boolean {
  return ['entered-in-error', 'refuted'].includes(codeIn(verification) ?? '');
}

/** When a condition began, as far as it is known. */
export function onsetOf({ onsetDateTime, onsetPeriod, recordedDate }: Condition): string | undefined {
  return onsetDateTime ?? onsetPeriod?.start ?? recordedDate;
}

/** Of HL7 table 0203: social security number, driver's licence, passport, national and tax numbers. */
const PERSONAL: ReadonlySet<string> = new Set(['SS', 'SB', 'DL', 'PPN', 'NI', 'NNxxx', 'TAX', 'MC', 'MA']);

/** The number that the practice gave the chart; never one by which the person is known elsewhere. */
export function chartNumber({ identifier }: Patient): string {
  const own = identifier?.find(({ type }) => type?.coding?.some(({ code }) => code === 'MR'));
  const others = identifier?.filter(
    ({ type }) => !type?.coding?.some(({ code }) => PERSONAL.has(code ?? '')),
  );
  return (own ?? others?.[0])?.value ?? '';
}

/** What a document is called: its own title, else what its author wrote of it, else what kind it is. */
export function documentName(document: DocumentReference): string {
  const title = document.content.map(({ attachment }) => attachment.title).find(Boolean);
  return title ?? document.description ?? documentType(document);
}

/** What kind of document: a letter, a note, a picture. */
export function documentType({ type, category }: DocumentReference): string {
  return conceptText(type) || conceptText(category?.[0]);
}

/** What happened on contact, each once. */
export function reactionsOf({ reaction }: AllergyIntolerance): string[] {
  return [...new Set(reaction?.flatMap((each) => each.manifestation.map(conceptText)).filter(Boolean))];
}

/** Known or held to be dangerous. */
export function isSevere({ criticality, reaction }: AllergyIntolerance): boolean {
  return criticality === 'high' || reaction?.some(({ severity }) => severity === 'severe') === true;
}
