/** Attacks on links: who makes one of what, whose they are, and what opens one. */
import { expect } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import type { Asking } from '../../src/watch/index.ts';
import type { Actor } from './attack-actors.ts';
import { type Attack, type Stage, said, table } from './attack-stage.ts';
import { CANARIES } from './attack-world.ts';
import { filedDocument, filesOf, JSON_BODY, type Made, madeOf, opened } from './link-requests.ts';
import { onlyFor } from './only-for.ts';

/** Those who may pass on what is clinical, of every chart. */
const PASS_ON = ['dentist', 'doctor', 'psychiatrist', 'another psychiatrist'];

const made = (chart: string, documents: readonly string[]): Asking => ({
  method: 'POST',
  target: '/links',
  headers: JSON_BODY,
  body: JSON.stringify({ chart, documents, label: 'To whoever has it' }),
});
const listed = (chart: string): Asking => ({ method: 'GET', target: `/links?chart=${chart}` });
const opening = (path: string, recipient = 'Somebody'): Asking => ({
  method: 'POST',
  target: path,
  headers: JSON_BODY,
  body: JSON.stringify({ recipient, embeddedLengthMax: 0 }),
});

const filed = ({ served, practice, chart }: Stage) =>
  filedDocument(served, practice, chart, Buffer.from('%PDF-1.4\nwhat a link holds'));

/** A link of the doctor's to a document of the chart under attack. */
async function linkOf(stage: Stage): Promise<Made> {
  const answer = await stage.ask(stage.actor('doctor'), made(stage.chart, [await filed(stage)]));
  expect(answer.status, answer.text).toBe(201);
  return madeOf(answer.json);
}

/** Whoever reads it is told that it is not theirs to pass on. */
function reads({ practice, chart }: Stage, actor: Actor): boolean {
  const record = { type: 'DocumentReference', section: 'clinical', chart, author: '' };
  return (
    actor.hasSession && actor.practice === practice && table.may(actor.account, actor.held, 'read', record)
  );
}

export const LINK_ATTACKS: Readonly<Record<string, Attack>> = {
  'POST /links': async (stage) => {
    const document = await filed(stage);
    let rightful = 0;
    for (const actor of stage.actors) {
      const hidden = await stage.ask(actor, made(stage.chart, [document]));
      if (PASS_ON.includes(actor.name)) {
        rightful += 1;
        expect([actor.name, hidden.status]).toEqual([actor.name, 201]);
        continue;
      }
      const absent = await stage.ask(actor, made(stage.chart, [newId()]));
      expect(absent.status).toBe(actor.hasSession ? 404 : 401);
      if (reads(stage, actor)) expect([actor.name, hidden.status]).toEqual([actor.name, 422]);
      else expect([actor.name, said(hidden)]).toEqual([actor.name, said(absent)]);
      expect(hidden.text).not.toMatch(CANARIES);
    }
    expect(rightful).toBe(PASS_ON.length);
    // A document of another chart, which the maker may pass on as well, is none of this one.
    const elsewhere = await stage.ask(stage.actor('doctor'), made(newId(), [document]));
    expect(elsewhere.status).toBe(404);
  },
  'GET /links': async (stage) => {
    const { id } = await linkOf(stage);
    const own = await stage.ask(stage.actor('doctor'), listed(stage.chart));
    expect(own.text).toContain(id);
    for (const actor of stage.actors.filter(({ name }) => name !== 'doctor')) {
      const [hidden, absent] = [
        await stage.ask(actor, listed(stage.chart)),
        await stage.ask(actor, listed(newId())),
      ];
      // Those who made links of their own on the way see these.
      expect([actor.name, hidden.text.includes(id)]).toEqual([actor.name, false]);
      if (!PASS_ON.includes(actor.name))
        expect([actor.name, said(hidden)]).toEqual([actor.name, said(absent)]);
    }
  },
  'DELETE /links/:id': async (stage) => {
    const doctor = stage.actor('doctor');
    const first = await linkOf(stage);
    const standing = await linkOf(stage);
    let asked = 0;
    await onlyFor(
      { ...stage, actors: [doctor, ...stage.actors.filter(({ account }) => account !== doctor.account)] },
      (actor) => actor === doctor,
      (id) => ({ method: 'DELETE', target: `/links/${id}` }),
      204,
      async () => {
        asked += 1;
        return asked === 1 ? first.id : standing.id;
      },
    );
    const still = await stage.served.ask(null, 'POST', standing.path, {
      headers: JSON_BODY,
      body: '{"recipient":"x"}',
    });
    expect(still.status).toBe(200);
  },
  'POST /shl/:link': async (stage) => {
    const { path, payload } = await linkOf(stage);
    // Whoever has the link opens it; a session neither helps nor hinders.
    for (const name of ['doctor', 'nobody', 'an ended session', 'a doctor of another practice']) {
      const answer = await stage.ask(stage.actor(name), opening(path));
      expect([name, answer.status]).toEqual([name, 200]);
    }
    const answer = await stage.ask(stage.actor('nobody'), opening(path));
    const [document] = await filesOf(stage.served, answer.json, payload.key);
    expect(document!.resourceType).toBe('DocumentReference');
    const letter = path.at(-1) === 'A' ? 'B' : 'A';
    const guesses = [
      `${path.slice(0, -1)}${letter}`,
      `${path}A`,
      path.slice(0, -1),
      `/shl/${'A'.repeat(65)}`,
      `/shl/${path.slice('/shl/'.length).toLowerCase()}`,
      `/shl/${newId()}`,
    ];
    const told = new Set<string>();
    for (const guess of guesses) {
      const { status, headers, text } = await stage.ask(stage.actor('doctor'), opening(guess));
      expect([guess, status]).toEqual([guess, 404]);
      told.add(JSON.stringify([headers, text]));
    }
    expect(told.size).toBe(1);
  },
  'GET /shl/files/:ticket': async (stage) => {
    const { path, payload } = await linkOf(stage);
    const { json } = await stage.ask(stage.actor('nobody'), opening(path));
    const place = new URL(String(json.files![0]!.location)).pathname;
    const fetch = (target: string, name = 'nobody') =>
      stage.ask(stage.actor(name), { method: 'GET', target });
    const changed = `${place.slice(0, -1)}${place.endsWith('A') ? 'B' : 'A'}`;
    const guessed = await fetch(changed);
    const ofLink = await fetch(`/shl/files/${path.slice('/shl/'.length)}`);
    const first = await fetch(place);
    expect(first.status).toBe(200);
    expect((await opened(first.text, payload.key)).resourceType).toBe('DocumentReference');
    const again = await fetch(place, 'doctor');
    for (const one of [guessed, ofLink, again]) {
      expect([one.status, one.text]).toEqual([404, guessed.text]);
    }
  },
};
