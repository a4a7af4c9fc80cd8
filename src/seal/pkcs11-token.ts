/** One session with a PKCS#11 token, in the few operations a key vault needs. */
import type * as Pkcs11 from 'pkcs11js';
import { PosternError } from '../base/errors.ts';
import { readPin, type TokenAddress } from './pkcs11-address.ts';
import { refusal } from './private-file.ts';
import { WRAP_TAG_BYTES } from './wrap.ts';

type Library = typeof Pkcs11;
export type KeyHandle = Buffer;

/** Modules of this process by path: a module is initialised once and serves every session until the end. */
const loaded = new Map<string, Pkcs11.PKCS11>();

/** Answers of a token that mean "not now", as against "this does not decrypt". */
const GONE = /^CKR_(DEVICE|SESSION|TOKEN|USER|CRYPTOKI_NOT|SLOT|HOST|FUNCTION_CANCELED)/;

export class TokenSession {
  readonly #library: Library;
  readonly #module: Pkcs11.PKCS11;
  readonly #session: Buffer;

  private constructor(library: Library, module: Pkcs11.PKCS11, session: Buffer) {
    this.#library = library;
    this.#module = module;
    this.#session = session;
  }

  /** Finds the token by its label and logs in. Throws `not-configured`; a wrong PIN is not tried again. */
  static async open({ modulePath, tokenLabel, pinSource }: TokenAddress): Promise<TokenSession> {
    const library = await importLibrary();
    const pin = await readPin(pinSource);
    const module = loadModule(library, modulePath);
    const slot = findToken(module, tokenLabel);
    const flags = library.CKF_SERIAL_SESSION | library.CKF_RW_SESSION;
    const session = attempt(() => module.C_OpenSession(slot, flags), 'The PKCS#11 token opens no session');
    try {
      module.C_Login(session, library.CKU_USER, pin);
    } catch (error) {
      if (nameOf(error) !== 'CKR_USER_ALREADY_LOGGED_IN') {
        module.C_CloseSession(session);
        throw refusal(`The PKCS#11 token "${tokenLabel}" refused the login (${nameOf(error)}).`, error);
      }
    }
    return new TokenSession(library, module, session);
  }

  /** AES keys of the token by label; a label may stand for more than one. */
  listKeys(): { label: string; handle: KeyHandle }[] {
    const { CKA_CLASS, CKO_SECRET_KEY, CKA_KEY_TYPE, CKK_AES, CKA_TOKEN, CKA_LABEL } = this.#library;
    return this.#run(() => {
      this.#module.C_FindObjectsInit(this.#session, [
        { type: CKA_CLASS, value: CKO_SECRET_KEY },
        { type: CKA_KEY_TYPE, value: CKK_AES },
        { type: CKA_TOKEN, value: true },
      ]);
      const handles: KeyHandle[] = [];
      try {
        for (let found = this.#find(); found !== null; found = this.#find()) handles.push(found);
      } finally {
        this.#module.C_FindObjectsFinal(this.#session);
      }
      return handles.map((handle) => ({
        label: this.#attribute(handle, CKA_LABEL).toString('utf8'),
        handle,
      }));
    });
  }

  /** Makes a 256-bit AES key on the token that can be used there and never leaves it. */
  generateKey(label: string): KeyHandle {
    const lib = this.#library;
    return this.#run(() =>
      this.#module.C_GenerateKey(this.#session, { mechanism: lib.CKM_AES_KEY_GEN }, [
        { type: lib.CKA_CLASS, value: lib.CKO_SECRET_KEY },
        { type: lib.CKA_KEY_TYPE, value: lib.CKK_AES },
        { type: lib.CKA_VALUE_LEN, value: 32 },
        { type: lib.CKA_LABEL, value: label },
        { type: lib.CKA_TOKEN, value: true },
        { type: lib.CKA_PRIVATE, value: true },
        { type: lib.CKA_SENSITIVE, value: true },
        { type: lib.CKA_EXTRACTABLE, value: false },
        { type: lib.CKA_ENCRYPT, value: true },
        { type: lib.CKA_DECRYPT, value: true },
      ]),
    );
  }

  /** Whether the key could be taken off the token, now or at any time before. */
  isExtractable(handle: KeyHandle): boolean {
    return this.#run(() => this.#attribute(handle, this.#library.CKA_NEVER_EXTRACTABLE)[0] !== 1);
  }

  destroyKey(handle: KeyHandle): void {
    this.#run(() => this.#module.C_DestroyObject(this.#session, handle));
  }

  /** Ciphertext and tag. */
  encrypt(handle: KeyHandle, nonce: Buffer, aad: Uint8Array, plaintext: Uint8Array): Buffer {
    return this.#run(() => {
      this.#module.C_EncryptInit(this.#session, this.#gcm(nonce, aad), handle);
      const target = Buffer.alloc(plaintext.length + WRAP_TAG_BYTES);
      return Buffer.from(this.#module.C_Encrypt(this.#session, Buffer.from(plaintext), target));
    });
  }

  /**
   * The plaintext, or `null` where it does not authenticate. Throws `unavailable` where the token is gone.
   */
  decrypt(handle: KeyHandle, nonce: Buffer, aad: Uint8Array, sealed: Buffer): Buffer | null {
    try {
      this.#module.C_DecryptInit(this.#session, this.#gcm(nonce, aad), handle);
      return Buffer.from(this.#module.C_Decrypt(this.#session, sealed, Buffer.alloc(sealed.length)));
    } catch (error) {
      if (GONE.test(nameOf(error))) throw tokenGone(error);
      return null;
    }
  }

  close(): void {
    this.#run(() => this.#module.C_CloseSession(this.#session));
  }

  #gcm(nonce: Buffer, aad: Uint8Array): Pkcs11.Mechanism {
    const { CKM_AES_GCM, CK_PARAMS_AES_GCM_v240 } = this.#library;
    const lengths = { ivBits: nonce.length * 8, tagBits: WRAP_TAG_BYTES * 8 };
    const parameter = { type: CK_PARAMS_AES_GCM_v240, iv: nonce, aad: Buffer.from(aad), ...lengths };
    return { mechanism: CKM_AES_GCM, parameter };
  }

  #find(): KeyHandle | null {
    return this.#module.C_FindObjects(this.#session);
  }

  #attribute(handle: KeyHandle, type: number): Buffer {
    const [attribute] = this.#module.C_GetAttributeValue(this.#session, handle, [{ type }]);
    return Buffer.from(attribute?.value as Buffer);
  }

  #run<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw tokenGone(error);
    }
  }
}

async function importLibrary(): Promise<Library> {
  try {
    const imported = (await import('pkcs11js')) as Library & { default?: Library };
    return imported.default ?? imported;
  } catch (cause) {
    throw refusal(
      'A PKCS#11 key vault needs the optional package pkcs11js. Run: npm install pkcs11js',
      cause,
    );
  }
}

function loadModule(library: Library, path: string): Pkcs11.PKCS11 {
  const standing = loaded.get(path);
  if (standing !== undefined) return standing;
  const module = new library.PKCS11();
  attempt(() => module.load(path), `The PKCS#11 module ${path} does not load`);
  try {
    module.C_Initialize();
  } catch (error) {
    if (nameOf(error) !== 'CKR_CRYPTOKI_ALREADY_INITIALIZED') {
      throw refusal(`The PKCS#11 module ${path} does not start (${nameOf(error)}).`, error);
    }
  }
  loaded.set(path, module);
  return module;
}

function findToken(module: Pkcs11.PKCS11, label: string): Buffer {
  const slots = attempt(() => module.C_GetSlotList(true), 'The PKCS#11 module lists no tokens');
  const found = slots.filter((slot) => module.C_GetTokenInfo(slot).label.trim() === label);
  if (found.length === 0) throw refusal(`There is no PKCS#11 token labelled "${label}".`);
  if (found.length > 1) throw refusal(`More than one PKCS#11 token is labelled "${label}".`);
  return found[0]!;
}

function attempt<T>(work: () => T, failure: string): T {
  try {
    return work();
  } catch (error) {
    throw refusal(`${failure} (${nameOf(error)}).`, error);
  }
}

/** The token's own name for what went wrong (`CKR_PIN_INCORRECT`); it never holds an argument. */
function nameOf(error: unknown): string {
  return /CKR_[A-Z_0-9]+/.exec(error instanceof Error ? error.message : '')?.[0] ?? 'error';
}

function tokenGone(cause: unknown): PosternError {
  return new PosternError('unavailable', `The PKCS#11 token did not answer (${nameOf(cause)}).`, { cause });
}
