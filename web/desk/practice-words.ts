/** The words of what the practice sets: they come with their page. */
import { wordsIn } from '../kit/index.ts';
import { practiceDe } from './words/practice-de.ts';
import { practiceEn } from './words/practice-en.ts';
import { practiceEs } from './words/practice-es.ts';

export const usePracticeWords = wordsIn({ en: practiceEn, es: practiceEs, de: practiceDe });
