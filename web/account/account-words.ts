/** The words of the account. */
import { wordsIn } from '../kit/index.ts';
import { de } from './words/de.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useAccountWords = wordsIn({ en, es, de });
