/** `postern client`: the apps and backends that may come in. */

import { readFile } from 'node:fs/promises';
import {
  type ClientLine,
  Clients,
  canBeRegistered,
  isRedirectAddress,
  isWebAddress,
  type NewClient,
  publicKeysIn,
} from '../apps/index.ts';
import { PosternError } from '../base/errors.ts';
import { type AccountId, newId } from '../base/ids.ts';
import { type Command, columns, type Invocation, onOneLine, required, UsageError } from './command.ts';
import { grantTerms } from './grant-terms.ts';
import { nameOption } from './name-option.ts';
import { type Postern, practiceBySlug, withPostern } from './open-postern.ts';

const CLIENT = 'postern client';

export const client: Command = {
  summary: 'Registers an app or a backend, ends it, or lists all',
  positionals: 'list | add | end ID',
  options: {
    name: { type: 'string', value: 'NAME', help: 'add: what people are shown' },
    redirect: { type: 'string', value: 'URLS', help: 'add: where an app is called back; several by commas' },
    launch: { type: 'string', value: 'URL', help: 'add: where an EHR launch of the app begins' },
    uri: { type: 'string', value: 'URL', help: 'add: the page of the app' },
    secret: { type: 'boolean', help: 'add: it authenticates by a secret, which is printed once' },
    'jwks-uri': { type: 'string', value: 'URL', help: 'add: it authenticates by keys that stand there' },
    jwks: { type: 'string', value: 'FILE', help: 'add: it authenticates by the public keys in a file' },
    scope: { type: 'string', value: 'SCOPES', help: 'add: all that it may ask for; without, anything' },
    dpop: { type: 'boolean', help: 'add: its tokens work with a key of its own alone' },
    backend: { type: 'boolean', help: 'add: a backend, which acts for nobody, in one practice' },
    practice: { type: 'string', value: 'SLUG', help: 'add --backend: the practice' },
    role: { type: 'string', value: 'ROLE', help: 'add --backend: what it may do there at most' },
    json: { type: 'boolean', help: 'as JSON' },
  },
  notes:
    'Without --secret, --jwks or --jwks-uri an app is public: it keeps no secret, and PKCE alone protects\n' +
    'its launches. A backend authenticates by its keys; its scopes narrow what its role may do. Ending a\n' +
    'client ends every token of it at once. Each of these leaves a line in the log of the installation.',
  async run(invocation) {
    const [what, id, ...more] = invocation.positionals;
    const { configuration } = invocation;
    if (what === 'list' && id === undefined) {
      await withPostern(configuration, (postern) => list(invocation, postern));
    } else if (what === 'add' && id === undefined) {
      const asked = await askedClient(invocation);
      await withPostern(configuration, (postern) => add(invocation, postern, asked));
    } else if (what === 'end' && id !== undefined && more.length === 0) {
      await withPostern(configuration, (postern) => end(invocation, postern, id));
    } else {
      throw new UsageError('client takes list, add, or end ID');
    }
  },
};

function clientsOf({ database, keychain }: Postern): Clients {
  return new Clients(database.server, keychain);
}

async function askedClient(invocation: Invocation): Promise<NewClient> {
  const { text, has } = invocation;
  const backend = has('backend');
  const keys = await keysOf(invocation);
  if (has('secret') && keys !== null) throw new UsageError('--secret takes no keys beside it');
  if (backend && keys === null) throw new UsageError('--backend takes --jwks or --jwks-uri');
  if (backend) for (const name of ['practice', 'role']) required(invocation, name);
  const redirectUris = backend ? [] : required(invocation, 'redirect').split(',').map(redirectUri);
  return {
    name: nameOption(invocation),
    uri: webAddress(text('uri'), 'uri'),
    redirectUris,
    launchUri: webAddress(text('launch'), 'launch'),
    authentication: keys !== null ? 'private_key_jwt' : has('secret') ? 'client_secret_basic' : 'none',
    dpop: has('dpop'),
    backend: null,
    ...scopesOf(invocation),
    ...keys,
  };
}

function scopesOf({ text }: Invocation): Pick<NewClient, 'scopes'> {
  const scope = text('scope');
  if (scope === undefined) return {};
  const scopes = scope.split(' ').filter((word) => word !== '');
  const unknown = scopes.find((word) => !canBeRegistered(word));
  if (unknown !== undefined) throw new UsageError(`--scope: ${unknown} is no scope that can be granted`);
  return { scopes };
}

function redirectUri(text: string): string {
  if (isRedirectAddress(text.trim())) return text.trim();
  throw new UsageError('--redirect must be an address with https, or of an app on a device');
}

function webAddress(text: string | undefined, name: string): string | null {
  if (text === undefined || isWebAddress(text)) return text ?? null;
  throw new UsageError(`--${name} must be an address with https`);
}

async function keysOf({ text }: Invocation): Promise<Pick<NewClient, 'jwks' | 'jwksUri'> | null> {
  const [file, uri] = [text('jwks'), text('jwks-uri')];
  if (file !== undefined && uri !== undefined)
    throw new UsageError('--jwks and --jwks-uri exclude each other');
  if (uri !== undefined) return { jwksUri: webAddress(uri, 'jwks-uri')! };
  if (file === undefined) return null;
  const content = await readFile(file, 'utf8').catch(() => null);
  if (content === null) throw new UsageError(`--jwks: ${file} cannot be read`);
  const keys = publicKeysIn(content);
  if (keys === null) throw new UsageError('--jwks must be a JSON Web Key Set with public keys alone');
  return { jwks: { keys } };
}

async function add(invocation: Invocation, postern: Postern, asked: NewClient): Promise<void> {
  const { print, say, has } = invocation;
  const clientId = newId() as string;
  const backend = has('backend') ? await backendSeat(invocation, postern, asked.name, clientId) : null;
  const made = await clientsOf(postern).add(postern.database.owner, { ...asked, clientId, backend }, CLIENT);
  const { secret } = made;
  if (has('json')) {
    print(JSON.stringify({ id: clientId, ...(secret === null ? {} : { secret }) }, null, 2));
    return;
  }
  print(clientId);
  if (secret !== null) {
    say('Its secret, which is kept nowhere here:');
    print(secret);
  }
}

/** An account of its own, which nobody signs in to, with one grant in one practice. */
async function backendSeat(invocation: Invocation, postern: Postern, name: string, clientId: string) {
  const { gate, database } = postern;
  const { practiceId } = await practiceBySlug(postern, required(invocation, 'practice'));
  const terms = grantTerms(invocation, new Date());
  const accountId: AccountId = newId();
  const email = `${clientId}@backend.invalid`;
  await gate.accounts.addAccount(database.owner, { email, name, accountId }, CLIENT);
  await gate.asJob(practiceId, 'system-setup', CLIENT, (visit) =>
    gate.grants.give(visit, { ...terms, accountId }),
  );
  return { practiceId, accountId };
}

async function end({ print }: Invocation, postern: Postern, id: string): Promise<void> {
  const ended = await clientsOf(postern).end(postern.database.owner, id, CLIENT);
  if (!ended) throw new PosternError('not-found', 'No client has that id, or it has ended already.');
  print('Ended. Its tokens work no more.');
}

async function list({ print, say, has }: Invocation, postern: Postern): Promise<void> {
  const clients = await clientsOf(postern).list(postern.database.owner);
  if (has('json')) {
    const told = clients.map(({ secretHash: _, clientId: id, ...more }) => ({ id, ...more }));
    print(JSON.stringify(told, null, 2));
    return;
  }
  if (clients.length === 0) say('There is none yet; postern client add registers one.');
  else
    for (const line of columns(clients.map((each) => [each.clientId, describe(each)] as const))) print(line);
}

function describe({ name, backend, authentication, redirectUris, endedAt }: ClientLine): string {
  const kind = backend !== null ? 'backend' : authentication === 'none' ? 'public app' : 'confidential app';
  const state = endedAt === null ? '' : `  ended ${endedAt.toISOString()}`;
  return onOneLine(`${name}  ${kind}  ${redirectUris.join(' ')}${state}`);
}
