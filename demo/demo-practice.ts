import type { Resource } from '@medplum/fhirtypes';
import type { Section } from '../src/base/section.ts';

/** What a demo person may do; staff roles are those of the gate. */
export type DemoRole =
  | 'owner'
  | 'dentist'
  | 'doctor'
  | 'psychiatrist'
  | 'hygienist'
  | 'nurse'
  | 'front-desk'
  | 'billing'
  | 'privacy-officer'
  | 'partner'
  | 'patient'
  | 'proxy';

/** Whom a proxy acts for, and which sections of that chart are open to them. */
export interface DemoProxy {
  chart: string;
  sections: Section[];
}

/**
 * Someone who can sign in. A staff member's key is also that of their Practitioner, a partner's that of its
 * Organization; a patient's key is also that of their Patient (`chart`). The same e-mail in both practices is
 * one account.
 */
export interface DemoPerson {
  key: string;
  name: string;
  email: string;
  roles: DemoRole[];
  chart?: string;
  proxyFor?: DemoProxy[];
}

/**
 * One FHIR R4 resource without id; references within the practice read `Type/key`, in `reference` elements
 * and in `Attachment.url` alike. `chart` is the key of the owning Patient, null for what belongs to the
 * practice. `section` is set only where the author chooses one; otherwise the classifier decides.
 */
export interface DemoResource {
  key: string;
  resource: Resource;
  chart: string | null;
  section?: Section;
  author?: string;
}

export interface DemoPractice {
  slug: string;
  name: string;
  kind: 'dental' | 'medical';
  people: DemoPerson[];
  /** Made when they are first read: who asks for the people alone waits for no radiographs. */
  readonly resources: DemoResource[];
}

/** One line of `postern demo --json`, before the importer replaces `chart` by the chart's id. */
export interface DemoPersonLine {
  name: string;
  email: string;
  practice: string;
  roles: DemoRole[];
  chart: string | null;
  proxyFor: DemoProxy[];
}
