/**
 * That the catalog which `prove` expects of the database was printed after the last change of a migration:
 * it is printed from a database, and this says without one that it is time to.
 */
import { catalogHeading } from '../test/support/catalog-heading.ts';
import type { Finding } from './finding.ts';
import type { SourceTree } from './source-tree.ts';

const MIGRATIONS = 'src/db/migrations/';
const CATALOG = 'src/watch/prove/catalog.txt';

export function checkCatalog(tree: SourceTree): Finding[] {
  const catalog = tree.get(CATALOG);
  const wanted = catalogHeading([...tree].filter(([path]) => path.startsWith(MIGRATIONS)));
  if (catalog === undefined || catalog.startsWith(`${wanted}\n`)) return [];
  const message = 'is of other migrations; UPDATE=1 with test/watch/built-catalog.test.ts prints it anew';
  return [{ path: CATALOG, message }];
}
