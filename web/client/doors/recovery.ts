/** Getting back into an account when every way to sign in is lost. No answer says whether it is known. */
import { ask } from '../ask.ts';

/** Has a link sent to that address, if it is one of an account's. */
export async function askForRecovery(email: string): Promise<void> {
  await ask('/recovery', { method: 'POST', body: { email } });
}

export type RecoveryState =
  /** The practice has to see the person. */
  | 'to-be-seen'
  /** It has seen them: the code that it handed over works now. */
  | 'code';

/** Shows that the mailbox is theirs. Throws `ApiError`: `invalid` for every link that does not work. */
export async function beginRecovery(ticket: string): Promise<RecoveryState> {
  const answer = await ask('/recovery/begin', { method: 'POST', body: { ticket } });
  return (JSON.parse(answer) as { state: RecoveryState }).state;
}

/**
 * Takes the code that the practice handed over. Answers `in` where a session is open in which a passkey can
 * be made, and otherwise when the code works (ISO, UTC). Throws `ApiError`: `invalid` whatever is wrong.
 */
export async function finishRecovery(
  email: string,
  code: string,
): Promise<'in' | { readonly ready: string }> {
  const body = { email, code, cookie: true };
  const answer = JSON.parse(await ask('/recovery/finish', { method: 'POST', body })) as { ready?: string };
  return answer.ready === undefined ? 'in' : { ready: answer.ready };
}

/** Stops one that the person did not ask for. Throws `ApiError`: `invalid` where there is nothing to stop. */
export async function stopRecovery(ticket: string): Promise<void> {
  await ask('/recovery/stop', { method: 'POST', body: { ticket } });
}
