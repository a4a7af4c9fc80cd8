/** The words of setting up single sign-on: they come with its panel. */
import { wordsIn } from '../kit/index.ts';
import { signOnDe } from './words/sign-on-de.ts';
import { signOnEn } from './words/sign-on-en.ts';
import { signOnEs } from './words/sign-on-es.ts';

export const useSignOnWords = wordsIn({ en: signOnEn, es: signOnEs, de: signOnDe });
