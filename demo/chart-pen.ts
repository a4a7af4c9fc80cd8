/**
 * Collects the resources of one practice. A `ChartPen` writes into one chart and gives every resource a key
 * that tells its chart, so that keys never clash and a reader can follow them.
 */
import type { Reference, Resource } from '@medplum/fhirtypes';
import type { Section } from '../src/base/section.ts';
import type { Calendar } from './calendar.ts';
import type { DemoResource } from './demo-practice.ts';
import type { Random } from './random.ts';

export interface PenOptions {
  key?: string;
  section?: Section;
  author?: string;
}

/** A reference of the type that was written, such as `Reference<Encounter>`. */
export type ReferenceTo<Written extends Resource> = Reference<Written> & { reference: string };

/** Everything one practice holds, in writing order. */
export class ResourceBook {
  readonly resources: DemoResource[] = [];
  readonly #counts = new Map<string, number>();
  readonly #keys = new Set<string>();
  #isFilled = false;

  /** What is in it, after `fill` wrote the charts, which happens the first time that somebody wants them. */
  filledBy(fill: () => void): DemoResource[] {
    if (!this.#isFilled) {
      this.#isFilled = true;
      fill();
    }
    return this.resources;
  }

  add<Written extends Resource>(
    chart: string | null,
    resource: Written,
    options: PenOptions = {},
  ): ReferenceTo<Written> {
    const key = options.key ?? this.#nextKey(chart ?? 'practice', resource.resourceType);
    const address = `${resource.resourceType}/${key}`;
    if (this.#keys.has(address)) throw new Error(`The key ${address} is taken`);
    this.#keys.add(address);
    this.resources.push({
      key,
      resource,
      chart,
      ...(options.section === undefined ? {} : { section: options.section }),
      ...(options.author === undefined ? {} : { author: options.author }),
    });
    return { reference: address } as ReferenceTo<Written>;
  }

  #nextKey(owner: string, type: string): string {
    const name = `${owner}-${type.toLowerCase()}`;
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return `${name}-${count}`;
  }
}

/** Writes into one chart; `defaults` (a section, an author) hold for everything that says nothing else. */
export class ChartPen {
  readonly chart: string;
  readonly calendar: Calendar;
  readonly random: Random;
  readonly #book: ResourceBook;
  readonly #defaults: PenOptions;

  constructor(
    book: ResourceBook,
    chart: string,
    calendar: Calendar,
    random: Random,
    defaults: PenOptions = {},
  ) {
    this.#book = book;
    this.chart = chart;
    this.calendar = calendar;
    this.random = random;
    this.#defaults = defaults;
  }

  get patient(): { reference: string } {
    return { reference: `Patient/${this.chart}` };
  }

  write<Written extends Resource>(resource: Written, options: PenOptions = {}): ReferenceTo<Written> {
    return this.#book.add(this.chart, resource, { ...this.#defaults, ...options });
  }

  /** The same chart with another author or section by default. */
  as(defaults: PenOptions): ChartPen {
    const merged = { ...this.#defaults, ...defaults };
    return new ChartPen(this.#book, this.chart, this.calendar, this.random, merged);
  }
}
