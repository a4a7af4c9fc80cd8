/** Attacks on what a practice sets and keeps of files: its owner's and privacy officer's alone. */
import { expect } from 'vitest';
import type { Asking } from '../../src/watch/index.ts';
import type { Attack } from './attack-stage.ts';
import { CANARIES } from './attack-world.ts';
import { onlyFor } from './only-for.ts';

const HEADERS = { 'content-type': 'application/json' };
const send = (method: string, target: string, body: object): Asking => ({
  method,
  target,
  headers: HEADERS,
  body: JSON.stringify(body),
});

/** Anybody who is signed in is told what their own practice takes, and no record comes along. */
const toldToAll =
  (target: string): Attack =>
  async (stage) => {
    for (const actor of stage.actors) {
      const { status, text } = await stage.ask(actor, { method: 'GET', target });
      expect([actor.name, status]).toEqual([actor.name, actor.hasSession ? 200 : 401]);
      expect(text).not.toMatch(CANARIES);
    }
  };

const setByOwner =
  (target: string, body: object): Attack =>
  (stage) =>
    // It is looked at, and out of its limits: what stands is nobody's to change here.
    onlyFor(
      stage,
      ({ name }) => name === 'owner',
      () => send('PUT', target, body),
      400,
      async () => '',
    );

export const RULE_ATTACKS: Readonly<Record<string, Attack>> = {
  'GET /practice/files': toldToAll('/practice/files'),
  'PUT /practice/files': setByOwner('/practice/files', { version: 0, limits: { bytesOfFile: 1 } }),
};
