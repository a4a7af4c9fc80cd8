/**
 * Who may export, and whether they still reach what they could reach when they asked. An export takes records
 * out of Postern for good, so it takes more than reading them one by one: the right to pass them on
 * (`share`), to run the practice (`administer`), or a backend that was registered for it. ADR 0105.
 */
import type { ChartId } from '../../base/ids.ts';
import type { Action, SectionMask } from '../../base/section.ts';
import type { Scope } from '../../gate/index.ts';

/** Charts that the scope may export: null for all that it reads, and none where it may not export at all. */
export function exportable(scope: Scope): readonly ChartId[] | null {
  const [share, administer, read] = [
    scope.reachable('share'),
    scope.reachable('administer'),
    scope.reachable('read'),
  ];
  if (share.allMask !== 0 || administer.allMask !== 0 || isBackend(scope)) return null;
  const may = isApp(scope) ? read.pairs : share.pairs;
  return [...may.keys()].filter((chart) => read.pairs.has(chart));
}

/** An app that a person let in for themselves reads no more than they let it, so that is its to take. */
function isApp({ terms }: Scope): boolean {
  return terms.methods.includes('app');
}

/** A client with a key of its own and scopes of the whole practice: SMART Backend Services. */
export function isBackend(scope: Scope): boolean {
  const scopes = scope.terms.narrowing?.scope.split(' ') ?? [];
  return isApp(scope) && scopes.some((one) => one.startsWith('system/'));
}

const TAKEN: readonly Action[] = ['read', 'open'];

/** What a scope reaches, as a job keeps it. */
export interface ReachThen {
  readonly masks: readonly {
    readonly all: SectionMask;
    readonly pairs: readonly (readonly [ChartId, SectionMask])[];
  }[];
  /** To what an app was narrowed, word for word. */
  readonly narrowing: string;
}

export function reachOf(scope: Scope): ReachThen {
  const masks = TAKEN.map((action) => {
    const { allMask, pairs } = scope.reachable(action);
    return { all: allMask, pairs: [...pairs] };
  });
  return { masks, narrowing: JSON.stringify(scope.terms.narrowing) };
}

/**
 * Whether the scope still reaches all that it did then, and is narrowed to the same. Where anything was taken
 * from it, what was exported before is not its to have any more.
 */
export function stillReaches(scope: Scope, then: ReachThen): boolean {
  if (scope.ended || JSON.stringify(scope.terms.narrowing) !== then.narrowing) return false;
  return TAKEN.every((action, at) => {
    const now = scope.reachable(action);
    const { all, pairs } = then.masks[at]!;
    return (
      (now.allMask & all) === all &&
      pairs.every(([chart, mask]) => ((now.allMask | (now.pairs.get(chart) ?? 0)) & mask) === mask)
    );
  });
}
