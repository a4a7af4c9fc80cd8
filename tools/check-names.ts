/** What files are called, what each room has, and words that do not belong in the project. */
import type { Finding } from './finding.ts';
import type { SourceTree } from './source-tree.ts';

const NAMELESS = /(^|-)(utils?|helpers?|common|shared|misc|manager|service|lib|stuff)$/;
const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const DEEPEST_FOLDER = 3;
const NAMED = /\.(tsx?|css)$/;

export function checkNames(tree: SourceTree): Finding[] {
  const findings = [...tree.keys()].filter((path) => NAMED.test(path)).flatMap(nameFindings);
  const numbered = [...migrationFindings(tree), ...decisionFindings(tree)];
  return [...findings, ...roomFindings(tree), ...numbered, ...wordFindings(tree)];
}

function nameFindings(path: string): Finding[] {
  const folders = path.split('/');
  const file = (folders.pop() ?? '').replace(/(\.test|\.config|\.module)?\.(tsx?|css)$/, '');
  const findings: Finding[] = [];
  for (const name of [...folders, file]) {
    if (!KEBAB.test(name)) findings.push({ path, message: `'${name}' is not in kebab-case` });
    if (NAMELESS.test(name)) findings.push({ path, message: `'${name}' names no idea; say what is in it` });
  }
  if (folders.length > DEEPEST_FOLDER && folders[0] !== 'test') {
    findings.push({ path, message: `lies deeper than ${DEEPEST_FOLDER} folders` });
  }
  return findings;
}

/** Rooms that the browser enters by their page: nothing else does. */
const APPS = new Set([
  'web/door',
  'web/consent',
  'web/developer',
  'web/shl',
  'web/portal',
  'web/desk',
  'web/account',
  'web/disclosure',
]);

/** Each room under src/ or web/ with code in it has a README and, unless it is open, a door. */
function roomFindings(tree: SourceTree): Finding[] {
  const { open, rooms } = JSON.parse(tree.get('modules.json') ?? '{"open":[],"rooms":{}}') as {
    open: string[];
    rooms: Record<string, string[]>;
  };
  const inhabited = Object.keys(rooms).filter(
    (room) => /^(src|web)\//.test(room) && [...tree.keys()].some((path) => path.startsWith(`${room}/`)),
  );
  return inhabited.flatMap((room) => {
    const findings: Finding[] = [];
    if (!tree.has(`${room}/README.md`)) findings.push({ path: room, message: 'has no README.md' });
    const isDoorless = open.includes(room) || room === 'src/cli' || APPS.has(room);
    if (!isDoorless && !tree.has(`${room}/index.ts`))
      findings.push({ path: room, message: 'has no index.ts' });
    return findings;
  });
}

/** From 0001 on, each number once. Several are written side by side: one may be there before the last. */
function migrationFindings(tree: SourceTree): Finding[] {
  const files = [...tree.keys()].filter((path) => path.startsWith('src/db/migrations/')).sort();
  const numbers = files.map((path) => Number(path.split('/').at(-1)?.slice(0, 4)));
  return files.flatMap((path, index) => {
    const before = index === 0 ? 0 : numbers[index - 1]!;
    const fits = index === 0 ? numbers[0] === 1 : numbers[index]! > before;
    if (fits) return [];
    return [{ path, message: `should be numbered ${String(before + 1).padStart(4, '0')}` }];
  });
}

/** A decision is cited by its number alone, so no two have the same. */
function decisionFindings(tree: SourceTree): Finding[] {
  const numbers = new Map<string, string>();
  return [...tree.keys()].sort().flatMap((path) => {
    const number = /^docs\/adr\/(\d{4})-[^/]+\.md$/.exec(path)?.[1];
    if (number === undefined) return [];
    const other = numbers.get(number);
    numbers.set(number, path);
    return other === undefined ? [] : [{ path, message: `has the number of ${other}` }];
  });
}

interface Word {
  readonly pattern: RegExp;
  readonly message: string;
  /** Files it is about; code where nothing is said. */
  readonly where?: RegExp;
}

const CODE = /\.(tsx?|mjs|sql|css|html)$/;

/** Written in pieces where this file would otherwise find itself. */
const WORDS: readonly Word[] = [
  { pattern: new RegExp(`\\b(TO${'DO'}|FIX${'ME'}|XX${'X'})\\b`), message: 'leaves something to be done' },
  {
    pattern: /(biome|eslint|prettier)-ignore|@ts-(ignore|nocheck|expect-error)/,
    message: 'silences a check',
  },
  {
    pattern: /^(?!\s*(\*|\/\/|\/\*)).*(\bas any\b|:\s*any\b|<any>)/,
    message: 'gives up on types',
    where: /\.tsx?$/,
  },
  { pattern: /^\s*(export\s+)?enum\s/, message: 'declares an enum' },
  {
    pattern: /(^|[\s'"`(=:])\/(work|tmp)\//,
    message: 'names a path of one machine',
    where: /\.(tsx?|mjs|sql|json|md|sh|css|html)$|^\.ci\/run$/,
  },
  { pattern: /\b(describe|test|it)\.only\b/, message: 'runs one test alone', where: /\.test\.tsx?$/ },
];

/** These files hold the patterns themselves, or examples of them. */
const ABOUT_WORDS = /^tools\/check(-names|\.test)\.ts$/;

function wordFindings(tree: SourceTree): Finding[] {
  return [...tree].flatMap(([path, text]) => {
    if (ABOUT_WORDS.test(path)) return [];
    const relevant = WORDS.filter(({ where }) => (where ?? CODE).test(path));
    return text
      .split('\n')
      .flatMap((line, index) =>
        relevant
          .filter(({ pattern }) => pattern.test(line))
          .map(({ message }) => ({ path, line: index + 1, message })),
      );
  });
}
