/**
 * Conditional references, `Practitioner?identifier=x`, turned into references to the one that fits: among
 * what stands within reach and what is written beside them (https://hl7.org/fhir/R4/http.html#trules).
 */
import { PosternError } from '../../base/errors.ts';
import type { ResourceId } from '../../base/ids.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { parseSearch } from '../search/search-plan.ts';
import { TYPES } from '../type-registry.ts';
import { onChange } from './change.ts';
import { criteriaOf, type Match } from './find-matches.ts';
import { conditionalReferences } from './link-references.ts';
import type { StoreContext } from './store-context.ts';

/** How many different ones a transaction may have: each is a search. */
const MOST_SEARCHES = 200;

/** What each stands for, by its text. Refuses the change that holds one which fits nothing, or several. */
export async function resolveSearches(
  contents: ReadonlyMap<number, { readonly id: ResourceId; readonly resource: FhirResource }>,
  match: (type: string, query: URLSearchParams) => Promise<Match | null>,
  context: Pick<StoreContext, 'clock' | 'ownBases'>,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [index, { resource }] of contents) {
    for (const text of conditionalReferences(resource)) {
      if (found.has(text)) continue;
      const mark = text.indexOf('?');
      const [type, query] = [text.slice(0, mark), new URLSearchParams(text.slice(mark + 1))];
      await onChange(index, async () => {
        if (!TYPES.has(type)) throw unresolved();
        if (found.size >= MOST_SEARCHES) {
          throw new PosternError(
            'invalid',
            `At most ${MOST_SEARCHES} different searches stand for references.`,
          );
        }
        const standing = await match(type, query);
        const options = { now: context.clock.now(), ownBases: context.ownBases };
        const { matches } = parseSearch(type, criteriaOf(query), options);
        const ids = new Set(
          [...contents.values()].filter((one) => matches(one.resource)).map(({ id }) => id),
        );
        if (standing !== null) ids.add(standing.row.id);
        if (ids.size > 1) throw several();
        const [id] = ids;
        if (id === undefined) throw unresolved();
        found.set(text, `${type}/${id}`);
      });
    }
  }
  return found;
}

function unresolved(): PosternError {
  const text = 'A reference searches for what is not there, or not yours.';
  return new PosternError('not-processable', text);
}

function several(): PosternError {
  return new PosternError('several-matches', 'A reference searches for something, and finds more than one.');
}
