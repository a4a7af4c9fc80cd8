/**
 * Witnesses (C2SP tlog-witness): somebody else who remembers how long the log was and what its head said, and
 * cosigns a checkpoint only where it grew out of the one before. Cosignatures are of version 1 (C2SP
 * tlog-cosignature): Ed25519 over the checkpoint and the time of signing.
 */
import { PosternError } from '../base/errors.ts';
import { verifySignature } from '../seal/index.ts';
import type { Checkpoint } from './checkpoint.ts';
import {
  keyId,
  type NoteKey,
  type NoteSignature,
  parseNote,
  parseSignatureLine,
  SIGNATURE_TYPES,
} from './note.ts';

/** Proves that the tree of `older` leaves is a prefix of the checkpoint's (RFC 6962 section 2.1.2). */
export type ProveFrom = (older: number) => Promise<Buffer[]>;

export interface Witness {
  name: string;
  /** Its signature line for the checkpoint, verified. Throws `conflict` where it saw another history. */
  cosign(checkpoint: Checkpoint, prove: ProveFrom): Promise<string>;
}

export interface HttpWitnessOptions {
  name: string;
  /** 32 bytes (RFC 8032). */
  publicKey: Buffer;
  /** The submission prefix, without the final slash. */
  url: string;
  timeoutSeconds?: number;
}

const TIMESTAMP_BYTES = 8;

/** What a cosignature signs: the time in seconds since 1970, and the text of the checkpoint. */
export function cosignedMessage(timeSeconds: bigint, text: string): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${timeSeconds}\n${text}`);
}

/** The key of a witness as a key of notes, so that a cosigned checkpoint opens like any other. */
export function cosignatureKey(name: string, publicKey: Buffer): NoteKey {
  return {
    name,
    id: keyId(name, SIGNATURE_TYPES.cosignature, publicKey),
    verify(text, signature) {
      if (signature.length <= TIMESTAMP_BYTES) return false;
      const time = signature.readBigUInt64BE(0);
      return verifySignature(publicKey, cosignedMessage(time, text), signature.subarray(TIMESTAMP_BYTES));
    },
  };
}

/** When a witness signed. */
export function cosignatureTime(signature: NoteSignature): Date {
  return new Date(Number(signature.signature.readBigUInt64BE(0)) * 1000);
}

/** The note with signature lines added behind those it has. */
export function withSignatures(note: string, lines: readonly string[]): string {
  return note + lines.filter((line) => !note.includes(line)).join('');
}

function requestBody(older: number, proof: readonly Buffer[], note: string): string {
  return `old ${older}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${note}`;
}

export function httpWitness(options: HttpWitnessOptions): Witness {
  const key = cosignatureKey(options.name, options.publicKey);
  // Where the witness stands is learnt from its first refusal and kept from its answers.
  let seen = 0;

  async function post(checkpoint: Checkpoint, prove: ProveFrom): Promise<Response> {
    try {
      return await fetch(`${options.url}/add-checkpoint`, {
        method: 'POST',
        body: requestBody(seen, seen === 0 ? [] : await prove(seen), checkpoint.note),
        signal: AbortSignal.timeout((options.timeoutSeconds ?? 10) * 1000),
        redirect: 'error',
      });
    } catch (error) {
      if (error instanceof PosternError) throw error;
      throw new PosternError('unavailable', `The witness ${options.name} cannot be reached.`, {
        cause: error,
      });
    }
  }

  async function catchUp(refusal: Response, checkpoint: Checkpoint): Promise<void> {
    const told = (await refusal.text()).trimEnd();
    const isSize = refusal.headers.get('content-type') === 'text/x.tlog.size' && /^\d{1,15}$/.test(told);
    if (!isSize || Number(told) === seen || Number(told) > checkpoint.size) {
      throw new PosternError('conflict', `The witness ${options.name} has seen another history of this log.`);
    }
    seen = Number(told);
  }

  return {
    name: options.name,
    async cosign(checkpoint, prove) {
      if (seen > checkpoint.size) seen = 0;
      let answer = await post(checkpoint, prove);
      if (answer.status === 409) {
        await catchUp(answer, checkpoint);
        answer = await post(checkpoint, prove);
      }
      if (answer.status === 409 || answer.status === 422) {
        throw new PosternError(
          'conflict',
          `The witness ${options.name} has seen another history of this log.`,
        );
      }
      if (answer.status !== 200) {
        throw new PosternError('unavailable', `The witness ${options.name} answered ${answer.status}.`);
      }
      const line = findCosignature(await answer.text(), checkpoint.note, key);
      if (line === null) {
        throw new PosternError('damaged', `The witness ${options.name} gave no cosignature that holds.`);
      }
      seen = checkpoint.size;
      return line;
    },
  };
}

function findCosignature(answer: string, note: string, key: NoteKey): string | null {
  const text = parseNote(note)?.text ?? '';
  const signatures = answer.split('\n').map(parseSignatureLine);
  const good = signatures.find(
    (given) => given?.name === key.name && given.keyId.equals(key.id) && key.verify(text, given.signature),
  );
  return good?.line ?? null;
}
