/** What attacks on routes are made on, and what they compare. */
import type { ChartId, PracticeId } from '../../src/base/ids.ts';
import type { Asking } from '../../src/watch/index.ts';
import { ACTOR_NAMES, type Actor, ActorCast } from './attack-actors.ts';
import { DecisionsTable } from './decisions-table.ts';
import type { Answered, ServedPractices } from './served-practices.ts';

/** What attacks are made on: a practice with a chart and somebody in every role. */
export interface Stage {
  readonly served: ServedPractices;
  readonly practice: PracticeId;
  readonly chart: ChartId;
  readonly actors: readonly Actor[];
  actor(name: string): Actor;
  ask(actor: Actor, asking: Asking): Promise<Answered>;
}

export const CANARY = 'cnry-0a1b2c3d4e5f';

export async function setStage(served: ServedPractices): Promise<Stage> {
  const cast = new ActorCast(served, await served.makePractice(), await served.makePractice());
  const actors: Actor[] = [];
  for (const name of ACTOR_NAMES) actors.push(await cast.make(name));
  const actor = (name: string) => actors.find((one) => one.name === name)!;
  const chart = await served.chart(cast.here, { name: [{ family: CANARY }] });
  const ask: Stage['ask'] = async (who, { method, target, headers = {}, body }) =>
    served.ask(await who.token(), method, target, body === undefined ? { headers } : { headers, body });
  return { served, practice: cast.here, chart, actors, actor, ask };
}

export type Attack = (stage: Stage) => Promise<void>;

export const table = new DecisionsTable();

/** Status, headers and text without what the question held. */
export function said({ status, headers, text }: Pick<Answered, 'status' | 'headers' | 'text'>): unknown {
  const { 'content-length': _, ...others } = headers;
  return [status, others, text.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')];
}

/** Whether that actor may read the Patient of the chart under attack. */
export function readsPatient({ practice, chart }: Stage, actor: Actor): boolean {
  const record = { type: 'Patient', section: 'administrative', chart, author: '' };
  if (!actor.hasSession || actor.practice !== practice) return false;
  return table.may(actor.account, actor.held, 'read', record);
}
