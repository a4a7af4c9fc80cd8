/**
 * The page that one opens first: all in one file, without scripts, and with nothing that it would fetch. It
 * forbids itself both, wherever it is opened.
 */
import type { ChartSummary } from '../summary/chart-summary.ts';
import type { ArchiveWords } from '../words/archive-words.ts';
import type { Language } from '../words/words.ts';
import { kindWord, sizeText } from './file-words.ts';
import { absenceOf, type ListedFile } from './listed-file.ts';

export interface IndexContent {
  readonly summary: ChartSummary;
  readonly files: readonly ListedFile[];
  /** A day. */
  readonly date: string;
  readonly language: Language;
}

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const STYLE = `
:root { color-scheme: light dark; --line: #8886; --soft: #8881 }
body { font: 1.0625rem/1.6 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 2rem 1rem 4rem }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 .25rem }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem }
.careful { border-inline-start: .3rem solid #c60; padding: .5rem 1rem; background: var(--soft) }
ul.inside { list-style: none; padding: 0 }
ul.inside li { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; margin: .5rem 0 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: start; vertical-align: top; padding: .5rem .75rem .5rem 0 }
th, td { border-bottom: 1px solid var(--line) }
td { overflow-wrap: anywhere }
td + td { overflow-wrap: normal; white-space: nowrap }
.scroll { overflow-x: auto }
a { color: inherit; text-decoration-thickness: .1em; text-underline-offset: .2em }
small { opacity: .8 }
@media print { a { text-decoration: none } }
`;

export function indexPage(words: ArchiveWords, content: IndexContent): string {
  const { summary, files, date, language } = content;
  const title = words.title(summary.patient?.name ?? '—');
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(words.madeOn(date, summary.practice))} ${escaped(words.whatIsIn)}</p>
<p class="careful">${escaped(words.careful)}</p>
${summary.incomplete ? `<p class="careful">${escaped(words.incomplete)}</p>` : ''}
<h2>${escaped(words.inHere)}</h2>
<ul class="inside">
${INSIDE.map(([href, item]) => `<li><a href="${href}">${escaped(words.item[item])}</a></li>`).join('\n')}
</ul>
${partsOf(words, summary)}
${filesOf(words, files)}
</main>
</body>
</html>
`;
}

const INSIDE = [
  ['summary.pdf', 'summary'],
  ['c-cda/summary.xml', 'ccda'],
  ['fhir/bundle.json', 'bundle'],
  ['files/index.csv', 'list'],
] as const satisfies readonly (readonly [string, keyof ArchiveWords['item']])[];

function partsOf(words: ArchiveWords, { parts }: ChartSummary): string {
  const lines = Object.entries(parts)
    .filter(([, { count }]) => count > 0)
    .map(
      ([name, { count }]) =>
        `<tr><td>${escaped(words.part[name as keyof typeof parts])}</td><td>${count}</td></tr>`,
    );
  if (lines.length === 0) return '';
  return `<h2>${escaped(words.summary)}</h2>\n<table><tbody>\n${lines.join('\n')}\n</tbody></table>`;
}

function filesOf(words: ArchiveWords, files: readonly ListedFile[]): string {
  const heading = `<h2 id="files">${escaped(words.files)}</h2>`;
  if (files.length === 0) return `${heading}\n<p>${escaped(words.nothing)}</p>`;
  const { title, date, kind, bytes } = words.file;
  const head = [title, date, kind, bytes].map((one) => `<th scope="col">${escaped(one)}</th>`).join('');
  const rows = files.map((file) => rowOf(words, file)).join('\n');
  return `${heading}
<div class="scroll"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${rows}
</tbody>
</table></div>`;
}

function rowOf(words: ArchiveWords, file: ListedFile): string {
  const link = `<a href="files/${encodeURIComponent(file.name)}"><bdi>${escaped(file.title)}</bdi></a>`;
  const absence = absenceOf(file, words);
  const name =
    absence === null ? link : `<bdi>${escaped(file.title)}</bdi><br><small>${escaped(absence)}</small>`;
  const cells = [
    name,
    escaped(file.date ?? ''),
    // Of what is not in here there is neither.
    absence === null ? escaped(kindWord(file.kind, words)) : '',
    absence === null ? escaped(sizeText(file.bytes)) : '',
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function escaped(text: string): string {
  const safe = text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' ');
  return safe.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
