/** The words of whole records in the language of the page. */
import { wordsIn } from '../../kit/index.ts';
import { de } from '../words/record-de.ts';
import { en } from '../words/record-en.ts';
import { es } from '../words/record-es.ts';

export const useRecordWords = wordsIn({ en, es, de });
