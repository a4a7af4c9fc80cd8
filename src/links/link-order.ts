/** What somebody wants to send on by a link. */
import { PosternError } from '../base/errors.ts';
import { type ChartId, parseId, type ResourceId } from '../base/ids.ts';

export interface LinkOrder {
  readonly chartId: ChartId;
  /** DocumentReferences, each of which goes out with its content. */
  readonly documents: readonly ResourceId[];
  /** Whether a summary of the record goes with it. */
  readonly summary: boolean;
  /** What whoever gets the link reads first. */
  readonly label: string;
  readonly days: number;
  readonly passcode: string | null;
  /** How often it can be opened; null where that is not limited. */
  readonly most: number | null;
}

export const USUAL_DAYS = 7;
export const MOST_DAYS = 30;
const MOST_DOCUMENTS = 50;
const MOST_OPENINGS = 100;
/** https://docs.smarthealthit.org/smart-health-links/spec#construct-a-shlink-payload */
const LABEL_LENGTH = 80;
const PASSCODE_LENGTHS = [4, 64] as const;
/** What is not seen, or turns the direction of what is. */
const UNSEEN = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

/** Throws `invalid` and says what is missing or wrong. */
export function readLinkOrder(asked: Readonly<Record<string, unknown>>): LinkOrder {
  const { documents = [], summary = false, days = USUAL_DAYS, passcode = null, openings = null } = asked;
  const chartId = typeof asked.chart === 'string' ? parseId<ChartId>(asked.chart) : null;
  if (chartId === null) throw new PosternError('invalid', 'chart names whose record it is, by its id.');
  if (!Array.isArray(documents) || documents.length > MOST_DOCUMENTS) {
    throw new PosternError('invalid', `documents takes up to ${MOST_DOCUMENTS} ids.`);
  }
  const ids = documents.map((id: unknown) => (typeof id === 'string' ? parseId<ResourceId>(id) : null));
  if (ids.includes(null) || new Set(ids).size !== ids.length) {
    throw new PosternError('invalid', 'documents takes ids of documents, each once.');
  }
  if (typeof summary !== 'boolean') throw new PosternError('invalid', 'summary is true or false.');
  if (ids.length === 0 && !summary) throw new PosternError('invalid', 'Say what is to be sent.');
  return {
    chartId,
    documents: ids as ResourceId[],
    summary,
    label: labelIn(asked.label),
    days: wholeNumber(days, 'days', MOST_DAYS),
    passcode: passcodeIn(passcode),
    most: openings === null ? null : wholeNumber(openings, 'openings', MOST_OPENINGS),
  };
}

function labelIn(value: unknown): string {
  const label = typeof value === 'string' ? value.normalize('NFC').trim() : '';
  if (label === '' || label.length > LABEL_LENGTH || UNSEEN.test(label)) {
    throw new PosternError('invalid', `label has 1 to ${LABEL_LENGTH} characters that can be seen.`);
  }
  return label;
}

function passcodeIn(value: unknown): string | null {
  if (value === null) return null;
  const [least, most] = PASSCODE_LENGTHS;
  const fits = typeof value === 'string' && value.length >= least && value.length <= most;
  if (!fits) throw new PosternError('invalid', `passcode has ${least} to ${most} characters.`);
  return value;
}

function wholeNumber(value: unknown, name: string, most: number): number {
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most;
  if (!fits) throw new PosternError('invalid', `${name} is a whole number from 1 to ${most}.`);
  return value;
}
