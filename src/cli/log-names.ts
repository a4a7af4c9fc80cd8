/** Accounts as the access log names them to the operator: by their addresses instead of their ids. */
import { systemClock } from '../base/clock.ts';
import type { Configuration } from '../base/configuration.ts';
import { PosternError } from '../base/errors.ts';
import { type AccountId, NIL_UUID } from '../base/ids.ts';
import type { Database } from '../db/index.ts';
import { Accounts, Keychain } from '../gate/index.ts';
import { openKeyVault } from '../seal/index.ts';

export interface LogNames {
  /** Throws `not-found` where no account has that address. */
  idOf(email: string): Promise<AccountId>;
  /** The address of an account; its id where nothing says more. */
  nameOf(accountId: AccountId): Promise<string>;
}

/** Opens the key vault for the work; without it everybody keeps the id, and nobody is found by address. */
export async function withLogNames<T>(
  { keyVault }: Pick<Configuration, 'keyVault'>,
  { server }: Pick<Database, 'server'>,
  work: (names: LogNames) => Promise<T>,
): Promise<T> {
  const vault = await openKeyVault(keyVault, { create: false }).catch((error: unknown) => {
    if (error instanceof PosternError) return error;
    throw error;
  });
  if (vault instanceof PosternError) {
    return work({ idOf: () => Promise.reject(vault), nameOf: async (accountId) => accountId });
  }
  const accounts = new Accounts(server, new Keychain({ server, vault }), systemClock);
  const known = new Map<AccountId, string>([[NIL_UUID as AccountId, 'the server itself']]);
  try {
    return await work({
      idOf: async (email) => {
        const found = await accounts.findAccount(email);
        if (found !== null) return found;
        throw new PosternError('not-found', 'No account has that e-mail address.');
      },
      nameOf: async (accountId) => {
        const name = known.get(accountId) ?? (await accounts.describeAccount(accountId))?.email ?? accountId;
        known.set(accountId, name);
        return name;
      },
    });
  } finally {
    await vault.close();
  }
}
