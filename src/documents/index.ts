/** The documents room: files, from the socket to sealed blobs and back. */
export type { BlobPlace, BlobStore, OpenBlob, StoredBlob } from './blobs/blob-store.ts';
export { FolderStore } from './blobs/folder-store.ts';
