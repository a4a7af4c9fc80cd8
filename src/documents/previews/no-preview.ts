/** Why there is no picture of a file, in words for people. Pure. */
import { PosternError } from '../../base/errors.ts';
import type { Failure } from '../drawing/drawing.ts';

export type NoPreviewReason = Failure | 'too-much-work';

const SENTENCES: Readonly<Record<NoPreviewReason, string>> = {
  damaged: 'There is no preview: the file is damaged or not quite what it says it is.',
  'too-large': 'There is no preview: the file is too large to be drawn.',
  protected: 'There is no preview: the file is protected by a password.',
  'no-such-page': 'The file has no such page.',
  'not-drawn': 'There is no preview of this kind of content.',
  'too-much-work': 'There is no preview: drawing the file takes more time or memory than is given to it.',
};

/** A `not-processable` that says why; whatever else a process may have said counts as damage. */
export class NoPreview extends PosternError {
  readonly why: NoPreviewReason;

  constructor(why: string) {
    const known = Object.hasOwn(SENTENCES, why) ? (why as NoPreviewReason) : 'damaged';
    super('not-processable', SENTENCES[known]);
    this.why = known;
  }
}
