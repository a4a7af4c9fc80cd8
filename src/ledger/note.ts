/**
 * Signed notes (C2SP signed-note): a text, an empty line, and signature lines that each name their key. A
 * note may carry signatures of keys one has never heard of; they are ignored, and one good signature of a
 * known key is enough, but a bad signature of a known key spoils the note.
 *
 * Which algorithm a key uses is the business of its `NoteKey`; Ed25519 itself is the seal room's.
 */
import { PosternError } from '../base/errors.ts';
import { type Signer, verifySignature } from '../seal/index.ts';
import { sha256 } from './merkle.ts';

/** Who signs notes: a key of the seal room under the name that its signatures carry. */
export interface NoteSigner extends Signer {
  readonly name: string;
}

/** A key that may have signed a note. `verify` gets what follows the key id in the signature line. */
export interface NoteKey {
  name: string;
  id: Buffer;
  verify(text: string, signature: Buffer): boolean;
}

/** Signature type bytes that C2SP assigns. */
export const SIGNATURE_TYPES = { ed25519: 0x01, cosignature: 0x04 } as const;
type SignatureType = (typeof SIGNATURE_TYPES)[keyof typeof SIGNATURE_TYPES];

export interface NoteSignature {
  name: string;
  keyId: Buffer;
  /** The bytes after the key id. */
  signature: Buffer;
  /** The signature line as it stood, with its newline. */
  line: string;
}

export interface Note {
  /** With its final newline, without the empty line that follows. */
  text: string;
  signatures: NoteSignature[];
}

const KEY_ID_BYTES = 4;
const MAX_SIGNATURES = 64;
const SIGNATURE_LINE = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;

export function keyId(name: string, type: SignatureType, publicKey: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(type), publicKey]);
  return sha256(named).subarray(0, KEY_ID_BYTES);
}

export function ed25519NoteKey(name: string, publicKey: Buffer): NoteKey {
  return {
    name,
    id: keyId(name, SIGNATURE_TYPES.ed25519, publicKey),
    verify: (text, signature) => verifySignature(publicKey, Buffer.from(text), signature),
  };
}

/**
 * A public key as C2SP signed-note writes it: name, key id and the key with its type, joined by plus signs.
 */
export function encodeVerifierKey(name: string, publicKey: Buffer): string {
  const id = keyId(name, SIGNATURE_TYPES.ed25519, publicKey).toString('hex');
  return `${name}+${id}+${Buffer.of(SIGNATURE_TYPES.ed25519, ...publicKey).toString('base64')}`;
}

/** The name and the 32 bytes of such a key, or `null` where the text is none or its key id is wrong. */
export function parseVerifierKey(text: string): { name: string; publicKey: Buffer } | null {
  const [, name, , encoded] = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/u.exec(text) ?? [];
  if (name === undefined || encoded === undefined) return null;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length !== 33 || bytes[0] !== SIGNATURE_TYPES.ed25519) return null;
  const publicKey = bytes.subarray(1);
  return encodeVerifierKey(name, publicKey) === text ? { name, publicKey } : null;
}

export function signatureLine(name: string, id: Buffer, signature: Buffer): string {
  return `— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
}

/** The text as a note with one Ed25519 signature. Throws where the text is not one a note can hold. */
export function signNote(text: string, signer: NoteSigner): string {
  if (!isNoteText(text)) throw new Error('A note is text without control characters that ends in a newline');
  const id = keyId(signer.name, SIGNATURE_TYPES.ed25519, signer.publicKey);
  return `${text}\n${signatureLine(signer.name, id, signer.sign(Buffer.from(text)))}`;
}

function isNoteText(text: string): boolean {
  if (!text.endsWith('\n') || !text.isWellFormed()) return false;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 && unit !== 0x0a) return false;
  }
  return true;
}

export function parseSignatureLine(line: string): NoteSignature | null {
  const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? [];
  if (name === undefined || encoded === undefined) return null;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded || bytes.length <= KEY_ID_BYTES) return null;
  return {
    name,
    keyId: bytes.subarray(0, KEY_ID_BYTES),
    signature: bytes.subarray(KEY_ID_BYTES),
    line: `${line}\n`,
  };
}

/** Takes a note apart without believing it; `null` where it is not a note. */
export function parseNote(note: string): Note | null {
  const cut = note.lastIndexOf('\n\n');
  if (cut < 0 || !isNoteText(note)) return null;
  const lines = note.slice(cut + 2, -1).split('\n');
  const signatures = lines.map(parseSignatureLine).filter((parsed) => parsed !== null);
  if (signatures.length !== lines.length || signatures.length > MAX_SIGNATURES) return null;
  return { text: note.slice(0, cut + 1), signatures };
}

/**
 * The text of a note and the keys that signed it. Throws `damaged` where it is no note, where no known key
 * signed it, or where a signature in the name of a known key does not hold.
 */
export function openNote(note: string, keys: readonly NoteKey[]): { text: string; signedBy: NoteKey[] } {
  const parsed = parseNote(note);
  if (parsed === null) throw new PosternError('damaged', 'This is not a signed note.');
  const signedBy: NoteKey[] = [];
  for (const { name, keyId: id, signature } of parsed.signatures) {
    const key = keys.find((known) => known.name === name && known.id.equals(id));
    if (key === undefined) continue;
    if (!key.verify(parsed.text, signature)) {
      throw new PosternError('damaged', 'A signature of the note does not hold.');
    }
    if (!signedBy.includes(key)) signedBy.push(key);
  }
  if (signedBy.length === 0) throw new PosternError('damaged', 'No known key has signed the note.');
  return { text: parsed.text, signedBy };
}
