/** Text broken into lines of a width, each word in the fonts that have its letters. */
import { type Fonts, FROM_RIGHT, type Run, type Weight } from './fonts.ts';

export type Measure = (run: Run, size: number) => number;

export interface Word {
  readonly runs: readonly Run[];
  readonly width: number;
  readonly fromRight: boolean;
}

export interface Line {
  /** As they stand from left to right. */
  readonly words: readonly Word[];
}

export interface TextStyle {
  readonly weight: Weight;
  readonly size: number;
}

/** Whatever turns or hides letters is no letter. */
const UNSEEN = /[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]+/gu;

export function linesOf(
  text: string,
  width: number,
  { weight, size }: TextStyle,
  fonts: Fonts,
  measure: Measure,
): Line[] {
  const space = measure(fonts.runs(' ', weight)[0]!, size);
  const wordOf = (letters: string): Word => {
    const runs = fonts.runs(letters, weight);
    const total = runs.reduce((sum, run) => sum + measure(run, size), 0);
    return { runs, width: total, fromRight: FROM_RIGHT.test(letters) };
  };
  const lines: Word[][] = [[]];
  let left = width;
  const put = (word: Word) => {
    const line = lines.at(-1)!;
    const needed = word.width + (line.length === 0 ? 0 : space);
    if (needed <= left || line.length === 0) {
      line.push(word);
      left -= needed;
    } else {
      lines.push([word]);
      left = width - word.width;
    }
  };
  for (const letters of text.replace(UNSEEN, ' ').split(/\s+/)) {
    if (letters === '') continue;
    for (const piece of fitting(letters, width, (part) => wordOf(part).width)) put(wordOf(piece));
  }
  return lines.filter((line) => line.length > 0).map((words) => ({ words: inOrder(words) }));
}

/** A word that is wider than the line, in pieces that are not; scripts without spaces break anywhere. */
function fitting(letters: string, width: number, widthOf: (text: string) => number): string[] {
  if (widthOf(letters) <= width) return [letters];
  const pieces: string[] = [];
  let piece = '';
  for (const letter of letters) {
    if (piece !== '' && widthOf(piece + letter) > width) {
      pieces.push(piece);
      piece = '';
    }
    piece += letter;
  }
  return [...pieces, piece];
}

/** Words of scripts from right to left that follow each other stand the other way round. */
function inOrder(words: readonly Word[]): Word[] {
  const order: Word[] = [];
  let turned: Word[] = [];
  for (const word of words) {
    if (word.fromRight) turned.unshift(word);
    else {
      order.push(...turned, word);
      turned = [];
    }
  }
  return [...order, ...turned];
}
