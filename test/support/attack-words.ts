/** What is said to everybody alike. */
import { expect } from 'vitest';
import type { Stage } from './attack-stage.ts';
import { CANARIES } from './attack-world.ts';
import type { Answered } from './served-practices.ts';

/** What all are told; it is one thing, with whatever credential. */
export async function answerToAll(stage: Stage, target: string): Promise<Answered> {
  const answers: Answered[] = [];
  for (const actor of stage.actors) answers.push(await stage.ask(actor, { method: 'GET', target }));
  for (const { status, headers, text } of answers) {
    expect([status, headers, text]).toEqual([200, answers[0]!.headers, answers[0]!.text]);
    expect(text).not.toMatch(CANARIES);
    for (const secret of [stage.practice, stage.chart]) expect(text).not.toContain(secret);
  }
  return answers[0]!;
}
