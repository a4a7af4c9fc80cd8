/** Kinds of letters, and what each tells. */
import type { AccountId } from '../base/ids.ts';

/** What each kind of letter tells. Times are instants; links work and are nowhere else. */
export interface LetterFacts {
  /** Somebody is asked into a practice: as a patient, for one, or to work there. */
  invitation: { practice: string; link: string; until: Date };
  /**
   * One has begun to be used, from that device: to the address of whoever it was written to. It stands for
   * what follows of itself as well: a new device, and the first way to sign in.
   */
  'invitation-used': { practice: string; device: string; at: Date };
  'new-device': { device: string; at: Date };
  'factor-added': { factor: Factor; at: Date };
  'factor-removed': { factor: Factor; at: Date };
  /** Asked for by somebody who says that all ways of signing in are lost. */
  'recovery-asked': { link: string; until: Date };
  /** It has begun and ends its waiting time at `ready`; `stop` ends it, for who has never asked. */
  'recovery-started': { ready: Date; stop: string };
  /** The waiting time is over: `link` makes a passkey. */
  'recovery-ready': { link: string; until: Date; stop: string };
  'recovery-done': { at: Date };
  'recovery-stopped': { at: Date };
  'app-connected': { practice: string; app: string; at: Date };
  /** To the developer who asked; what only a stranger has said is not repeated in the second. */
  'app-approved': { practice: string; app: string; clientId: string; at: Date };
  'app-refused': { practice: string; at: Date };
  /** To whoever holds a grant that was given, changed or ended. */
  'access-given': { practice: string; at: Date };
  'access-changed': { practice: string; at: Date };
  'access-ended': { practice: string; at: Date };
  /** To who shares a record: what somebody else may see of it was given, changed or ended. */
  'proxy-given': { practice: string; at: Date };
  'proxy-changed': { practice: string; at: Date };
  'proxy-ended': { practice: string; at: Date };
  /** Something of theirs that the practice has ends soon; what it is, stands in the portal alone. */
  'ends-soon': { practice: string };
  /** A link that they made, or to a record that they share, was opened for the first time. */
  'link-opened': { practice: string; at: Date };
  /** Somebody failed many times to sign in as them. */
  'sign-in-burst': { at: Date };
  /** To an address that somebody says is theirs. */
  'address-confirm': { link: string; until: Date };
  'address-added': { address: string; at: Date };
  'address-removed': { address: string; at: Date };
  /** From now on mails go there first. */
  'address-primary': { address: string; at: Date };
  /** To who watches over the practice; `times` counts those of the kind since the last mail. */
  incident: { practice: string; what: IncidentKind; times: string; at: Date };
}

export type IncidentKind =
  | 'canary'
  | 'refusals'
  | 'break-glass'
  | 'key-ring'
  | 'damaged'
  | 'passkey-copied'
  | 'malicious-file'
  | 'sign-in-burst';
export type Factor = 'passkey' | 'passphrase' | 'authenticator' | 'recovery-codes' | 'single-sign-on';
export type LetterKind = keyof LetterFacts;
export type Letter = {
  [Kind in LetterKind]: { readonly kind: Kind; readonly facts: LetterFacts[Kind] };
}[LetterKind];

/** What goes to every address of an account: that somebody may have got in, or is about to. */
const NOTICES: ReadonlySet<LetterKind> = new Set([
  'new-device',
  'factor-added',
  'factor-removed',
  'recovery-started',
  'recovery-done',
  'recovery-stopped',
  'sign-in-burst',
  'address-added',
  'address-removed',
  'address-primary',
]);

export function isNotice(kind: LetterKind): boolean {
  return NOTICES.has(kind);
}

export interface LetterText {
  readonly subject: string;
  /** Paragraphs. A link stands in one of its own. */
  readonly paragraphs: readonly string[];
}

/** Times are given as text, in the language of the words. */
export type Told<Facts> = { readonly [Name in keyof Facts]: Facts[Name] extends Date ? string : Facts[Name] };

export type LetterWords = {
  readonly [Kind in LetterKind]: (facts: Told<LetterFacts[Kind]>) => LetterText;
} & {
  /** The last paragraph of each. */
  readonly closing: (host: string) => string;
};

/**
 * To an account, at the address that it has when the mail goes out, or to an address. `at`: at that address
 * alone, where it is one of the account's then.
 */
export type Recipient =
  | { readonly accountId: AccountId; readonly at?: string }
  | { readonly address: string };
