/** A disclosure desk that is set up: reports are sealed to an identity that tests hold. */
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { Desk, sealReportsTo } from '../../src/watch/index.ts';
import type { FreshDatabase } from './database.ts';

export const CONTACT = 'mailto:security@practice.example';

const identity = generateX25519Identity();
export const recipient = identity.then(identityToRecipient);

export interface DeskOptions {
  readonly publicUrl?: string;
  readonly contacts?: readonly string[];
  readonly clock?: Clock;
  readonly onReport?: () => void;
}

export async function openReportDesk(
  { owner, server }: Pick<FreshDatabase, 'owner' | 'server'>,
  {
    publicUrl = 'https://care.example',
    contacts = [CONTACT],
    clock = systemClock,
    onReport,
  }: DeskOptions = {},
): Promise<Desk> {
  await sealReportsTo(owner, await recipient);
  const configuration = { publicUrl, securityContacts: contacts };
  return new Desk({ server, configuration, clock, ...(onReport && { onReport }) });
}

/** As the form seals it. */
export async function sealed(text: string, ...more: readonly string[]): Promise<Buffer> {
  const encrypter = new Encrypter();
  for (const each of [await recipient, ...more]) encrypter.addRecipient(each);
  return Buffer.from(await encrypter.encrypt(text));
}

export async function opened(content: Uint8Array): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(await identity);
  return decrypter.decrypt(content, 'text');
}
