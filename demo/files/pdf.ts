/**
 * A PDF writer (ISO 32000-1) for letters and forms: Helvetica text that wraps and flows over pages, rules and
 * a drawn signature. The file has a true cross-reference table; its strings are WinAnsi (Latin-1).
 */
import { textWidth } from './helvetica.ts';

export type PdfLine =
  | { kind: 'title' | 'heading' | 'text' | 'small'; text: string }
  | { kind: 'space' }
  | { kind: 'rule' }
  | { kind: 'signature'; name: string; strokes: readonly (readonly [number, number])[] };

export interface PdfText {
  title: string;
  /** Stands in the document's properties, as `YYYY-MM-DD`. */
  date: string;
  lines: readonly PdfLine[];
}

const PAGE = { width: 612, height: 792, margin: 64 };
const STYLE = {
  title: { size: 17, font: 'F2', lead: 26 },
  heading: { size: 11.5, font: 'F2', lead: 20 },
  text: { size: 10.5, font: 'F1', lead: 15 },
  small: { size: 8.5, font: 'F1', lead: 12 },
} as const;

/** What Latin-1 has no letter for is written with its nearest plain form. */
function literal(text: string): string {
  const plain = text.replace(/[–—]/g, '-').replaceAll('’', "'").replaceAll('…', '...');
  const latin = [...plain.normalize('NFC')]
    .map((letter) => ((letter.codePointAt(0) ?? 0) > 255 ? letter.normalize('NFD').charAt(0) : letter))
    .join('');
  return `(${latin.replace(/[\\()]/g, '\\$&')})`;
}

function wrap(text: string, size: number, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, size) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line];
}

function signatureStrokes(points: readonly (readonly [number, number])[], y: number): string {
  const path = points.map(([px, py], index) => {
    const at = `${(PAGE.margin + 4 + px * 170).toFixed(1)} ${(y + 6 + py * 28).toFixed(1)}`;
    return `${at} ${index === 0 ? 'm' : 'l'}`;
  });
  return `0.1 0.15 0.45 RG 1.2 w ${path.join(' ')} S 0 0 0 RG 0.6 w`;
}

/** The content streams of the pages. */
function layOut(lines: readonly PdfLine[]): string[] {
  const pages: string[][] = [[]];
  let y = PAGE.height - PAGE.margin;
  const draw = (operators: string) => pages.at(-1)?.push(operators);
  const advance = (lead: number) => {
    if (y - lead < PAGE.margin) {
      pages.push([]);
      y = PAGE.height - PAGE.margin;
    }
    y -= lead;
  };
  for (const line of lines) {
    if (line.kind === 'space') advance(9);
    else if (line.kind === 'rule') {
      advance(10);
      draw(`0.6 w ${PAGE.margin} ${y + 3} m ${PAGE.width - PAGE.margin} ${y + 3} l S`);
    } else if (line.kind === 'signature') {
      advance(46);
      draw(signatureStrokes(line.strokes, y));
      draw(`${PAGE.margin} ${y} m ${PAGE.margin + 200} ${y} l S`);
      advance(13);
      draw(`BT /F1 8.5 Tf ${PAGE.margin} ${y} Td ${literal(line.name)} Tj ET`);
    } else {
      const { size, font, lead } = STYLE[line.kind];
      for (const row of wrap(line.text, size, PAGE.width - 2 * PAGE.margin)) {
        advance(lead);
        draw(`BT /${font} ${size} Tf ${PAGE.margin} ${y} Td ${literal(row)} Tj ET`);
      }
    }
  }
  return pages.map((page) => page.join('\n'));
}

export function writePdf(text: PdfText): Buffer {
  const streams = layOut(text.lines);
  const kids = streams.map((_, index) => `${6 + index * 2} 0 R`).join(' ');
  const font = (name: string) =>
    `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R /Lang (en-US) >>',
    `<< /Type /Pages /Kids [${kids}] /Count ${streams.length} >>`,
    font('Helvetica'),
    font('Helvetica-Bold'),
    `<< /Title ${literal(text.title)} /CreationDate (D:${text.date.replaceAll('-', '')}120000Z) >>`,
    ...streams.flatMap((stream, index) => [
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${PAGE.width} ${PAGE.height}] ` +
        `/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> /Contents ${7 + index * 2} 0 R >>`,
      `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    ]),
  ];
  let file = '%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n';
  const offsets = objects.map((object, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const start = file.length;
  file += `xref\n0 ${size}\n0000000000 65535 f \n${table}`;
  file += `trailer\n<< /Size ${size} /Root 1 0 R /Info 5 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}
