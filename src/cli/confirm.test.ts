import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { confirmByTyping } from './confirm.ts';

const asked = { question: 'Type yes: ', word: 'yes', instead: '--confirm is needed' };

async function answer(text: string): Promise<{ agreed: boolean; said: string }> {
  const [input, output] = [Object.assign(new PassThrough(), { isTTY: true }), new PassThrough()];
  input.write(text);
  const agreed = await confirmByTyping({ input, output }, asked);
  return { agreed, said: String(output.read()) };
}

test('only the very word is a yes, and the question is asked', async () => {
  expect(await answer('yes\n')).toEqual({ agreed: true, said: expect.stringContaining('Type yes: ') });
  for (const text of ['y\n', '\n', 'no yes\n']) expect((await answer(text)).agreed, text).toBe(false);
});

test('nobody is asked where nobody sits', async () => {
  const streams = { input: new PassThrough(), output: new PassThrough() };
  await expect(confirmByTyping(streams, asked)).rejects.toThrow('--confirm is needed');
});
