/** The words of putting documents in order, in the language of the page. */
import { wordsIn } from '../../kit/index.ts';
import { de } from '../words/order-de.ts';
import { en } from '../words/order-en.ts';
import { es } from '../words/order-es.ts';

export const useOrderWords = wordsIn({ en, es, de });
