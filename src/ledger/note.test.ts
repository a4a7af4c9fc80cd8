import { describe, expect, it } from 'vitest';
import { testSigner } from '../../test/support/note-signer.ts';
import { openCheckpoint, parseCheckpoint, signCheckpoint } from './checkpoint.ts';
import { EMPTY_ROOT, leafHash } from './merkle.ts';
import {
  ed25519NoteKey,
  encodeVerifierKey,
  keyId,
  openNote,
  parseNote,
  parseVerifierKey,
  SIGNATURE_TYPES,
  signatureLine,
  signNote,
} from './note.ts';
import { cosignatureKey, cosignatureTime, withSignatures } from './witness.ts';

/**
 * A tree head of the Go checksum database with its signature, and the database's public key: known answers.
 */
const GO_SUM_VKEY = 'Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8';
const GO_SUM_TEXT = 'go.sum database tree\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
const GO_SUM_NOTE = `${GO_SUM_TEXT}
— sum.golang.org Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
`;
const goSumKey = ed25519NoteKey('sum.golang.org', Buffer.from(GO_SUM_VKEY, 'base64').subarray(1));

const signer = testSigner('log.example/a');
const key = ed25519NoteKey(signer.name, signer.publicKey);
const other = testSigner('log.example/b');
const otherKey = ed25519NoteKey(other.name, other.publicKey);

describe('a signed note', () => {
  it('of the Go checksum database opens under its published key', () => {
    expect(goSumKey.id.toString('hex')).toBe('033de0ae');
    expect(openNote(GO_SUM_NOTE, [goSumKey]).text).toBe(GO_SUM_TEXT);
    const checkpoint = openCheckpoint(GO_SUM_NOTE, 'go.sum database tree', [goSumKey]);
    expect(checkpoint.size).toBe(20852163);
  });

  it('knows that key by the text in which it is published', () => {
    const published = `sum.golang.org+033de0ae+${GO_SUM_VKEY}`;
    const parsed = parseVerifierKey(published)!;
    expect(ed25519NoteKey(parsed.name, parsed.publicKey).id).toEqual(goSumKey.id);
    expect(encodeVerifierKey(parsed.name, parsed.publicKey)).toBe(published);
    for (const wrong of [
      '',
      'sum.golang.org',
      published.replace('033d', '033e'),
      published.replace('Ac4', 'Bc4'),
    ]) {
      expect(parseVerifierKey(wrong)).toBeNull();
    }
  });

  it('fails under that key when any byte of its text is changed', () => {
    for (let i = 0; i < GO_SUM_TEXT.length; i += 1) {
      const changed = `${GO_SUM_NOTE.slice(0, i)}~${GO_SUM_NOTE.slice(i + 1)}`;
      expect(() => openNote(changed, [goSumKey])).toThrow();
    }
  });

  it('opens under any key that signed it and ignores signatures of keys it does not know', () => {
    const note = signNote('first\n\nsecond\n', signer);
    const second = signNote('first\n\nsecond\n', other).split('\n\n').at(-1)!;
    const both = withSignatures(note, [second]);
    expect(openNote(both, [key]).signedBy).toEqual([key]);
    expect(openNote(both, [otherKey]).signedBy).toEqual([otherKey]);
    expect(openNote(both, [key, otherKey]).text).toBe('first\n\nsecond\n');
  });

  it('is refused where no known key signed it, or a known key signed something else', () => {
    const note = signNote('text\n', signer);
    expect(() => openNote(note, [otherKey])).toThrow('No known key');
    const swapped = note + signatureLine(other.name, otherKey.id, other.sign(Buffer.from('other text\n')));
    expect(openNote(swapped, [key]).text).toBe('text\n');
    expect(() => openNote(swapped, [key, otherKey])).toThrow('does not hold');
  });

  it('is refused where it is not one', () => {
    const line = signatureLine(signer.name, key.id, Buffer.alloc(64));
    for (const text of [
      '',
      'text',
      'text\n',
      `text\n${line}`,
      `text\n\n${line.slice(0, -1)}`,
      `te\txt\n\n${line}`,
      `text\n\n${line}no signature\n`,
      `text\n\n${line.replace('=', '')}`,
      `text\n\n${line.replace('— ', '- ')}`,
      `\ud800\n\n${line}`,
    ]) {
      expect(parseNote(text), JSON.stringify(text)).toBeNull();
    }
    expect(parseNote(`text\n\n${line}`)).not.toBeNull();
    expect(() => signNote('no newline', signer)).toThrow();
  });
});

describe('a checkpoint', () => {
  it('says origin, size and head, and comes back as it went', () => {
    const { note } = signCheckpoint({ size: 3, root: leafHash(Buffer.from('x')) }, signer);
    expect(openCheckpoint(note, signer.name, [key])).toMatchObject({ size: 3, origin: signer.name });
    expect(() => openCheckpoint(note, 'log.example/other', [key])).toThrow('another log');
  });

  it('is refused with leading zeroes, a short head, or an empty extension line', () => {
    const root = EMPTY_ROOT.toString('base64');
    const read = (text: string) => parseCheckpoint(signNote(text, signer));
    expect(read(`o\n0\n${root}\n`)).not.toBeNull();
    expect(read(`o\n7\n${root}\nextension\n`)).not.toBeNull();
    for (const text of [
      `o\n07\n${root}\n`,
      `o\n-1\n${root}\n`,
      `o\n1e3\n${root}\n`,
      `\n7\n${root}\n`,
      'o\n7\nAAAA\n',
      `o\n7\n${root.slice(0, -1)}\n`,
      `o\n7\n${root}\n\n`,
      'o\n7\n',
    ]) {
      expect(read(text), JSON.stringify(text)).toBeNull();
    }
  });
});

describe('a cosignature', () => {
  it('has the frame of C2SP: key id of type 4, the time, the signature', () => {
    // The line of the specification's example; it publishes no key for it.
    const line =
      '— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2' +
      'oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n';
    const parsed = parseNote(`text\n\n${line}`)!.signatures[0]!;
    expect(parsed.signature).toHaveLength(8 + 64);
    expect(cosignatureTime(parsed)).toEqual(new Date(1679315147_000));
  });

  it('holds for its checkpoint and time only', () => {
    const { note } = signCheckpoint({ size: 3, root: EMPTY_ROOT }, signer);
    const text = parseNote(note)!.text;
    const witnessKey = cosignatureKey(other.name, other.publicKey);
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(1700000000n);
    const signed = other.sign(Buffer.from(`cosignature/v1\ntime 1700000000\n${text}`));
    const line = (stamp: Buffer) => signatureLine(other.name, witnessKey.id, Buffer.concat([stamp, signed]));
    expect(openNote(withSignatures(note, [line(time)]), [key, witnessKey]).signedBy).toHaveLength(2);
    time.writeBigUInt64BE(1700000001n);
    expect(() => openNote(withSignatures(note, [line(time)]), [key, witnessKey])).toThrow();
    expect(keyId(other.name, SIGNATURE_TYPES.ed25519, other.publicKey)).not.toEqual(witnessKey.id);
  });
});
