/** From grants to what they allow, and from that to the keys that row policies compare. Pure. */
import type { AccountId, ChartId, PracticeId } from '../base/ids.ts';
import {
  ACTIONS,
  type Action,
  inMask,
  maskOf,
  SECTIONS,
  type SectionMask,
  sectionsIn,
} from '../base/section.ts';
import { type AppReach, SEEING, WRITING } from './narrowing.ts';
import { allowedSections, type RoleName, roleOf, type SystemRole } from './roles.ts';
import type { Extent } from './scope.ts';

export interface HeldRole {
  readonly role: RoleName | SystemRole;
  readonly chartId: ChartId | null;
  /** Narrows the role's sections; null: all of them. */
  readonly sections: SectionMask | null;
}

type Masks = Record<Action, SectionMask>;

export function extentOf(held: readonly HeldRole[]): Extent {
  const all = noMasks();
  const charts = new Map<ChartId, Masks>();
  for (const { role, chartId, sections } of held) {
    const definition = roleOf(role);
    for (const action of ACTIONS) {
      const allowed = allowedSections(definition, action) & (sections ?? -1);
      if (definition.spans === 'practice') {
        all[action] |= allowed;
        continue;
      }
      // What the practice owns is in no chart: a patient sees practitioners and schedules beside the own
      // chart.
      all[action] |= allowedSections(definition, action) & PRACTICE;
      if (chartId === null) continue;
      const masks = charts.get(chartId) ?? noMasks();
      masks[action] |= allowed & ~PRACTICE;
      charts.set(chartId, masks);
    }
  }
  return { all, charts };
}

const PRACTICE = 1 << SECTIONS.practice;

function noMasks(): Masks {
  return { read: 0, write: 0, open: 0, share: 0, administer: 0 };
}

/** What a session may beside reading and writing. */
export interface ReachFlags {
  readonly system: boolean;
  readonly seesLines: boolean;
  readonly keepsFamilies: boolean;
}

/** The reach of an extent, in the forms that 0003-reach.sql names; sorted, so that it is always the same. */
export function reachKeys(
  practiceId: PracticeId,
  accountId: AccountId,
  extent: Extent,
  { system, seesLines, keepsFamilies }: ReachFlags,
): string[] {
  const keys = new Set<string>([`a/${accountId}`]);
  const add = (owner: string, masks: Readonly<Masks>) => {
    for (const [kind, action] of KINDS) {
      for (const section of sectionsIn(masks[action])) {
        const place = placeOf(owner, practiceId, accountId, SECTIONS[section], system);
        keys.add(`${kind}/${place}`);
        keys.add(`k/${place}`);
      }
    }
  };
  add(practiceId, extent.all);
  for (const [chartId, masks] of extent.charts) {
    add(chartId, masks);
    if (masks.share !== 0) keys.add(`g/${chartId}`);
    // Lines name every resource of the chart, so only who has the whole record to share sees who opened it.
    if (inMask(masks.share, 'sensitive')) keys.add(`l/${chartId}`);
  }
  if (seesLines) keys.add(`l/${practiceId}`);
  if (seesLines || keepsFamilies || extent.all.administer !== 0) keys.add(`g/${practiceId}`);
  if (system) keys.add(`s/${practiceId}`);
  return [...keys].sort();
}

const KINDS = [
  ['r', 'read'],
  ['w', 'write'],
  ['o', 'open'],
] as const;

function placeOf(
  owner: string,
  practiceId: string,
  accountId: string,
  section: number,
  system: boolean,
): string {
  if (section !== SECTIONS.psychotherapy) return `${owner}/${section}`;
  return system && owner === practiceId ? `${owner}/${section}/any` : `${owner}/${section}/${accountId}`;
}

/** Never an app's: what staff decide on, what nobody opens, and notes that are their author's alone. */
const CLOSED = maskOf('deposit', 'canary', 'psychotherapy');

/**
 * What is left of an extent: the chart in context alone where no scope goes beyond it, and nothing to share
 * or administer: those are the person's own.
 */
export function narrowedExtent({ all, charts }: Extent, app: AppReach): Extent {
  const open = ~CLOSED & (app.sensitive ? -1 : ~maskOf('sensitive'));
  const narrowed = (masks: Readonly<Masks>, kept: SectionMask): Masks => {
    const of = (action: Action) => (usesAny(app, action) ? masks[action] & kept & open : 0);
    return { read: of('read'), write: of('write'), open: of('open'), share: 0, administer: 0 };
  };
  if (app.scopes.some(({ level }) => level !== 'patient')) {
    const each = [...charts].map(([chart, masks]) => [chart, narrowed(masks, -1)] as const);
    return { all: narrowed(all, -1), charts: new Map(each) };
  }
  if (app.patient === null) return { all: NOTHING, charts: new Map() };
  const own = charts.get(app.patient) ?? NOTHING;
  const both = {
    ...NOTHING,
    read: all.read | own.read,
    write: all.write | own.write,
    open: all.open | own.open,
  };
  return {
    all: { ...narrowed(all, PRACTICE), write: 0 },
    charts: new Map([[app.patient, narrowed(both, ~PRACTICE)]]),
  };
}

const NOTHING: Readonly<Masks> = { read: 0, write: 0, open: 0, share: 0, administer: 0 };

function usesAny({ scopes }: AppReach, action: Action): boolean {
  const interactions = action === 'write' ? WRITING : SEEING;
  return scopes.some((scope) => interactions.some((one) => scope.interactions.has(one)));
}
