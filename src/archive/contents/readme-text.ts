/** `README.txt`: what is in the archive, for whoever opens it without a browser. */
import type { ArchiveWords } from '../words/archive-words.ts';

const LINES = [
  ['index.html', null],
  ['summary.pdf', 'summary'],
  ['c-cda/summary.xml', 'ccda'],
  ['fhir/bundle.json', 'bundle'],
  ['files/', 'files'],
  ['files/index.csv', 'list'],
] as const satisfies readonly (readonly [string, keyof ArchiveWords['item'] | null])[];

export function readmeText(words: ArchiveWords, date: string): string {
  const inside = LINES.map(
    ([path, item]) => `${path.padEnd(20)} ${item === null ? words.inHere : words.item[item]}`,
  );
  const text = [words.inHere, '', words.madeOn(date, null), words.whatIsIn, words.careful, '', ...inside, ''];
  // Programs of Windows expect it so, and others do not mind.
  return `\ufeff${text.join('\r\n')}`;
}
