/** By whose account the versions of a resource are. */
import type { AccountId } from '../../base/ids.ts';
import type { Visit } from '../../gate/index.ts';
import { readResource } from './read-resource.ts';
import { askingInVisit, type StoreContext } from './store-context.ts';

export interface VersionAuthor {
  readonly version: number;
  readonly updatedAt: Date;
  readonly author: AccountId;
}

const MOST = 200;

/**
 * Newest first, at most 200; null for what is not the visit's to read and for what is absent, with the line
 * of a read or a refusal. Authority: `read` of the standing version.
 */
export async function readAuthors(
  context: StoreContext,
  visit: Visit,
  type: string,
  id: string,
): Promise<readonly VersionAuthor[] | null> {
  const stored = await readResource(context, visit, type, id, null);
  if (stored === null) return null;
  return askingInVisit(context, visit, async (asking, { scope }) => {
    const { rows } = await asking.query<{ version: number; updated_at: Date; author: AccountId }>({
      name: 'authors-of-versions',
      text: `
        select r.version, r.updated_at, r.author
        from (
            select c.version, c.updated_at, c.author
            from postern.resource c
            where c.practice_id = $1 and c.id = $2
            union all
            select v.version, v.updated_at, v.author
            from postern.resource_version v
            where v.practice_id = $1 and v.id = $2
          ) r
        order by r.version desc
        limit $3`,
      values: [scope.practiceId, stored.id, MOST],
    });
    return rows.map(({ version, updated_at: updatedAt, author }) => ({ version, updatedAt, author }));
  });
}
