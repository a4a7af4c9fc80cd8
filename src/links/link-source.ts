/** What goes out by a link, before it is sealed: a file of FHIR in JSON, and what of the record is in it. */
import { PosternError } from '../base/errors.ts';
import type { ChartId, ResourceId } from '../base/ids.ts';
import { type Section, stricter } from '../base/section.ts';
import type { Scope } from '../gate/index.ts';

/** A resource that a file of a link holds. */
export interface Source {
  readonly type: string;
  readonly id: ResourceId;
  readonly version: number;
}

export interface LinkSource {
  /** The most closed of those that it holds something of. */
  readonly section: Section;
  readonly sources: readonly Source[];
  /** About how long it will be, in bytes. */
  readonly bytes: number;
  content(): AsyncGenerator<Uint8Array, void, void>;
}

/** https://docs.smarthealthit.org/smart-health-links/spec#shlink-manifest-file */
export const FHIR_JSON = 'application/fhir+json';
/** Of all files of a link: whoever opens it holds each in memory. */
export const MOST_BYTES = 64 * 1024 * 1024;

/**
 * What may go out by a link: whoever gets the link may pass it on, so what is specially protected never does.
 */
const SENT: readonly Section[] = ['administrative', 'clinical', 'financial'];

/** Whether that section of that chart may go out by a link that whoever it is makes. */
export function mayGoOut({ allows }: BoundScope, section: Section, chartId: ChartId): boolean {
  return SENT.includes(section) && allows('share', section, chartId);
}

export interface BoundScope {
  allows(action: 'share', section: Section, chartId: ChartId): boolean;
}

export function boundScope(scope: Scope): BoundScope {
  return { allows: (action, section, chartId) => scope.allows(action, section, chartId, null, 'Link') };
}

export function strictest(sections: readonly Section[]): Section {
  return sections.reduce(stricter);
}

export function protectedContent(): PosternError {
  return new PosternError(
    'not-processable',
    'Something of this is specially protected, a card, or not yours to pass on: no link can send it.',
  );
}

export function tooMuch(): PosternError {
  const mebibytes = MOST_BYTES / 1024 / 1024;
  return new PosternError('too-large', `A link holds at most ${mebibytes} MB. Send fewer documents.`);
}
