/**
 * A witness of transparency logs for tests (C2SP tlog-witness), over real HTTP. It remembers the newest tree
 * of each log it knows and cosigns only what grew out of it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Checkpoint,
  cosignedMessage,
  EMPTY_ROOT,
  keyId,
  type NoteKey,
  openNote,
  parseCheckpoint,
  parseNote,
  SIGNATURE_TYPES,
  signatureLine,
  type TreeHead,
  verifyConsistency,
} from '../../src/ledger/index.ts';
import { testSigner } from './note-signer.ts';

export interface TestWitness {
  name: string;
  publicKey: Buffer;
  url: string;
  /** What it has cosigned, newest last. */
  cosigned: Checkpoint[];
  /** Requests and the status each was answered with. */
  statuses: number[];
  close(): Promise<void>;
}

interface Answer {
  status: number;
  type?: string;
  body?: string;
}

interface Submission {
  older: number;
  proof: Buffer[];
  note: string;
}

function parseSubmission(body: string): Submission | null {
  const cut = body.indexOf('\n\n');
  const [first, ...proof] = body.slice(0, cut).split('\n');
  const older = /^old (0|[1-9]\d*)$/.exec(first ?? '')?.[1];
  if (cut < 0 || older === undefined || proof.length > 63) return null;
  return {
    older: Number(older),
    proof: proof.map((line) => Buffer.from(line, 'base64')),
    note: body.slice(cut + 2),
  };
}

/** `logKeys` are the keys of the logs it knows, by name; `now` is the time it signs with, in seconds. */
export async function startWitness(
  name: string,
  logKeys: readonly NoteKey[],
  now: () => number = () => Math.floor(Date.now() / 1000),
): Promise<TestWitness> {
  const signer = testSigner(name);
  const id = keyId(name, SIGNATURE_TYPES.cosignature, signer.publicKey);
  const latest = new Map<string, TreeHead>();
  const cosigned: Checkpoint[] = [];
  const statuses: number[] = [];

  function cosign(checkpoint: Checkpoint): string {
    const time = BigInt(now());
    const stamp = Buffer.alloc(8);
    stamp.writeBigUInt64BE(time);
    const signature = signer.sign(cosignedMessage(time, parseNote(checkpoint.note)!.text));
    return signatureLine(name, id, Buffer.concat([stamp, signature]));
  }

  function answerTo(body: string): Answer {
    const submission = parseSubmission(body);
    const checkpoint = submission === null ? null : parseCheckpoint(submission.note);
    if (submission === null || checkpoint === null) return { status: 400 };
    const keys = logKeys.filter((key) => key.name === checkpoint.origin);
    if (keys.length === 0) return { status: 404 };
    try {
      openNote(checkpoint.note, keys);
    } catch {
      return { status: 403 };
    }
    const seen = latest.get(checkpoint.origin) ?? { size: 0, root: EMPTY_ROOT };
    if (submission.older > checkpoint.size) return { status: 400 };
    if (submission.older !== seen.size) {
      return { status: 409, type: 'text/x.tlog.size', body: `${seen.size}\n` };
    }
    if (seen.size === checkpoint.size && !seen.root.equals(checkpoint.root)) return { status: 409 };
    if (!verifyConsistency(seen, checkpoint, submission.proof)) return { status: 422 };
    latest.set(checkpoint.origin, checkpoint);
    cosigned.push(checkpoint);
    return { status: 200, type: 'text/plain; charset=utf-8', body: cosign(checkpoint) };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const isAdd = request.method === 'POST' && request.url === '/add-checkpoint';
    const answer: Answer = isAdd ? answerTo(body) : { status: 404 };
    statuses.push(answer.status);
    response.writeHead(answer.status, { 'content-type': answer.type ?? 'text/plain' }).end(answer.body);
  }

  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    name,
    publicKey: signer.publicKey,
    url: `http://127.0.0.1:${port}`,
    cosigned,
    statuses,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
