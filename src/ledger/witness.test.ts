import { afterAll, describe, expect, it } from 'vitest';
import { testSigner } from '../../test/support/note-signer.ts';
import { startWitness, type TestWitness } from '../../test/support/witness.ts';
import { type Checkpoint, signCheckpoint } from './checkpoint.ts';
import { type CompleteSubtree, leafHash, rootOf } from './merkle.ts';
import { proveConsistency } from './merkle-proof.ts';
import { ed25519NoteKey, openNote } from './note.ts';
import { cosignatureKey, httpWitness, withSignatures } from './witness.ts';

const signer = testSigner('log.example/a');
const key = ed25519NoteKey(signer.name, signer.publicKey);
const hashes = Array.from({ length: 20 }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)));
const started: TestWitness[] = [];
afterAll(() => Promise.all(started.map((witness) => witness.close())));

async function witnessFor(name: string): Promise<TestWitness> {
  const witness = await startWitness(name, [key]);
  started.push(witness);
  return witness;
}

const clientOf = (witness: TestWitness, publicKey = witness.publicKey) =>
  httpWitness({ name: witness.name, url: witness.url, publicKey });

const treeAt = (size: number, of: readonly Buffer[] = hashes): Checkpoint =>
  signCheckpoint({ size, root: rootOf(of.slice(0, size)) }, signer);

const proverOf =
  (size: number, of: readonly Buffer[] = hashes) =>
  (older: number) =>
    proveConsistency(older, size, ({ level, index }: CompleteSubtree) =>
      rootOf(of.slice(index * 2 ** level, (index + 1) * 2 ** level)),
    );

describe('a witness over HTTP', () => {
  it('cosigns a checkpoint, and each that grew out of it', async () => {
    const witness = await witnessFor('witness.example/grows');
    const client = clientOf(witness);
    const witnessKey = cosignatureKey(witness.name, witness.publicKey);
    for (const size of [3, 7, 7, 20]) {
      const checkpoint = treeAt(size);
      const line = await client.cosign(checkpoint, proverOf(size));
      expect(openNote(withSignatures(checkpoint.note, [line]), [witnessKey]).signedBy).toEqual([witnessKey]);
    }
    expect(witness.statuses).toEqual([200, 200, 200, 200]);
  });

  it('tells a client that starts anew where it stands', async () => {
    const witness = await witnessFor('witness.example/restart');
    await clientOf(witness).cosign(treeAt(7), proverOf(7));
    await clientOf(witness).cosign(treeAt(9), proverOf(9));
    expect(witness.statuses).toEqual([200, 409, 200]);
  });

  it('refuses a log that was rewritten or cut short', async () => {
    const witness = await witnessFor('witness.example/fork');
    await clientOf(witness).cosign(treeAt(9), proverOf(9));
    const forged = hashes.with(4, leafHash(Buffer.from('forged')));
    for (const [size, of] of [
      [12, forged],
      [9, forged],
      [8, hashes],
    ] as const) {
      await expect(clientOf(witness).cosign(treeAt(size, of), proverOf(size, of))).rejects.toMatchObject({
        code: 'conflict',
      });
    }
    expect(witness.cosigned.map(({ size }) => size)).toEqual([9]);
  });

  it('is not believed where its answer is signed by another key, or where it is not there', async () => {
    const witness = await witnessFor('witness.example/other-key');
    const wrong = clientOf(witness, testSigner('x').publicKey);
    await expect(wrong.cosign(treeAt(3), proverOf(3))).rejects.toMatchObject({ code: 'damaged' });
    await witness.close();
    await expect(clientOf(witness).cosign(treeAt(3), proverOf(3))).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('refuses a log it does not know and a note that the log did not sign', async () => {
    const witness = await witnessFor('witness.example/strange');
    const stranger = testSigner('log.example/strange');
    const strange = signCheckpoint({ size: 1, root: hashes[0]! }, stranger);
    await expect(clientOf(witness).cosign(strange, proverOf(1))).rejects.toMatchObject({
      code: 'unavailable',
    });
    const impostor = signCheckpoint({ size: 1, root: hashes[0]! }, { ...stranger, name: signer.name });
    await expect(clientOf(witness).cosign(impostor, proverOf(1))).rejects.toMatchObject({
      code: 'unavailable',
    });
    expect(witness.statuses).toEqual([404, 403]);
  });
});
