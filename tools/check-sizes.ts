/** How long files and lines may be. Functions are measured by Biome (`biome.json`). */
import type { Finding } from './finding.ts';
import type { SourceTree } from './source-tree.ts';

const LONGEST_FILE = 400;
const LONGEST_LINE = 110;
const LONGEST_README = 60;
const MEASURED = /\.(tsx?|mjs|sql|sh|css|html)$|^\.ci\/run$/;

export function checkSizes(tree: SourceTree): Finding[] {
  return [...tree].flatMap(([path, text]) => {
    const lines = text.replace(/\n$/, '').split('\n');
    if (path.endsWith('/README.md') && lines.length > LONGEST_README) {
      return [{ path, message: `has ${lines.length} lines; a room's README has at most ${LONGEST_README}` }];
    }
    return MEASURED.test(path) ? measure(path, lines) : [];
  });
}

function measure(path: string, lines: readonly string[]): Finding[] {
  const findings: Finding[] = lines.flatMap((line, index) =>
    line.length > LONGEST_LINE && !line.includes('http')
      ? [{ path, line: index + 1, message: `has ${line.length} columns; ${LONGEST_LINE} is the limit` }]
      : [],
  );
  if (lines.length > LONGEST_FILE) {
    findings.push({ path, message: `has ${lines.length} lines; split it by meaning before ${LONGEST_FILE}` });
  }
  return findings;
}
