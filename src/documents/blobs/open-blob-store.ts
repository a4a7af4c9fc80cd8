/** From the operator's settings to a store. */
import type { BlobSetting, S3KeySetting } from '../../base/blob-setting.ts';
import { PosternError } from '../../base/errors.ts';
import { readPrivateFile } from '../../seal/index.ts';
import type { BlobStore } from './blob-store.ts';
import { FolderStore } from './folder-store.ts';
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

async function readKeys({ accessKey, secret }: S3KeySetting): Promise<S3Keys> {
  if ('text' in secret) return { accessKey, secretKey: secret.text };
  const secretKey = (await readPrivateFile(secret.file))?.trim() ?? '';
  if (secretKey !== '') return { accessKey, secretKey };
  const text = `The file ${secret.file}, which POSTERN_S3_SECRET_KEY_FILE names, is not there or is empty.`;
  throw new PosternError('not-configured', text);
}
