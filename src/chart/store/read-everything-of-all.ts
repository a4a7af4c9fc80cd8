/**
 * Everything of every chart in reach, chart after chart, by pages
 * (https://hl7.org/fhir/R4/patient-operation-everything.html: without an id, of all whom the asker reaches).
 */

import { PosternError } from '../../base/errors.ts';
import { type ChartId, NIL_UUID, parseId, type ResourceId } from '../../base/ids.ts';
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { inOrderFrom, patientsFrom } from './charts-in-order.ts';
import { Damage } from './damage.ts';
import {
  answerEverything,
  conditionsOf,
  decodePosition,
  type EverythingAsk,
  type EverythingPage,
  encodePosition,
  openEverything,
  rowsWithin,
} from './read-everything.ts';
import { reachesAllCharts } from './search-batches.ts';
import { askingInVisit, type StoreContext } from './store-context.ts';
import type { UnkeyedRow } from './stored.ts';

/** Charts that one page looks into: where they hold little, it is a short one. */
const CHARTS_PER_PAGE = 50;

/** Where a page begins: at a chart, or after a row of it. */
interface Begin {
  readonly chart: ChartId;
  readonly after: string | null;
}

/** Nothing where nobody is in reach. Throws `invalid` for what is no date or cursor. Authority: `read`. */
export async function readEverythingOfAll(
  context: StoreContext,
  visit: Visit,
  ask: EverythingAsk,
): Promise<EverythingPage> {
  const begin = ask.cursor == null ? null : beginOf(ask.cursor);
  const damage = new Damage();
  const found = await askingInVisit(context, visit, async (asking, current) => {
    const opening = { context, asking, visit: current, damage };
    const charts = await chartsFrom(asking, current, begin?.chart ?? (NIL_UUID as ChartId));
    const rows: UnkeyedRow[] = [];
    let next: string | null = null;
    for (const [index, chart] of charts.entries()) {
      if (index === CHARTS_PER_PAGE || rows.length === ask.count) {
        next = cursorAt(chart, null);
        break;
      }
      const cursor = chart === begin?.chart ? begin.after : null;
      const room = ask.count - rows.length;
      const some = await rowsWithin(opening, chart, conditionsOf({ ...ask, cursor }), room + 1);
      rows.push(...some.slice(0, room));
      if (some.length <= room) continue;
      next = cursorAt(chart, encodePosition(some[room - 1]!));
      break;
    }
    return {
      ...(await openEverything(opening, rows, conditionsOf({ ...ask, cursor: null }))),
      next,
      current,
    };
  });
  return answerEverything(context, found, damage);
}

/** Of those in reach, from that one on, one more than a page looks into. */
async function chartsFrom(asking: Transaction, { scope }: Visit, from: ChartId): Promise<ChartId[]> {
  const reach = scope.reachable('read');
  if (!reachesAllCharts(reach)) return inOrderFrom(reach.pairs.keys(), from, CHARTS_PER_PAGE);
  return patientsFrom(asking, scope.practiceId, from, CHARTS_PER_PAGE);
}

function cursorAt(chart: ChartId, after: string | null): string {
  return after === null ? chart : `${chart}.${after}`;
}

function beginOf(text: string): Begin {
  const [chart = '', after = null, ...rest] = text.split('.');
  const id = parseId<ResourceId>(chart);
  if (id === null || rest.length > 0) {
    throw new PosternError('invalid', 'This link to a page of charts is damaged; start again.');
  }
  if (after !== null) decodePosition(after);
  return { chart: id as string as ChartId, after };
}
