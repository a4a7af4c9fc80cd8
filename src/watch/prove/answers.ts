/** What every answer has to carry, whatever was asked and however it ended. */
import type { Judge } from './finding.ts';
import type { Asking, Told } from './outside.ts';

interface Rule {
  readonly header: string;
  readonly wants: string;
  holds(value: string, told: Told, asking: Asking): boolean;
}

const MEND =
  'Postern sends it with every answer: see what stands before it (a proxy, a cache) and takes it away or ' +
  'changes it, and let it pass headers on as they are.';

const YEAR_SECONDS = 31_536_000;

const RULES: readonly Rule[] = [
  { header: 'x-content-type-options', wants: 'nosniff', holds: (value) => value === 'nosniff' },
  { header: 'x-frame-options', wants: 'DENY', holds: (value) => value === 'DENY' },
  { header: 'referrer-policy', wants: 'no-referrer', holds: (value) => value === 'no-referrer' },
  {
    header: 'cross-origin-resource-policy',
    wants: 'same-origin',
    holds: (value) => value === 'same-origin',
  },
  {
    header: 'content-security-policy',
    wants: "a policy that begins from default-src 'none', is framed by nobody and allows nothing unsafe",
    holds: (value) =>
      /(^|; *)default-src 'none'(;|$)/.test(value) &&
      /(^|; *)frame-ancestors 'none'(;|$)/.test(value) &&
      !/'unsafe-|\bdata:|\bhttps?:|\*/.test(value),
  },
  {
    header: 'cache-control',
    wants: 'no-store, but for assets whose name holds a digest',
    holds: (value, { status }, { target }) =>
      /\bno-store\b/.test(value) || (target.startsWith('/assets/') && status === 200),
  },
];

const PAGE_RULE: Rule = {
  header: 'content-security-policy',
  wants: "a policy for pages: scripts of our own alone, and require-trusted-types-for 'script'",
  holds: (value) => !value.includes('script-src') || /require-trusted-types-for 'script'/.test(value),
};

const HSTS: Rule = {
  header: 'strict-transport-security',
  wants: 'max-age of a year at least',
  holds: (value) => Number(/max-age=(\d+)/.exec(value)?.[1] ?? 0) >= YEAR_SECONDS,
};

/** Headers that open an answer to the scripts of other sites, or tell what runs here. */
const FORBIDDEN = ['access-control-allow-origin', 'access-control-allow-credentials', 'x-powered-by'];

/** Words about the server that scripts of any site may read: they are the same for everybody. */
const FOR_ANYBODY: ReadonlySet<string> = new Set([
  '/.well-known/smart-configuration',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/fhir/.well-known/smart-configuration',
  '/fhir/metadata',
  '/oauth/jwks',
  '/oauth/style.json',
]);

/** And what links hold, which is sealed under a key that no server has; whoever has none is told nothing. */
const OF_LINKS = /^\/shl\/[^/?]/;

function isForAnybody(target: string): boolean {
  return FOR_ANYBODY.has(target) || OF_LINKS.test(target);
}

/** Looks at one answer. */
export function judgeAnswer(judge: Judge, secure: boolean, asking: Asking, told: Told): void {
  const where = `answers ${kindOf(asking.target)}`;
  for (const rule of [...RULES, PAGE_RULE, ...(secure ? [HSTS] : [])]) {
    const value = [told.headers[rule.header] ?? ''].flat().join(', ');
    const holds = rule.holds(value, told, asking);
    const sentence =
      value === '' ? `They come without ${rule.header}.` : `Their ${rule.header} is not ${rule.wants}.`;
    judge.expect('headers', holds, where, sentence, MEND);
  }
  for (const header of FORBIDDEN) {
    const value = told.headers[header];
    const anywhere = header === 'access-control-allow-origin' && value === '*' && isForAnybody(asking.target);
    const absent = value === undefined || anywhere;
    judge.expect('headers', absent, where, `They come with ${header}.`, `Take ${header} away again.`);
  }
  judge.expect(
    'headers',
    told.status !== 500,
    where,
    'The server failed at an ordinary question (500).',
    'See the server log for what failed.',
  );
}

/** Where a finding is: one word for each part of the site. */
function kindOf(target: string): string {
  if (target.startsWith('/fhir')) return 'of the API';
  if (/^\/(oauth|apps|launches|\.well-known)/.test(target)) return 'about apps';
  if (target.startsWith('/assets/')) return 'with assets';
  if (/^\/(session|routes|healthz|signin)$/.test(target)) return 'about sessions and the server';
  return 'with pages';
}
