/** The words of the page for developers. */
import { wordsIn } from '../kit/index.ts';
import { de } from './words/de.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useDeveloperWords = wordsIn({ en, es, de });
