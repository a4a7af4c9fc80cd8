/** The words of families: they come with their page. */
import { wordsIn } from '../kit/index.ts';
import { familyDe } from './words/family-de.ts';
import { familyEn } from './words/family-en.ts';
import { familyEs } from './words/family-es.ts';

export const useFamilyWords = wordsIn({ en: familyEn, es: familyEs, de: familyDe });
