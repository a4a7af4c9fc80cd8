/** The names of people and practices, as an operator gives them. */
import { type Invocation, required, UsageError } from './command.ts';

const LONGEST = 200;

/** `--name`, which must be given: one line of text that people can read. */
export function nameOption(invocation: Invocation): string {
  const name = required(invocation, 'name').normalize('NFC').trim();
  if (name === '' || name.length > LONGEST || /\p{Cc}|\p{Bidi_Control}/u.test(name)) {
    throw new UsageError(`--name must be a name of at most ${LONGEST} characters`);
  }
  return name;
}
