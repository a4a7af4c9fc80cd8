/** The words of the page that opens links. */
import { wordsIn } from '../kit/index.ts';
import { de } from './words/de.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useReceivedWords = wordsIn({ en, es, de });
