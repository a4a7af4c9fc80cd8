/**
 * What Postern writes to people: kinds of letters, what each tells, and its words in three languages. None
 * says anything of a patient but the name of the practice that writes.
 */
import type { Letter, LetterText, LetterWords } from './letter-kinds.ts';
import { de } from './words-de.ts';
import { en } from './words-en.ts';
import { es } from './words-es.ts';

const WORDS = { en, es, de } as const satisfies Record<string, LetterWords>;
export type Language = keyof typeof WORDS;
export const LANGUAGES = Object.keys(WORDS) as readonly Language[];

export function isLanguage(text: unknown): text is Language {
  return typeof text === 'string' && Object.hasOwn(WORDS, text);
}

/**
 * The subject and the plain text of a letter, as it goes out. `publicUrl` is where people reach Postern,
 * `timeZone` (IANA) by whose clock it tells times; null where none is known.
 */
export function write(
  letter: Letter,
  language: Language,
  publicUrl: string,
  timeZone: string | null = null,
): { subject: string; text: string } {
  const words: LetterWords = WORDS[language];
  const facts = Object.fromEntries(
    Object.entries(letter.facts).map(([name, value]) => [
      name,
      value instanceof Date ? timeIn(language, value, timeZone) : onOneLine(value),
    ]),
  );
  const compose = words[letter.kind] as (facts: Readonly<Record<string, string>>) => LetterText;
  const { subject, paragraphs } = compose(facts);
  const text = [...paragraphs, words.closing(new URL(publicUrl).host)].map(folded).join('\n\n');
  return { subject, text: `${text}\n` };
}

/** With the name of the zone: whoever reads it may be elsewhere. */
function timeIn(language: Language, time: Date, timeZone: string | null): string {
  const format = new Intl.DateTimeFormat(language, {
    ...{ year: 'numeric', month: 'long', day: 'numeric', hour: 'numeric', minute: '2-digit' },
    timeZone: timeZone ?? 'UTC',
    timeZoneName: 'short',
  });
  return format.format(time);
}

/** A name that somebody chose is no paragraph, and no second header field. */
function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu, ' ').slice(0, 2000);
}

const COLUMNS = 76;

/** Lines of the length that mail programs quote well. What has no spaces, such as a link, stays whole. */
function folded(paragraph: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
