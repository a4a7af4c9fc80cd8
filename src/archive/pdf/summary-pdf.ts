/** The summary of a chart as a PDF to be read and printed. */
import { kindWord, sizeText } from '../contents/file-words.ts';
import { absenceOf, type ListedFile } from '../contents/listed-file.ts';
import { addressLine, type ChartSummary, type Person } from '../summary/chart-summary.ts';
import { tableOf } from '../summary/part-table.ts';
import { PARTS } from '../summary/parts.ts';
import type { ArchiveWords } from '../words/archive-words.ts';
import type { Language } from '../words/words.ts';
import { Fonts } from './fonts.ts';
import { Pages } from './pages.ts';

export interface PdfContent {
  readonly summary: ChartSummary;
  readonly files: readonly ListedFile[];
  /** A day. */
  readonly date: string;
  readonly language: Language;
}

/** Files that are listed at most; all of them are in `files/index.csv`. */
const MOST_FILES = 400;

let fonts: Promise<Fonts> | undefined;

export async function summaryPdf(words: ArchiveWords, content: PdfContent): Promise<Buffer> {
  const { summary, files, date, language } = content;
  fonts ??= Fonts.load();
  const title = words.title(summary.patient?.name ?? '—');
  const pages = new Pages(await fonts, { title, language, date: new Date(`${date}T12:00:00Z`) });
  pages.title(title);
  pages.paragraph(words.madeOn(date, summary.practice));
  pages.paragraph(words.whatIsIn, 'small');
  if (summary.incomplete) pages.paragraph(words.incomplete);
  if (summary.patient === null) pages.paragraph(words.noRecords);
  else for (const line of personLines(words, summary.patient)) pages.paragraph(line);
  for (const name of PARTS) await partInto(pages, words, summary, name);
  filesInto(pages, words, files);
  return pages.finish(words.page);
}

function personLines(words: ArchiveWords, person: Person): string[] {
  const { birthDate, gender, address, telecom, identifiers } = person;
  const genders: Readonly<Record<string, string>> = words.gender;
  const said: readonly (readonly [string, string | null])[] = [
    [words.born, birthDate],
    [words.address, addressLine(address)],
    [words.contact, telecom.map(({ value }) => value).join(', ') || null],
    [words.number, identifiers.map(({ value }) => value).join(', ') || null],
  ];
  const lines = said.flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  const isSaid = gender === null ? undefined : genders[gender];
  return isSaid === undefined ? lines : [...lines.slice(0, 1), isSaid, ...lines.slice(1)];
}

async function partInto(
  pages: Pages,
  words: ArchiveWords,
  summary: ChartSummary,
  name: (typeof PARTS)[number],
): Promise<void> {
  const part = summary.parts[name];
  pages.heading(words.part[name]);
  if (part.count === 0) {
    pages.paragraph(words.nothing);
    return;
  }
  const { head, rows } = tableOf(name, part, words);
  pages.table(head, rows, sharesOf(head.length));
  if (part.count > part.facts.length) pages.paragraph(words.newest(part.facts.length, part.count), 'small');
  // Whoever waits for an answer comes first.
  await new Promise<void>((turn) => setImmediate(turn));
}

function filesInto(pages: Pages, words: ArchiveWords, files: readonly ListedFile[]): void {
  pages.heading(words.files);
  if (files.length === 0) {
    pages.paragraph(words.nothing);
    return;
  }
  const newest = files.slice(-MOST_FILES).reverse();
  const { title, date, kind, bytes } = words.file;
  const rows = newest.map((file) => {
    const absence = absenceOf(file, words);
    const name = absence === null ? file.title : `${file.title} – ${absence}`;
    return [name, file.date ?? '', kindWord(file.kind, words), sizeText(file.bytes)];
  });
  pages.table([title, date, kind, bytes], rows, [5, 2, 2, 1.4]);
  if (files.length > newest.length) pages.paragraph(`${newest.length} / ${files.length}`, 'small');
}

/** The first column says what it is, and has the most to say. */
function sharesOf(columns: number): number[] {
  return Array.from({ length: columns }, (_, at) => (at === 0 ? 4 : at === 1 && columns > 2 ? 2.6 : 1.8));
}
