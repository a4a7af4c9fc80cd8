/** The words of the door. */
import { wordsIn } from '../kit/index.ts';
import { de } from './words/de.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useDoorWords = wordsIn({ en, es, de });
