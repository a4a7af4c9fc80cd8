/**
 * The terms of a session: how whoever signed in proved who they are, on which device, and to what an app was
 * narrowed. They are signed with the session, word for word.
 */
import type { ChartId } from '../base/ids.ts';

/**
 * How it was proved. `operator`: the operator's command line vouches. `link`: a link that went to the
 * person's address, which proves nothing alone. `app`: a person let an app in, or it is a backend with its
 * own key.
 */
export type Method =
  | 'passkey'
  | 'passphrase'
  | 'totp'
  | 'recovery-code'
  | 'single-sign-on'
  | 'link'
  | 'operator'
  | 'app';

/** What an app may do at most, in the words of SMART App Launch, and the patient it was launched for. */
export interface Narrowing {
  readonly scope: string;
  readonly patient: ChartId | null;
}

export interface SessionTerms {
  readonly methods: readonly Method[];
  /** The device from which it was opened, where it is known. */
  readonly device: string | null;
  readonly narrowing: Narrowing | null;
  /**
   * When the person showed who they are, in whole seconds since 1970, where the session carries on what
   * another began: it is no younger than that one. Left out where it was opened by showing it.
   */
  readonly shownAt?: number;
  /** Whether an invitation opened it, of which its mail tells: that stands for the first way to sign in. */
  readonly invited?: true;
}

/** Of what the command line opens, and of jobs. */
export const OPERATOR_TERMS: SessionTerms = { methods: ['operator'], device: null, narrowing: null };

/** The text that is signed and stored. */
export function writeTerms({ methods, device, narrowing, shownAt, invited }: SessionTerms): string {
  return JSON.stringify({ methods, device, narrowing, shownAt, invited });
}

/** What `writeTerms` wrote, after its MAC was checked. */
export function readTerms(text: string): SessionTerms {
  return JSON.parse(text) as SessionTerms;
}

/**
 * Whether the proof is that of NIST SP 800-63B AAL2: a passkey (with user verification), two factors of which
 * one is had, another provider's word, or what stands above people's own doors. Below it a session reaches
 * nothing: it can only be brought up to it.
 */
export function isAssured({ methods }: Pick<SessionTerms, 'methods'>): boolean {
  if (methods.some((method) => WHOLE.has(method))) return true;
  return methods.includes('passphrase') && methods.some((method) => SECOND.has(method));
}

const WHOLE: ReadonlySet<Method> = new Set(['passkey', 'single-sign-on', 'operator', 'app']);
const SECOND: ReadonlySet<Method> = new Set(['totp', 'recovery-code']);
