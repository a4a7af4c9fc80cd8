/** What some may, and everybody else is told as of what is not there. */
import { expect } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import type { Asking } from '../../src/watch/index.ts';
import type { Actor } from './attack-actors.ts';
import { type Stage, said } from './attack-stage.ts';
import { CANARIES } from './attack-world.ts';

/** Whoever may gets that status; to everybody else what is there is what is not. */
export async function onlyFor(
  stage: Stage,
  allowed: (actor: Actor) => boolean,
  asking: (id: string) => Asking,
  status: number,
  made: () => Promise<string>,
): Promise<void> {
  let rightful = 0;
  for (const actor of stage.actors) {
    const answer = await stage.ask(actor, asking(await made()));
    if (allowed(actor)) {
      rightful += 1;
      expect([actor.name, answer.status, answer.text.slice(0, 300)]).toEqual([
        actor.name,
        status,
        expect.anything(),
      ]);
      continue;
    }
    const absent = await stage.ask(actor, asking(newId()));
    expect([actor.name, said(answer)]).toEqual([actor.name, said(absent)]);
    expect([actor.name, answer.status]).toEqual([actor.name, actor.hasSession ? 404 : 401]);
    expect(`${answer.text}${JSON.stringify(answer.headers)}`).not.toMatch(CANARIES);
  }
  expect(rightful).toBeGreaterThan(0);
}
