/**
 * The passwords that people used most, out of what leaked: some fifty thousand, in the list that comes with
 * `@zxcvbn-ts/language-common`. It is read when somebody first chooses a passphrase, and on the server alone.
 */
let read: Promise<ReadonlySet<string>> | null = null;

/** In the form that `plain` makes of what is typed. */
export function mostUsed(plain: (text: string) => string): Promise<ReadonlySet<string>> {
  read ??= import('@zxcvbn-ts/language-common').then(
    ({ dictionary }) => new Set(dictionary['passwords-common'].map(plain)),
  );
  return read;
}

/** Three of them are more than anybody tries in turn. */
const MOST_PIECES = 2;
/** So many letters beside them make no other passphrase of it. */
const MOST_LETTERS = 2;
/** Shorter ones are in any sentence. */
const SHORTEST_PIECE = 4;
const LONGEST_PIECE = 32;

/** Whether it is a listed one, or two of them, with digits between and around or very few letters more. */
export function isMostUsed(plain: string, listed: ReadonlySet<string>): boolean {
  return listed.has(plain) || isMadeOf(plain, listed);
}

/** For each place in the text and number of pieces: the fewest letters that are in no piece up to there. */
function isMadeOf(plain: string, listed: ReadonlySet<string>): boolean {
  // Digits are what people put behind a word; of digits alone they are all there is.
  const digitCost = /^\d+$/.test(plain) ? 1 : 0;
  const least = Array.from({ length: plain.length + 1 }, () => Array<number>(MOST_PIECES + 1).fill(Infinity));
  least[0]![0] = 0;
  const lower = (at: number, pieces: number, letters: number) => {
    const row = least[at]!;
    if (letters <= MOST_LETTERS && letters < row[pieces]!) row[pieces] = letters;
  };
  for (let at = 0; at < plain.length; at += 1) {
    const cost = /\d/.test(plain[at]!) ? digitCost : 1;
    const ends = pieceEnds(plain, at, listed);
    least[at]!.forEach((letters, pieces) => {
      if (letters === Infinity) return;
      lower(at + 1, pieces, letters + cost);
      if (pieces < MOST_PIECES) for (const end of ends) lower(end, pieces + 1, letters);
    });
  }
  return least[plain.length]!.some((letters, pieces) => pieces > 0 && letters < Infinity);
}

function pieceEnds(plain: string, at: number, listed: ReadonlySet<string>): number[] {
  const ends: number[] = [];
  for (let end = at + SHORTEST_PIECE; end <= Math.min(plain.length, at + LONGEST_PIECE); end += 1) {
    if (listed.has(plain.slice(at, end))) ends.push(end);
  }
  return ends;
}
