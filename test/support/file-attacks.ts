/** Attacks on what is drawn out of files: a preview is for whoever may open the file, kept already or not. */
import sharp from 'sharp';
import type { ResourceId } from '../../src/base/ids.ts';
import { newId } from '../../src/base/ids.ts';
import { type Attack, type Stage, table } from './attack-stage.ts';
import { onlyFor } from './only-for.ts';

/** A file of the chart under attack, with a picture in it. */
async function filed({ served, practice, chart }: Stage): Promise<string> {
  const create = { width: 40, height: 20, channels: 3, background: 'teal' } as const;
  const data = (await sharp({ create }).png().toBuffer()).toString('base64');
  const id = newId<ResourceId>();
  const securityContext = { reference: `Patient/${chart}` };
  await served.deposit(practice, {
    resourceType: 'Binary',
    id,
    contentType: 'image/png',
    securityContext,
    data,
  });
  return id;
}

export const FILE_ATTACKS: Readonly<Record<string, Attack>> = {
  'GET /fhir/Binary/:id/$preview': async (stage) => {
    const record = { type: 'Binary', section: 'clinical', chart: stage.chart, author: '' };
    const opens = (actor: (typeof stage.actors)[number]) =>
      actor.hasSession &&
      actor.practice === stage.practice &&
      table.may(actor.account, actor.held, 'read', record);
    const id = await filed(stage);
    const asking = (of: string) => ({ method: 'GET', target: `/fhir/Binary/${of}/$preview` });
    // Whoever may opens it first, so that what is kept is tried by all others.
    await stage.ask(stage.actor('doctor'), asking(id));
    await onlyFor(stage, opens, asking, 200, async () => id);
    const fresh = await filed(stage);
    const others = {
      ...stage,
      actors: stage.actors.filter((actor) => actor.name === 'doctor' || !opens(actor)),
    };
    await onlyFor(others, opens, asking, 200, async () => fresh);
  },
};
