/** What takes the page for itself: setting up both halves of the other way in, or one of them anew. */
export type Step = 'none' | 'set-up' | 'passphrase' | 'code-app' | 'recovery-codes';

export interface StepsProps {
  readonly onDone: () => void;
  readonly onCancel: () => void;
}
