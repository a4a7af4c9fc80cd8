/** The words of sending in the language of the page. */
import { wordsIn } from '../../kit/index.ts';
import { de } from '../words/sending-de.ts';
import { en } from '../words/sending-en.ts';
import { es } from '../words/sending-es.ts';

export const useSendingWords = wordsIn({ en, es, de });
