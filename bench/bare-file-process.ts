/**
 * What files are measured against: Fastify, which writes what comes to a file, and streams it back; and the
 * same with Postern's own store of files, so that what lies there is as durable, under a name of its own, and
 * unsealed.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fastify } from 'fastify';
import { type BlobId, newId, type PracticeId } from '../src/base/ids.ts';
import { FolderStore } from '../src/documents/index.ts';

const folder = process.env.BENCH_FOLDER!;
const app = fastify({ bodyLimit: 2 ** 40 });
app.addContentTypeParser('*', (_request, content, done) => done(null, content));

type Named = { Params: { name: string }; Headers: { range?: string } };
const pathOf = (name: string) => join(folder, name.replaceAll(/\W/g, ''));

app.post<Named>('/file/:name', async ({ params, body }, reply) => {
  const file = createWriteStream(pathOf(params.name), { flush: true });
  await pipeline(body as NodeJS.ReadableStream, file);
  return reply.code(201).send();
});
const store = new FolderStore(join(folder, 'bare-blobs'));
const practiceId = newId<PracticeId>();
app.post('/blob', async ({ body }, reply) => {
  const blobId = newId<BlobId>();
  await store.put({ practiceId, blobId }, body as Readable, new AbortController().signal);
  return reply.code(201).header('location', `/blob/${blobId}`).send();
});
app.get<Named>('/file/:name', async ({ params }, reply) =>
  reply.type('application/octet-stream').send(createReadStream(pathOf(params.name))),
);

await app.listen({ port: Number(process.env.BENCH_PORT), host: '127.0.0.1' });
process.send!('listening');
process.on('disconnect', () => process.exit(0));
