import { createHmac } from 'node:crypto';
import type { ResourceId } from '../../src/base/ids.ts';
import { isObject, valuesAt } from '../../src/chart/index.ts';
import type { ImportItem, ImportStore, PutResult } from '../../src/intake/index.ts';

/** An import store that keeps what it is given, for tests of everything that comes before a database. */
export class MemoryImportStore implements ImportStore {
  readonly items = new Map<ResourceId, ImportItem>();
  /** Ids in the order in which they were put. */
  readonly order: ResourceId[] = [];
  puts = 0;
  /** Thrown by `put` after that many batches, as a process that is killed would stop. */
  failsAfter = Number.POSITIVE_INFINITY;
  /** A reason to refuse an item, or null. */
  refuse: (item: ImportItem) => string | null = () => null;

  async existing(ids: readonly ResourceId[]): Promise<ReadonlyMap<ResourceId, Uint8Array>> {
    const known = ids.flatMap((id) => this.items.get(id) ?? []);
    return new Map(known.map((item) => [item.id, item.digest]));
  }

  async put(items: readonly ImportItem[]): Promise<readonly PutResult[]> {
    this.puts += 1;
    if (this.puts > this.failsAfter) throw new Error('killed');
    return items.map((item) => {
      const reason = this.refuse(item);
      if (reason !== null) return { outcome: 'failed', reason };
      const outcome = this.items.has(item.id) ? 'updated' : 'created';
      this.items.set(item.id, item);
      this.order.push(item.id);
      return { outcome };
    });
  }

  async findByIdentifier(type: string, system: string, value: string): Promise<ResourceId | null> {
    const found = this.all(type).filter((item) =>
      valuesAt(item.resource, 'identifier')
        .filter(isObject)
        .some((identifier) => (identifier.system ?? '') === system && identifier.value === value),
    );
    return found.length === 1 ? found[0]!.id : null;
  }

  async readPatient(id: ResourceId): Promise<ImportItem['resource'] | null> {
    return this.items.get(id)?.resource ?? null;
  }

  all(type: string): ImportItem[] {
    return [...this.items.values()].filter((item) => item.type === type);
  }
}

/** Ids as the practice key would derive them, from a key that everybody knows. */
export function testId(type: string, key: string): ResourceId {
  const hex = createHmac('sha256', 'test').update(`${type}\0${key}`).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join('-') as ResourceId;
}

export function testDigest(text: string): Uint8Array {
  return createHmac('sha256', 'test').update(text).digest();
}
