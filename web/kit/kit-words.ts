/** The words of the kit itself. */
import { wordsIn } from './language.tsx';
import { de } from './words/de.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useKitWords = wordsIn({ en, es, de });
