/** Asking a served practice searches, and what of an answer tests look at. */
import { expect } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import type { Answered, Deposit, Person, ServedPractices } from './served-practices.ts';

export const BASE = 'https://care.example/fhir';

interface Entry {
  readonly fullUrl: string;
  readonly resource: { readonly resourceType: string; readonly id: string };
  readonly search: { readonly mode: string };
}

export class SearchDesk {
  readonly #served: ServedPractices;
  readonly #who: Person;

  constructor(served: ServedPractices, who: Person) {
    this.#served = served;
    this.#who = who;
  }

  /** The answer to `Type?query` or `?query`, whatever it is; asked again where the machine is too busy. */
  async ask(search: string, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
    const target = search.startsWith('?') ? `/fhir${search}` : `/fhir/${search}`;
    const ask = () => this.#served.ask(this.#who.token, 'GET', target, { headers });
    const answer = await ask();
    return answer.status === 503 ? ask() : answer;
  }

  /** The same of a search that is answered. */
  async page(search: string): Promise<Answered> {
    const answer = await this.ask(search);
    expect([search, answer.status, answer.status === 200 ? '' : answer.text]).toEqual([search, 200, '']);
    return answer;
  }

  /** Ids of the matches, in their order. */
  async matches(search: string): Promise<string[]> {
    return idsOf(await this.page(search), 'match');
  }

  /** Ids of what was brought along. */
  async included(search: string): Promise<string[]> {
    return idsOf(await this.page(search), 'include');
  }

  async total(search: string): Promise<number | undefined> {
    const { json } = await this.page(search);
    return json.total as unknown as number | undefined;
  }

  /** Matches of every page. */
  async everyPage(search: string): Promise<string[]> {
    const found: string[] = [];
    for (let next: string | null = search; next !== null; ) {
      const page: Answered = await this.page(next);
      found.push(...idsOf(page, 'match'));
      next = nextOf(page);
    }
    return found;
  }

  /** The words of a refusal. */
  async refusal(search: string): Promise<string> {
    const { status, json } = await this.ask(search);
    expect([search, status]).toEqual([search, 400]);
    return json.issue![0]!.details!.text as unknown as string;
  }
}

export function entriesOf({ json }: Answered): readonly Entry[] {
  return (json.entry ?? []) as unknown as readonly Entry[];
}

export function idsOf(answer: Answered, mode: 'match' | 'include'): string[] {
  return entriesOf(answer)
    .filter(({ search }) => search.mode === mode)
    .map(({ resource }) => resource.id);
}

export function linkOf({ json }: Answered, relation: string): string | null {
  const links = (json.link ?? []) as unknown as readonly { relation: string; url: string }[];
  return links.find((link) => link.relation === relation)?.url ?? null;
}

/** The next page as `Type?query`. */
export function nextOf(answer: Answered): string | null {
  return linkOf(answer, 'next')?.replace(`${BASE}/`, '').replace(BASE, '') ?? null;
}

/** What the access lines of somebody's searches name, in the order in which they were written. */
export async function linesOf(
  { database }: ServedPractices,
  { accountId }: Person,
): Promise<readonly (readonly [chart: string, type: string, id: string, version: number])[][]> {
  const { rows } = await database.owner.query(
    `select l.entries
     from postern.access_line l
     where l.account_id = $1 and l.action = 'search'
     order by l.at, l.id`,
    [accountId],
  );
  return rows.map(({ entries }) => entries);
}

/** A resource of a type with an id of its own. */
export function made(resourceType: string, content: object = {}): Deposit {
  return { resourceType, id: newId(), ...content };
}

export function reference({ resourceType, id }: Deposit): { reference: string } {
  return { reference: `${resourceType}/${id}` };
}
