/** The first line of the catalog that `prove` expects: which migrations it was printed from. */
import { createHash } from 'node:crypto';

/** Of the migrations by their path in the tree and their text, in any order. */
export function catalogHeading(migrations: readonly (readonly [path: string, text: string])[]): string {
  const digest = createHash('sha256');
  const ordered = [...migrations].sort(([one], [other]) => (one < other ? -1 : 1));
  for (const [path, text] of ordered) digest.update(`${path}\n${text}\n`);
  return `# of the migrations ${digest.digest('hex')}`;
}
