/** The words of consents in the language of the page. */
import { wordsIn } from '../kit/index.ts';
import { de } from './words/consents-de.ts';
import { en } from './words/consents-en.ts';
import { es } from './words/consents-es.ts';

export const useConsentWords = wordsIn({ en, es, de });
