/** The words of getting back in. */
import { wordsIn } from '../kit/index.ts';
import { recoveryDe } from './words/recovery-de.ts';
import { recoveryEn } from './words/recovery-en.ts';
import { recoveryEs } from './words/recovery-es.ts';

export const useRecoveryWords = wordsIn({ en: recoveryEn, es: recoveryEs, de: recoveryDe });
