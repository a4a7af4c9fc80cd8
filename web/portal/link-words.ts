/** The words of links: they come with their page. */
import { wordsIn } from '../kit/index.ts';
import { linksDe } from './words/links-de.ts';
import { linksEn } from './words/links-en.ts';
import { linksEs } from './words/links-es.ts';

export const useLinkWords = wordsIn({ en: linksEn, es: linksEs, de: linksDe });
