/**
 * Where words stand in the text of a page. Upper and lower case, accents and how much white space there is
 * make no difference. Pure.
 */

/** A place in the text of a page: a run of letters as the file has it, and a letter in it. */
export interface TextPlace {
  readonly run: number;
  readonly letter: number;
}

export interface TextMatch {
  readonly from: TextPlace;
  /** The place behind the last letter. */
  readonly to: TextPlace;
}

/** On which page, from 1. */
export interface Hit extends TextMatch {
  readonly page: number;
}

export interface TextRun {
  readonly str: string;
  readonly hasEOL: boolean;
}

/** Every place of `words`; none where nothing but white space is sought. */
export function findWords(runs: readonly TextRun[], words: string): TextMatch[] {
  const sought = folded(words.trim().replace(/\s+/g, ' '));
  if (sought === '') return [];
  const { text, places } = foldRuns(runs);
  const matches: TextMatch[] = [];
  for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + sought.length)) {
    const last = places[at + sought.length - 1]!;
    matches.push({ from: places[at]!, to: { run: last.run, letter: last.letter + 1 } });
  }
  return matches;
}

/** The text as it is compared, and for each letter of it where it came from. */
function foldRuns(runs: readonly TextRun[]): { text: string; places: TextPlace[] } {
  let text = '';
  const places: TextPlace[] = [];
  const add = (letters: string, place: TextPlace) => {
    for (const letter of letters) {
      if (letter === ' ' && text.endsWith(' ')) continue;
      text += letter;
      // One for each unit of UTF-16, as `indexOf` counts.
      for (let unit = 0; unit < letter.length; unit += 1) places.push(place);
    }
  };
  runs.forEach(({ str, hasEOL }, run) => {
    for (let letter = 0; letter < str.length; letter += 1) add(folded(str[letter]!), { run, letter });
    if (hasEOL) add(' ', { run, letter: str.length });
  });
  return { text, places };
}

function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').replace(/\s/g, ' ').toLowerCase();
}
