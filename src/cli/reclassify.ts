/** `postern reclassify`: files again what older rules filed. `serve` does it by itself, in the background. */
import { type Command, required } from './command.ts';
import { practiceBySlug, withPostern } from './open-postern.ts';

export const reclassify: Command = {
  summary: 'Moves resources that the newest rules close into their section',
  positionals: '',
  options: {
    practice: { type: 'string', value: 'SLUG', help: 'the practice' },
    json: { type: 'boolean', help: 'prints what was done as JSON' },
  },
  notes: 'Nothing is opened that was closed. Killed, it is finished by running it again.',
  run: async (invocation) => {
    const slug = required(invocation, 'practice');
    const done = await withPostern(invocation.configuration, async (postern) => {
      const { practiceId } = await practiceBySlug(postern, slug);
      return postern.gate.asJob(practiceId, 'system-upkeep', 'reclassification', (visit) =>
        postern.store.reclassify(visit, {
          onProgress: (examined, moved) => invocation.say(`${examined} examined, ${moved} moved`),
        }),
      );
    });
    if (invocation.has('json')) invocation.print(JSON.stringify(done));
    else if (done.passes === 0) invocation.print('Everything is filed by the newest rules.');
    else invocation.print(`${done.moved} resources moved in ${done.passes} passes.`);
  },
};
