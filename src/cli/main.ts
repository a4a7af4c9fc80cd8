/**
 * The `postern` command. Each command is one file in this folder, loaded when it is asked for, so that a
 * small one does not wait for the definitions that a large one needs.
 */
import { SETTINGS } from '../base/configuration.ts';
import {
  type Command,
  columns,
  explainFailure,
  helpOf,
  makeInvocation,
  readArguments,
  UsageError,
} from './command.ts';
import './compiled-code.ts';
import { loadConfiguration } from './load-configuration.ts';
import { endOnSignal } from './stop-signal.ts';

interface Entry {
  readonly summary: string;
  load(): Promise<Command>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  serve: { summary: 'start the server', load: async () => (await import('./serve.ts')).serve },
  import: {
    summary: 'import FHIR files into a practice',
    load: async () => (await import('./import.ts')).importFiles,
  },
  practice: {
    summary: 'add a practice, or list all',
    load: async () => (await import('./practice.ts')).practice,
  },
  account: {
    summary: 'add an account, disable it, let it in again, or list all',
    load: async () => (await import('./account.ts')).account,
  },
  grant: {
    summary: 'say who may do what in a practice, end it, or list it',
    load: async () => (await import('./grant.ts')).grant,
  },
  client: {
    summary: 'register an app or a backend, end it, or list all',
    load: async () => (await import('./client.ts')).client,
  },
  invite: {
    summary: 'ask somebody into a practice, list who was asked, or take it back',
    load: async () => (await import('./invite.ts')).invite,
  },
  sso: {
    summary: 'say by whose accounts the staff of a practice sign in',
    load: async () => (await import('./sso.ts')).sso,
  },
  token: {
    summary: 'print a bearer token for scripts',
    load: async () => (await import('./token.ts')).token,
  },
  signin: {
    summary: 'print a one-time sign-in link',
    load: async () => (await import('./signin.ts')).signin,
  },
  demo: { summary: 'list the people of the demo', load: async () => (await import('./demo.ts')).demo },
  log: {
    summary: 'show, verify or export the access log',
    load: async () => (await import('./log.ts')).log,
  },
  keys: {
    summary: 'rotate, shred, back up or restore keys',
    load: async () => (await import('./keys.ts')).keys,
  },
  reports: {
    summary: 'set up, list, show or acknowledge reports of weaknesses',
    load: async () => (await import('./reports.ts')).reports,
  },
  post: {
    summary: 'list the mails that Postern sends, or send what waits',
    load: async () => (await import('./post.ts')).post,
  },
  prove: {
    summary: 'attack the running deployment, and check every promise',
    load: async () => (await import('./prove.ts')).prove,
  },
  blobs: {
    summary: 'verify, collect or move what files are kept in',
    load: async () => (await import('./blobs.ts')).blobs,
  },
  reclassify: {
    summary: 'file again what older rules filed',
    load: async () => (await import('./reclassify.ts')).reclassify,
  },
};

async function main(args: readonly string[]): Promise<void> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(`${overview()}\n`);
    return;
  }
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry === undefined) throw new UsageError(`There is no command '${name}'`);
  const command = await entry.load();
  const read = readArguments(command, rest);
  if (read.values.help === true) {
    process.stdout.write(`${helpOf(name, command)}\n`);
    return;
  }
  const configuration = await loadConfiguration();
  if (command.endsItself !== true) endOnSignal(stopDatabases);
  await command.run(makeInvocation(read, configuration));
}

/** A PostgreSQL that was started for a command must not outlive it. Loaded late: most commands need none. */
async function stopDatabases(): Promise<void> {
  ending = true;
  const { stopEmbedded } = await import('../db/index.ts');
  await stopEmbedded();
}

/** What ends with its database under it says so in many ways; none of them is worth telling. */
let ending = false;

function overview(): string {
  return [
    'Usage: postern COMMAND [options]',
    '',
    'Commands (postern COMMAND --help explains each):',
    ...columns(Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary] as const)),
    '',
    'Settings, from the environment or from .env:',
    ...columns(Object.entries(SETTINGS)),
  ].join('\n');
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader of our output has had enough (`postern ... | head`).
  if (error.code !== 'EPIPE') throw error;
  if (!ending) void stopDatabases().finally(() => process.exit(0));
});

try {
  await main(process.argv.slice(2));
} catch (error) {
  // Whoever ends it exits when that is done.
  if (ending) await new Promise(() => undefined);
  const { sentence, status } = explainFailure(error);
  process.stderr.write(`postern: ${sentence}\n`);
  // A command that failed on its way may have left something waiting.
  process.exit(status);
}
