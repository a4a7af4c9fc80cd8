/** Kinds of letters, and what each tells. */
import type { AccountId } from '../base/ids.ts';

/** What each kind of letter tells. Times are instants; links work and are nowhere else. */
export interface LetterFacts {
  /** Somebody is asked into a practice: as a patient, for one, or to work there. */
  invitation: { practice: string; link: string; until: Date };
  /** One has begun to be used: to the address of whoever it was written to. */
  'invitation-used': { practice: string; at: Date };
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
  'proxy-added': { practice: string; at: Date };
  /** A burst of failures closed a way in for a while. */
  'sign-in-held': { at: Date; until: Date };
}

export type Factor = 'passkey' | 'passphrase' | 'authenticator' | 'recovery-codes' | 'single-sign-on';
export type LetterKind = keyof LetterFacts;
export type Letter = {
  [Kind in LetterKind]: { readonly kind: Kind; readonly facts: LetterFacts[Kind] };
}[LetterKind];

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

/** To an account, at the address that it has when the mail goes out, or to an address. */
export type Recipient = { readonly accountId: AccountId } | { readonly address: string };
