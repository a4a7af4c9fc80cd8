/** The words of cards in the language of the page. */
import { wordsIn } from '../../kit/index.ts';
import { de } from '../words/cards-de.ts';
import { en } from '../words/cards-en.ts';
import { es } from '../words/cards-es.ts';

export const useCardWords = wordsIn({ en, es, de });
