/** The import's side of the chart store, in a job scope. */
import type { ResourceId } from '../../base/ids.ts';
import { type ChartStore, type FhirResource, readResource } from '../../chart/index.ts';
import type { Visit } from '../../gate/index.ts';
import type { ImportItem, ImportStore, PutResult } from './import-store.ts';

export class ChartImportStore implements ImportStore {
  readonly #store: ChartStore;
  readonly #visit: Visit;

  constructor(store: ChartStore, visit: Visit) {
    this.#store = store;
    this.#visit = visit;
  }

  existing(ids: readonly ResourceId[]): Promise<ReadonlyMap<ResourceId, Uint8Array>> {
    return this.#store.importDigests(this.#visit, ids);
  }

  async put(items: readonly ImportItem[]): Promise<readonly PutResult[]> {
    const author = this.#visit.scope.accountId;
    const drafts = items.map(({ id, resource, digest }) => ({ id, resource, digest, section: null, author }));
    const outcomes = await this.#store.importBatch(this.#visit, drafts);
    return outcomes.map((outcome) =>
      outcome.kind === 'written'
        ? { outcome: outcome.created ? 'created' : 'updated' }
        : { outcome: 'failed', reason: outcome.error.message },
    );
  }

  async findByIdentifier(type: string, system: string, value: string): Promise<ResourceId | null> {
    const escaped = [system, value].map((part) => part.replace(/[\\,|$]/g, '\\$&')).join('|');
    const query = new URLSearchParams({ identifier: escaped, _count: '2' });
    const { matches } = await this.#store.search(this.#visit, type, query);
    return matches.length === 1 ? matches[0]!.id : null;
  }

  async readPatient(id: ResourceId): Promise<FhirResource | null> {
    const stored = await this.#store.read(this.#visit, 'Patient', id);
    return stored?.content == null ? null : readResource(stored.content.bytes().toString());
  }
}
