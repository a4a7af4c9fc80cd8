/**
 * What an import asks of the chart store. The store works in a job scope of its own and writes the access
 * lines; nothing here can reach what that scope does not.
 */
import type { ResourceId } from '../../base/ids.ts';
import type { FhirResource } from '../../chart/index.ts';

export interface ImportItem {
  readonly type: string;
  /** What the resource is called where it comes from. */
  readonly key: string;
  readonly id: ResourceId;
  /** Validated, with the id and the references that it has here, and without version and time of change. */
  readonly resource: FhirResource;
  /** `resource` as JSON, to be sealed as it is. */
  readonly text: string;
  /** Of `text`; keyed, so that it says nothing about the content to whoever has no key. */
  readonly digest: Uint8Array;
}

export type PutResult =
  | { readonly outcome: 'created' | 'updated' | 'unchanged' }
  /** The reason is safe to show. */
  | { readonly outcome: 'failed'; readonly reason: string };

export interface ImportStore {
  /**
   * Those of the ids that are taken, deleted resources included, each with the digest of what was last
   * imported under it, even where it was changed here since (a second run must not undo that); an empty
   * digest where it was never imported.
   */
  existing(ids: readonly ResourceId[]): Promise<ReadonlyMap<ResourceId, Uint8Array>>;
  /**
   * One result for each item, in order. One item's failure leaves the others stored; what is thrown ends the
   * import. Putting what is there already with the same digest changes nothing.
   */
  put(items: readonly ImportItem[]): Promise<readonly PutResult[]>;
  /** The one resource of the type with the identifier; `null` where there is none or more than one. */
  findByIdentifier(type: string, system: string, value: string): Promise<ResourceId | null>;
  /** The patient as stored; `null` where absent. Asked for before one is changed. */
  readPatient(id: ResourceId): Promise<FhirResource | null>;
}
