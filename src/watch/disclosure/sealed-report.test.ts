import {
  armor,
  Encrypter,
  generateHybridIdentity,
  generateX25519Identity,
  identityToRecipient,
} from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { assertSealed } from './sealed-report.ts';

async function sealedTo(text: string, ...recipients: readonly string[]): Promise<Buffer> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return Buffer.from(await encrypter.encrypt(text));
}

const someone = async () => identityToRecipient(await generateX25519Identity());

/** The bytes with a line put in before the one that begins so. */
function withLine(content: Buffer, before: string, line: string): Buffer {
  const at = content.indexOf(`\n${before}`) + 1;
  return Buffer.concat([content.subarray(0, at), Buffer.from(line), content.subarray(at)]);
}

describe('a sealed report', () => {
  test('is an age file to one recipient, short or long', async () => {
    for (const text of ['x', 'A weakness', 'x'.repeat(200_000)]) {
      const content = await sealedTo(text, await someone());
      expect(() => assertSealed(content)).not.toThrow();
    }
  });

  test('may have stanzas that mean nothing', async () => {
    const content = await sealedTo('A weakness', await someone());
    const greased = withLine(content, '--- ', '-> /x-grease a b\nAAAA\n');
    expect(() => assertSealed(greased)).not.toThrow();
    expect(() => assertSealed(withLine(content, '--- ', '-> x-grease\n\n'))).not.toThrow();
  });

  test('is refused where it is sealed to nobody, to several, or by something else than a key', async () => {
    const two = await sealedTo('A weakness', await someone(), await someone());
    expect(() => assertSealed(two)).toThrow(/sealed to 2 recipients and not to one/);
    const hybrid = await sealedTo('x', await identityToRecipient(await generateHybridIdentity()));
    expect(() => assertSealed(hybrid)).toThrow(/another kind of recipient/);
    const encrypter = new Encrypter();
    encrypter.setScryptWorkFactor(2);
    encrypter.setPassphrase('postern');
    expect(() => assertSealed(Buffer.alloc(0))).toThrow(/does not begin as one does/);
    const password = Buffer.from(await encrypter.encrypt('A weakness'));
    expect(() => assertSealed(password)).toThrow(/another kind of recipient/);
  });

  test('is refused where it is plain, armored, cut off or broken, without a word of it', async () => {
    const content = await sealedTo('A weakness', await someone());
    const header = content.indexOf('\n', content.indexOf('\n--- ') + 1) + 1;
    const broken: Buffer[] = [
      Buffer.from('Dear practice, I found a weakness in your door'),
      Buffer.from(armor.encode(content)),
      Buffer.from('age-encryption.org/v1\nDear practice\n'),
      Buffer.from(`age-encryption.org/v1\n-> X25519 ${'A'.repeat(43)}\n${'weakness\n'.repeat(2000)}`),
      content.subarray(0, header),
      content.subarray(0, header + 32),
      content.subarray(0, 60),
      withLine(content, '-> X25519', '-> ssh-rsa AAAA\nAAAA\n'),
      withLine(content, '--- ', 'weakness in plain text\n'),
      Buffer.concat([Buffer.from('\n'), content]),
    ];
    for (const each of broken) {
      const refusal = (() => {
        try {
          assertSealed(each);
        } catch (error) {
          return error as Error & { code: string };
        }
        return null;
      })();
      expect([each.toString('latin1', 0, 60), refusal?.code]).toEqual([
        each.toString('latin1', 0, 60),
        'not-processable',
      ]);
      expect(refusal?.message).not.toMatch(/weakness|Dear/);
    }
  });
});
