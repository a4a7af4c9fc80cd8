/** `postern practice`: the practices of this installation. */
import { DEMO_SLUGS } from '../../demo/index.ts';
import { PosternError } from '../base/errors.ts';
import { type Command, columns, type Invocation, UsageError } from './command.ts';
import { nameOption } from './name-option.ts';
import { listPractices, type Postern, withPostern } from './open-postern.ts';

export const practice: Command = {
  summary: 'Adds a practice, or lists all',
  positionals: 'list | add SLUG',
  options: {
    name: { type: 'string', value: 'NAME', help: 'add: what people call it' },
    json: { type: 'boolean', help: 'as JSON: id, slug, name' },
  },
  notes:
    'SLUG is how commands name the practice: 2 to 63 lower-case letters, digits and hyphens. Adding one\n' +
    'leaves a line in the log of the installation. A practice has nobody in it at first: its owner comes\n' +
    'with postern account add and postern grant add.',
  async run(invocation) {
    const [what, slug, ...more] = invocation.positionals;
    const { configuration } = invocation;
    if (what === 'list' && slug === undefined) {
      await withPostern(configuration, (postern) => list(invocation, postern));
    } else if (what === 'add' && slug !== undefined && more.length === 0) {
      const asked = { slug: checkedSlug(slug), name: nameOption(invocation) };
      await withPostern(configuration, (postern) => add(invocation, postern, asked));
    } else {
      throw new UsageError('practice takes list, or add SLUG --name NAME');
    }
  },
};

function checkedSlug(slug: string): string {
  if (!/^[a-z0-9][a-z0-9-]{1,62}$/.test(slug)) {
    throw new UsageError('A slug is 2 to 63 lower-case letters, digits and hyphens, as in elm-street');
  }
  // The demo would be loaded into it, and production refuses it.
  if (!DEMO_SLUGS.includes(slug)) return slug;
  throw new PosternError('conflict', `${slug} is a practice of the demo; choose another slug.`);
}

interface AskedPractice {
  readonly slug: string;
  readonly name: string;
}

async function add({ print, has, say }: Invocation, postern: Postern, asked: AskedPractice): Promise<void> {
  const { keychain, database } = postern;
  const id = await keychain.createPractice(database.owner, { ...asked, client: 'postern practice' });
  if (has('json')) {
    print(JSON.stringify({ id, ...asked }, null, 2));
    return;
  }
  print(`The practice ${asked.slug} is there.`);
  say('Next, its owner: postern account add EMAIL --name NAME');
  say(`                 postern grant add EMAIL --practice ${asked.slug} --role owner`);
}

async function list({ print, has, say }: Invocation, postern: Postern): Promise<void> {
  const practices = await listPractices(postern);
  if (has('json')) {
    print(
      JSON.stringify(
        practices.map(({ practiceId: id, slug, name }) => ({ id, slug, name })),
        null,
        2,
      ),
    );
    return;
  }
  if (practices.length === 0) say('There is none yet; postern practice add SLUG --name NAME makes one.');
  else for (const line of columns(practices.map(({ slug, name }) => [slug, name]))) print(line);
}
