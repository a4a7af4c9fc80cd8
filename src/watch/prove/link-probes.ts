/** Probes of links: made within one's own reach alone, ended at once, and guessed by nobody. */
import { newId } from '../../base/ids.ts';
import type { Asking, Told } from './outside.ts';
import { CAST_WORDS, type Probe, type Stage } from './stage.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

const make = (chart: string): Asking => ({
  method: 'POST',
  target: '/links',
  headers: JSON_TYPE,
  body: JSON.stringify({ chart, summary: true, label: 'postern prove', days: 1 }),
});
const end = (id: string): Asking => ({ method: 'DELETE', target: `/links/${id}` });
const list = (chart: string): Asking => ({ method: 'GET', target: `/links?chart=${chart}` });
const open = (path: string): Asking => ({
  method: 'POST',
  target: path,
  headers: JSON_TYPE,
  body: JSON.stringify({ recipient: 'postern prove', embeddedLengthMax: 0 }),
});

interface Made {
  readonly id: string;
  /** Where it is opened. */
  readonly path: string;
}

const LINK = /"id":"([0-9a-f-]{36})","link":"[^"#]*#shlink:\/([\w-]+)"/;

/** A chart that is not the asker's goes into no link, like one that has never been. */
async function makeProbe(stage: Stage, route: string): Promise<void> {
  for (const [who, place] of [
    ['patient', 'other'],
    ['patient', 'elsewhere'],
    ['doctor', 'elsewhere'],
    ['foreigner', 'other'],
    ['billing', 'other'],
  ] as const) {
    const hidden = await stage.ask(who, make(stage.world.charts[place]));
    const absent = await stage.ask(who, make(newId()));
    stage.expectHidden(`${route}: ${CAST_WORDS[who]}, ${place}`, hidden, absent, who);
  }
  await withLink(stage, route, async () => undefined);
}

/** A patient's own link is theirs to see and to end, and what is ended is as if it had never been. */
async function ownProbe(stage: Stage, route: string): Promise<void> {
  await withLink(stage, route, async ({ id, path }) => {
    for (const who of ['doctor', 'billing', 'foreigner', 'partner'] as const) {
      const where = `${route}: ${CAST_WORDS[who]}`;
      const [hidden, absent] = [await stage.ask(who, end(id)), await stage.ask(who, end(newId()))];
      stage.expectHidden(`${where}, ending it`, hidden, absent, who);
      const seen = await stage.ask(who, list(stage.world.charts.own));
      stage.expectHidden(`${where}, listing`, seen, await stage.ask(who, list(newId())), who);
    }
    const listed = await stage.ask('patient', list(stage.world.charts.own));
    stage.expectRightful(`${route}: a patient`, listed, 200, id);
    stage.expectRightful(`${route}: a patient`, await stage.ask('patient', end(id)), 204, null);
    const over = await stage.outside.ask(null, open(path));
    stage.expectHidden(`${route}: ended`, over, await stage.outside.ask(null, open(unknown(path))), null);
  });
}

/** Whoever has the link opens it; whoever has another one finds nothing, and nothing is readable in it. */
async function openProbe(stage: Stage, route: string): Promise<void> {
  await withLink(stage, route, async ({ path }) => {
    const told = await stage.outside.ask(null, open(path));
    stage.expectRightful(`${route}: whoever has the link`, told, 200, '"location"');
    stage.expectNoLeak('matrix', `${route}: sealed`, told, null);
    const guessed = await stage.outside.ask(null, open(unknown(path)));
    const nothing = await stage.outside.ask(null, open(`/shl/${'A'.repeat(65)}`));
    stage.expectHidden(`${route}: a link that is guessed`, guessed, nothing, null);
    const place = placeIn(told);
    const first = await stage.outside.ask(null, { method: 'GET', target: place });
    stage.expectRightful(`${route}: a file of it`, first, 200, null);
    stage.expectNoLeak('matrix', `${route}: a sealed file`, first, null);
    const again = await stage.outside.ask(null, { method: 'GET', target: place });
    const never = await stage.outside.ask(null, { method: 'GET', target: `/shl/files/${'A'.repeat(65)}` });
    stage.expectHidden(`${route}: a file asked for twice`, again, never, null);
  });
}

/** Ends it afterwards, whatever came of the work. */
async function withLink(stage: Stage, route: string, work: (made: Made) => Promise<void>): Promise<void> {
  const told = await stage.ask('patient', make(stage.world.charts.own));
  stage.expectRightful(`${route}: a patient`, told, 201, null);
  const [, id, link] = LINK.exec(told.text) ?? [];
  if (id === undefined || link === undefined) return;
  const { url } = JSON.parse(Buffer.from(link, 'base64url').toString()) as { url: string };
  try {
    await work({ id, path: new URL(url).pathname });
  } finally {
    await stage.ask('patient', end(id));
  }
}

/** An address of the same practice that nobody has. */
function unknown(path: string): string {
  return `${path.slice(0, -1)}${path.endsWith('A') ? 'B' : 'A'}`;
}

function placeIn({ text }: Told): string {
  const place = /"location":"([^"]+)"/.exec(text)?.[1];
  return place === undefined ? `/shl/files/${'B'.repeat(65)}` : new URL(place).pathname;
}

export const LINK_PROBES: Readonly<Record<string, Probe>> = {
  'POST /links': makeProbe,
  'GET /links': ownProbe,
  'DELETE /links/:id': ownProbe,
  'POST /shl/:link': openProbe,
  'GET /shl/files/:ticket': openProbe,
};
