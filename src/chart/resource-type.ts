/** What the type registry says of a FHIR type; see `type-registry.ts`. */
import type { Section } from '../base/section.ts';

export type Owner =
  /** The Patient itself: its id is the chart's. */
  | { readonly kind: 'self' }
  /**
   * Owned by the patient whom one of the elements names. `without` is the section of a resource that names no
   * patient and so belongs to the practice (a task among staff); where it is null such a resource is refused.
   */
  | { readonly kind: 'patient'; readonly elements: readonly string[]; readonly without: Section | null }
  /** Owned by whoever owns what the elements point to. */
  | { readonly kind: 'inherited'; readonly elements: readonly string[] }
  /** Owned by the practice. */
  | { readonly kind: 'practice' };

export interface ClinicalInstant {
  /** Elements in the order in which they are tried; `effective` stands for `effective[x]`. */
  readonly elements: readonly string[];
  /** The search parameter whose values are those of the first element, so that the row itself answers it. */
  readonly param: string | null;
}

export interface ResourceType {
  readonly name: string;
  readonly owner: Owner;
  /** The section in the absence of anything stricter. */
  readonly section: Section;
  readonly at: ClinicalInstant | null;
  /**
   * Whether it may name patients other than its owner (a group its members, a patient record its duplicate).
   * Everything else that does is refused: it would carry one chart's content into another.
   */
  readonly namesOthers: boolean;
}

export type TypeEntry = Omit<ResourceType, 'name'>;

/** `instant('date', 'effective', 'issued')`: the instant, tried in turn; the parameter is the first one's. */
export function instant(param: string | null, ...elements: readonly string[]): ClinicalInstant {
  return { elements, param };
}

/** Owned by the patient whom `element` names. */
export function chartType(section: Section, element: string, at: ClinicalInstant | null = null): TypeEntry {
  return {
    owner: { kind: 'patient', elements: [element], without: null },
    section,
    at,
    namesOthers: false,
  };
}

/**
 * Owned by the patient whom `element` names and, where it names none, by the practice in section `without`.
 */
export function chartOrPracticeType(
  section: Section,
  element: string,
  without: Section,
  at: ClinicalInstant | null = null,
): TypeEntry {
  return { owner: { kind: 'patient', elements: [element], without }, section, at, namesOthers: false };
}

export function inheritedType(
  section: Section,
  element: string,
  at: ClinicalInstant | null = null,
): TypeEntry {
  return { owner: { kind: 'inherited', elements: [element] }, section, at, namesOthers: false };
}

export function practiceType(section: Section = 'practice', at: ClinicalInstant | null = null): TypeEntry {
  return { owner: { kind: 'practice' }, section, at, namesOthers: false };
}

/** Owned by the practice and made to name many patients; never in the section that everyone may read. */
export function rosterType(section: Exclude<Section, 'practice'>): TypeEntry {
  return { owner: { kind: 'practice' }, section, at: null, namesOthers: true };
}
