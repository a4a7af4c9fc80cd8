/** The words of the apps of the practice: they come with their page. */
import { wordsIn } from '../kit/index.ts';
import { appsDe } from './words/apps-de.ts';
import { appsEn } from './words/apps-en.ts';
import { appsEs } from './words/apps-es.ts';

export const useAppsWords = wordsIn({ en: appsEn, es: appsEs, de: appsDe });
