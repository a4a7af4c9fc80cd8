/** The words of the desk's pages: English, Spanish and German, whichever the reader asks for or prefers. */
import { de } from './words-de.ts';
import { type DeskWords, en } from './words-en.ts';
import { es } from './words-es.ts';

export type { DeskWords } from './words-en.ts';

const CATALOG = { en, es, de } as const;
export type Language = keyof typeof CATALOG;
export const LANGUAGES = Object.keys(CATALOG) as readonly Language[];

export function wordsIn(language: Language): DeskWords {
  return CATALOG[language];
}

/** `asked` stands in the address and wins; `accepted` is the field Accept-Language (RFC 9110, 12.5.4). */
export function wordsFor(asked: string | null, accepted: string | undefined): DeskWords {
  const weighed = (accepted ?? '').split(',').map((part, index) => {
    const [range = '', ...parameters] = part.split(';').map((each) => each.trim().toLowerCase());
    const quality = parameters.find((each) => /^q=[01](\.\d{0,3})?$/.test(each))?.slice(2) ?? '1';
    return { code: range.slice(0, 2), quality: Number(quality), index };
  });
  const preferred = weighed
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality || a.index - b.index);
  const codes = [asked ?? '', ...preferred.map(({ code }) => code)];
  return wordsIn(codes.find((code): code is Language => Object.hasOwn(CATALOG, code)) ?? 'en');
}
