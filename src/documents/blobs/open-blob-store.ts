/** From the operator's settings to a store. */
import type { BlobSetting, S3KeySetting } from '../../base/blob-setting.ts';
import { PosternError } from '../../base/errors.ts';
import { readPrivateFile } from '../../seal/index.ts';
import type { BlobStore } from './blob-store.ts';
import { FolderStore } from './folder-store.ts';
import { MovingStore } from './moving-store.ts';
import type { S3Keys } from './s3-bucket.ts';

/**
 * The store that the settings name. Nothing of it is asked yet: whoever opens one for use has it say first
 * that it is private. Throws `not-configured` where the file of the secret key cannot be used.
 */
export async function openBlobStore(setting: BlobSetting): Promise<BlobStore> {
  if (setting.kind === 'folder') return new FolderStore(setting.path);
  const { keys, ...place } = setting;
  // What speaks S3 takes a third of a second to load; most installations have a folder.
  const { S3Store } = await import('./s3-store.ts');
  return new S3Store(place, keys === null ? null : await readKeys(keys));
}

/** The store that is written to, with what lies still in the one before, where there is one. */
export async function openBlobStores(
  now: BlobSetting,
  before: BlobSetting | null,
): Promise<{ readonly now: BlobStore; readonly before: BlobStore | null; readonly all: BlobStore }> {
  const store = await openBlobStore(now);
  if (before === null) return { now: store, before: null, all: store };
  const old = await openBlobStore(before);
  return { now: store, before: old, all: new MovingStore(store, old) };
}

async function readKeys(keys: S3KeySetting): Promise<S3Keys> {
  if ('keysFile' in keys) {
    const [accessKey = '', secretKey = '', ...more] = (await readText(keys.keysFile)).split(/\s+/);
    if (secretKey !== '' && more.length === 0) return { accessKey, secretKey };
    const text = `The file ${keys.keysFile} must hold an access key and a secret key, a line each.`;
    throw new PosternError('not-configured', text);
  }
  const { accessKey, secret } = keys;
  return { accessKey, secretKey: 'text' in secret ? secret.text : await readText(secret.file) };
}

async function readText(path: string): Promise<string> {
  const text = (await readPrivateFile(path))?.trim() ?? '';
  if (text !== '') return text;
  throw new PosternError('not-configured', `The file of keys ${path} is not there or is empty.`);
}
