/** The words of the portal. */
import { wordsIn } from '../kit/index.ts';
import { de } from './words/de.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const PORTAL_WORDS = { en, es, de };

export const usePortalWords = wordsIn(PORTAL_WORDS);
