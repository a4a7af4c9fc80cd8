/** The words of the viewer in the language of the page. */
import { wordsIn } from '../kit/index.ts';
import { de } from './words/de.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';

export const useViewerWords = wordsIn({ en, es, de });
