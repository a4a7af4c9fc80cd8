/** `postern sso`: the identity providers by whose accounts the staff of a practice sign in. */
import { readFile } from 'node:fs/promises';
import { systemClock } from '../base/clock.ts';
import { logoutAddressOf, type Provider, Providers, providerTold, returnAddressOf } from '../doors/index.ts';
import type { Visit } from '../gate/index.ts';
import { type Command, type Invocation, required, UsageError } from './command.ts';
import { type Postern, practiceBySlug, withPostern } from './open-postern.ts';

export const sso: Command = {
  summary: 'Sets, shows or ends the identity providers of a practice',
  positionals: 'set | show | end',
  options: {
    practice: { type: 'string', value: 'SLUG', help: 'the practice' },
    id: { type: 'string', value: 'ID', help: 'which of its providers; main when not given' },
    name: { type: 'string', value: 'NAME', help: 'set: what people call it' },
    issuer: { type: 'string', value: 'URL', help: 'set: its issuer, word for word' },
    client: { type: 'string', value: 'ID', help: 'set: what it calls Postern' },
    secret: { type: 'string', value: 'FILE', help: 'set: holds the client’s secret; stays when not given' },
    scope: { type: 'string', value: 'WORD', multiple: true, help: 'set: openid and profile when not given' },
    algorithm: { type: 'string', value: 'ALG', help: 'set: how it signs; RS256 when not given' },
    'role-claim': { type: 'string', value: 'CLAIM', help: 'set: which claim says what people are' },
    role: { type: 'string', value: 'VALUE=ROLE', multiple: true, help: 'set: what a value of it gives' },
    'max-age': { type: 'string', value: 'SECONDS', help: 'set: how long ago they may have proved it' },
    acr: { type: 'string', value: 'VALUE', multiple: true, help: 'set: how they must have proved it' },
    'private-network': { type: 'boolean', help: 'set: it lies in a network of your own' },
  },
  notes:
    'FILE may be - for standard input. At the provider, register the return address that show tells. Each\n' +
    'change leaves a line in the access log of the practice. The secret is never shown again.',
  async run(invocation) {
    const [what, ...more] = invocation.positionals;
    const act = ACTS.get(what ?? '');
    if (act === undefined || more.length > 0) throw new UsageError('sso takes set, show or end');
    const slug = required(invocation, 'practice');
    await withPostern(invocation.configuration, async (postern) => {
      const { practiceId } = await practiceBySlug(postern, slug);
      const providers = providersOf(postern);
      await postern.gate.asJob(practiceId, 'system-setup', 'operation', (visit) =>
        act(invocation, { providers, visit, slug }),
      );
    });
  },
};

interface Stage {
  readonly providers: Providers;
  readonly visit: Visit;
  readonly slug: string;
}

type Act = (invocation: Invocation, stage: Stage) => Promise<void>;
const ACTS = new Map<string, Act>([
  ['set', set],
  ['show', show],
  ['end', end],
]);

function providersOf({ database, keychain, gate, configuration }: Postern): Providers {
  const { publicUrl } = configuration;
  return new Providers({ server: database.server, keychain, gate, clock: systemClock, publicUrl });
}

async function set(invocation: Invocation, { providers, visit, slug }: Stage): Promise<void> {
  const { text, texts, has } = invocation;
  const secret = text('secret');
  const [roleClaim, maxAge] = [text('role-claim'), text('max-age')];
  const provider = await providers.set(visit, {
    id: text('id') ?? 'main',
    name: text('name'),
    issuer: required(invocation, 'issuer'),
    clientId: required(invocation, 'client'),
    clientSecret: secret === undefined ? undefined : await secretIn(secret),
    scopes: texts('scope').length === 0 ? undefined : texts('scope'),
    algorithm: text('algorithm'),
    roleClaim,
    roles: rolesIn(texts('role')),
    maxAge: maxAge === undefined ? undefined : Number(maxAge),
    acrValues: texts('acr'),
    privateNetwork: has('private-network'),
  });
  print(invocation, slug, [provider]);
}

async function show(invocation: Invocation, { providers, visit, slug }: Stage): Promise<void> {
  print(invocation, slug, (await providers.of(visit.scope.practiceId)).providers);
}

async function end(invocation: Invocation, { providers, visit, slug }: Stage): Promise<void> {
  const id = invocation.text('id') ?? 'main';
  await providers.end(visit, id);
  invocation.print(
    `Ended: nobody signs in to ${slug} by ${id} any more. Sessions that are open end by their time.`,
  );
}

function print({ configuration, print }: Invocation, slug: string, providers: readonly Provider[]): void {
  const told = providers.map((provider) => ({
    ...providerTold(provider),
    returnAddress: returnAddressOf(configuration.publicUrl, slug, provider.id),
    logoutAddress: logoutAddressOf(configuration.publicUrl, slug, provider.id),
  }));
  print(JSON.stringify(told, null, 2));
}

async function secretIn(file: string): Promise<string> {
  if (file !== '-') return (await readFile(file, 'utf8')).trim();
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString().trim();
}

function rolesIn(given: readonly string[]): Record<string, string[]> {
  const roles: Record<string, string[]> = {};
  for (const each of given) {
    const at = each.lastIndexOf('=');
    if (at < 1) throw new UsageError('--role takes VALUE=ROLE, as in Nurses=nurse');
    const [value, role] = [each.slice(0, at), each.slice(at + 1)];
    roles[value] = [...(roles[value] ?? []), role];
  }
  return roles;
}
