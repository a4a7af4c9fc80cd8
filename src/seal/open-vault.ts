/** From an address to a key vault. */
import { fileURLToPath } from 'node:url';
import { refusal } from './private-file.ts';
import type { KeyVault, VaultOptions } from './vault.ts';
import { openFileVault } from './vault-file.ts';
import { openPkcs11Vault } from './vault-pkcs11.ts';

/**
 * Opens the vault that `url` names: `file:/path/to/root.key`, or `pkcs11:token=LABEL?module-path=...` (see
 * `pkcs11-address.ts`). Throws `not-configured` with the mend where it cannot be used as it is.
 */
export async function openKeyVault(url: string, options: VaultOptions = {}): Promise<KeyVault> {
  if (url.startsWith('pkcs11:')) return openPkcs11Vault(url, options);
  if (url.startsWith('file://')) return openFileVault(fileURLToPath(url), options);
  if (url.startsWith('file:')) return openFileVault(url.slice('file:'.length), options);
  throw refusal(`POSTERN_KEY_VAULT must begin with file: or pkcs11:, not with ${url.split(':', 1)[0]}:`);
}
