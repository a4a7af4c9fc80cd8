/** Asking before what cannot be undone. */
import { createInterface } from 'node:readline/promises';
import { UsageError } from './command.ts';

export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/**
 * Whether whoever sits at the terminal types the word. Where nobody does, nothing is asked: throws
 * `UsageError` with what to give instead.
 */
export async function confirmByTyping(
  { input, output }: Terminal,
  { question, word, instead }: { question: string; word: string; instead: string },
): Promise<boolean> {
  if (input.isTTY !== true) throw new UsageError(instead);
  const lines = createInterface({ input, output });
  try {
    return (await lines.question(question)).trim() === word;
  } finally {
    lines.close();
  }
}
