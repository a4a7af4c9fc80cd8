/** The words of asking people in and letting them back in: they come with their pages. */
import { wordsIn } from '../kit/index.ts';
import { onlineDe } from './words/online-de.ts';
import { onlineEn } from './words/online-en.ts';
import { onlineEs } from './words/online-es.ts';

export const useOnlineWords = wordsIn({ en: onlineEn, es: onlineEs, de: onlineDe });
