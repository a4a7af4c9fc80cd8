/** The words of staff, reviews and families: they come with their pages. */
import { wordsIn } from '../kit/index.ts';
import { staffDe } from './words/staff-de.ts';
import { staffEn } from './words/staff-en.ts';
import { staffEs } from './words/staff-es.ts';

export const useStaffWords = wordsIn({ en: staffEn, es: staffEs, de: staffDe });
