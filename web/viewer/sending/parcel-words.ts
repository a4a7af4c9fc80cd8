/** What a file is called before anybody has said so. Pure. */
import type { Format } from '../../kit/index.ts';
import type { SendingWords } from '../words/sending-en.ts';
import type { Arrival } from './choose-files.tsx';
import type { ParcelWords } from './outbox.ts';

export interface Around {
  /** Types that may be sent there. */
  readonly types: readonly string[];
  readonly format: Pick<Format, 'date'>;
  readonly words: Pick<SendingWords, 'photoOf'>;
}

/** Names that cameras, scanners and clipboards give. */
const SAYS_NOTHING = /^(?:image|img|dsc[fn]?|pxl|photo|foto|scan|screenshot|mvimg)?[-_ .()\d]*$/i;

export function wordsOfFile(file: File, arrival: Arrival, { types, format, words }: Around): ParcelWords {
  const isPhoto = file.type.startsWith('image/');
  const likely = isPhoto ? 'photo' : /\.dcm$/i.test(file.name) ? 'radiograph' : 'other';
  const stem = file.name.replace(/\.\w{1,8}$/, '').trim();
  const day = dayOf(new Date(file.lastModified));
  const isNamed = arrival === 'chosen' && !SAYS_NOTHING.test(stem);
  return {
    type: types.includes(likely) ? likely : (typesInOrder(types)[0] ?? likely),
    title: isNamed ? stem : isPhoto ? words.photoOf(format.date(day)) : stem,
    // Of a picture that is the day on which it was taken; of anything else the day of a download.
    date: isPhoto ? day : '',
  };
}

/** As the calendar where the person is says it, YYYY-MM-DD. */
export function dayOf(when: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}`;
}

/** What people send most comes first. */
const ORDER = [
  'insurance-card',
  'photo-id',
  'letter',
  'lab-report',
  'referral',
  'photo',
  'radiograph',
  'consent',
  'advance-directive',
  'discharge-summary',
  'history-form',
  'outside-record',
  'consult-note',
  'progress-note',
  'other',
] as const satisfies readonly (keyof SendingWords['types'])[];

export function typesInOrder(types: readonly string[]): (typeof ORDER)[number][] {
  return ORDER.filter((type) => types.includes(type));
}
