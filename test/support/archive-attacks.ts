/** Attacks on zips of whole charts: who may begin one, and whose it is while it is made and once it is. */
import { expect } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import type { Asking } from '../../src/watch/index.ts';
import type { Actor } from './attack-actors.ts';
import { type Attack, type Stage, said } from './attack-stage.ts';
import { CANARIES } from './attack-world.ts';
import { onlyFor } from './only-for.ts';
import type { Answered } from './served-practices.ts';

/** Those who may pass on all charts, or run the practice. */
const TAKERS = ['owner', 'dentist', 'doctor', 'psychiatrist', 'another psychiatrist'];
const takes = ({ name }: Actor) => TAKERS.includes(name);

const begin = (chart: string): Asking => ({ method: 'POST', target: '/archives', body: { chart } });

/** A finished one of the doctor's; another is made where that was removed. */
async function made(stage: Stage): Promise<string> {
  const begun = await stage.ask(stage.actor('doctor'), begin(stage.chart));
  expect(begun.status, begun.text).toBe(202);
  const { location } = begun.headers;
  while (await stage.served.work());
  const done = await stage.ask(stage.actor('doctor'), { method: 'GET', target: location! });
  expect([done.status, done.json.state], done.text).toEqual([200, 'ready']);
  return location!;
}

/** To everybody but the doctor it is one that has never been; the doctor comes first, and once more. */
const owned =
  (method: string, suffix: string, judge: (answer: Answered) => void): Attack =>
  async (stage) => {
    const location = await made(stage);
    const asking = { method, target: `${location}${suffix}` };
    if (method === 'GET') judge(await stage.ask(stage.actor('doctor'), asking));
    for (const actor of stage.actors) {
      if (actor.name === 'doctor') continue;
      const answer = await stage.ask(actor, asking);
      const absent = await stage.ask(actor, { method, target: `/archives/${newId()}${suffix}` });
      expect([actor.name, said(answer)]).toEqual([actor.name, said(absent)]);
      expect([actor.name, answer.status]).toEqual([actor.name, actor.hasSession ? 404 : 401]);
      expect(`${answer.text}${JSON.stringify(answer.headers)}`).not.toMatch(CANARIES);
    }
    judge(await stage.ask(stage.actor('doctor'), asking));
    await stage.ask(stage.actor('doctor'), { method: 'DELETE', target: location });
    expect((await stage.served.ask(null, 'GET', `${location}${suffix}?token=x`)).status).toBe(401);
  };

export const ARCHIVE_ATTACKS: Readonly<Record<string, Attack>> = {
  'POST /archives': (stage) => onlyFor(stage, takes, begin, 202, async () => stage.chart),
  'GET /archives': async (stage) => {
    const location = await made(stage);
    const id = location.split('/').at(-1)!;
    const asking = { method: 'GET', target: '/archives' };
    const own = await stage.ask(stage.actor('doctor'), asking);
    expect([own.status, own.text.includes(id), own.text.includes(stage.chart)]).toEqual([200, true, true]);
    for (const actor of stage.actors) {
      if (actor.name === 'doctor') continue;
      const answer = await stage.ask(actor, asking);
      expect([actor.name, answer.status]).toEqual([actor.name, actor.hasSession ? 200 : 401]);
      expect([actor.name, answer.text.includes(id)]).toEqual([actor.name, false]);
    }
    await stage.ask(stage.actor('doctor'), { method: 'DELETE', target: location });
  },
  'GET /archives/:job': owned('GET', '', ({ status }) => expect(status).toBe(200)),
  'DELETE /archives/:job': owned('DELETE', '', ({ status }) => expect(status).toBe(204)),
  'GET /archives/:job/record.zip': owned('GET', '/record.zip', ({ status, text }) =>
    expect([status, text.startsWith('PK')]).toEqual([200, true]),
  ),
};
