/**
 * Pages of text and tables, tagged so that a screen reader knows headings, paragraphs and cells
 * (ISO 32000-1 section 14.8), in A4 with room to write on.
 */
import { buffer } from 'node:stream/consumers';
import PDFDocument from 'pdfkit';
import { type Fonts, FROM_RIGHT, type Run } from './fonts.ts';
import { type Line, linesOf, type TextStyle } from './lines.ts';

const PAGE = { width: 595.28, height: 841.89, left: 51, right: 51, top: 54, bottom: 60 } as const;
const WIDTH = PAGE.width - PAGE.left - PAGE.right;
const LEADING = 1.38;
const STYLES = {
  title: { weight: 'bold', size: 21 },
  heading: { weight: 'bold', size: 13.5 },
  text: { weight: 'regular', size: 10 },
  small: { weight: 'regular', size: 8.5 },
  head: { weight: 'bold', size: 9 },
  cell: { weight: 'regular', size: 9 },
} as const satisfies Readonly<Record<string, TextStyle>>;
/** Letters of a cell at most: a line of the table stays on its page. */
const MOST_IN_CELL = 600;
const GAP = 10;

type Style = keyof typeof STYLES;
type Element = PDFKit.PDFStructureElement;

export class Pages {
  readonly #doc: PDFKit.PDFDocument;
  readonly #fonts: Fonts;
  readonly #root: Element;
  readonly #bytes: Promise<Buffer>;
  #y: number = PAGE.top;

  constructor(fonts: Fonts, { title, language, date }: { title: string; language: string; date: Date }) {
    this.#fonts = fonts;
    this.#doc = new PDFDocument({
      size: [PAGE.width, PAGE.height],
      margin: 0,
      tagged: true,
      displayTitle: true,
      lang: language,
      pdfVersion: '1.7',
      bufferPages: true,
      info: { Title: title, Creator: 'Postern', Producer: 'Postern', CreationDate: date },
    });
    this.#bytes = buffer(this.#doc);
    this.#bytes.catch(() => undefined);
    for (const { name, file } of fonts.all()) this.#doc.registerFont(name, file);
    this.#root = this.#doc.struct('Document');
    this.#doc.addStructure(this.#root);
  }

  title(text: string): void {
    this.#text('H1', text, 'title', 4);
  }

  /** Stays with what follows it. */
  heading(text: string): void {
    this.#y += 14;
    this.#room(72);
    this.#text('H2', text, 'heading', 5);
  }

  paragraph(text: string, style: 'text' | 'small' = 'text'): void {
    this.#text('P', text, style, 5);
  }

  /** `shares` say how wide the columns are to each other. */
  table(head: readonly string[], rows: readonly (readonly string[])[], shares: readonly number[]): void {
    const all = shares.reduce((sum, share) => sum + share, 0);
    const widths = shares.map((share) => ((WIDTH - GAP * (shares.length - 1)) * share) / all);
    const table = this.#doc.struct('Table');
    this.#root.add(table);
    this.#row(table, 'TH', head, widths);
    for (const row of rows) {
      const { height } = this.#cells(row, widths, 'cell');
      if (this.#y + height > PAGE.height - PAGE.bottom) {
        this.#nextPage();
        // Seen again on each page, and read out once.
        this.#doc.markContent('Artifact', { type: 'Layout' });
        this.#drawRow(this.#cells(head, widths, 'head'), widths, (draw) => draw());
        this.#doc.endMarkedContent();
      }
      this.#row(table, 'TD', row, widths);
    }
    table.end();
    this.#y += 6;
  }

  /** The whole document. `pageWords` says which page it is. */
  async finish(pageWords: (at: number, of: number) => string): Promise<Buffer> {
    const { start, count } = this.#doc.bufferedPageRange();
    for (let at = 0; at < count; at += 1) {
      this.#doc.switchToPage(start + at);
      this.#doc.markContent('Artifact', { type: 'Pagination' });
      const [line] = this.#lines(pageWords(at + 1, count), WIDTH, 'small');
      if (line !== undefined) this.#draw(line, PAGE.left, PAGE.height - 40, STYLES.small);
      this.#doc.endMarkedContent();
    }
    this.#root.end();
    this.#doc.end();
    return this.#bytes;
  }

  #text(type: 'H1' | 'H2' | 'P', text: string, style: Style, after: number): void {
    const height = STYLES[style].size * LEADING;
    const element = this.#doc.struct(type, spoken(text), () => {
      for (const line of this.#lines(text, WIDTH, style)) {
        this.#room(height);
        this.#draw(line, PAGE.left, this.#y, STYLES[style]);
        this.#y += height;
      }
    });
    this.#root.add(element);
    element.end();
    this.#y += after;
  }

  #row(table: Element, type: 'TH' | 'TD', texts: readonly string[], widths: readonly number[]): void {
    const cells = this.#cells(texts, widths, type === 'TH' ? 'head' : 'cell');
    this.#room(cells.height);
    const row = this.#doc.struct('TR');
    table.add(row);
    this.#drawRow(cells, widths, (draw, at) => {
      const cell = this.#doc.struct(type, spoken(texts[at]!), draw);
      row.add(cell);
      cell.end();
    });
    row.end();
  }

  #cells(texts: readonly string[], widths: readonly number[], style: 'head' | 'cell') {
    const lines = texts.map((text, at) => this.#lines(text.slice(0, MOST_IN_CELL), widths[at]!, style));
    const most = Math.max(1, ...lines.map(({ length }) => length));
    return { lines, style, height: most * STYLES[style].size * LEADING + 6 };
  }

  #drawRow(
    { lines, style, height }: { lines: Line[][]; style: 'head' | 'cell'; height: number },
    widths: readonly number[],
    each: (draw: () => void, at: number) => void,
  ): void {
    const top = this.#y + 3;
    let x: number = PAGE.left;
    for (const [at, of] of lines.entries()) {
      const left = x;
      each(() => {
        for (const [row, line] of of.entries()) {
          this.#draw(line, left, top + row * STYLES[style].size * LEADING, STYLES[style]);
        }
      }, at);
      x += widths[at]! + GAP;
    }
    this.#y += height;
    this.#rule(style === 'head' ? 0.8 : 0.3);
  }

  #rule(thickness: number): void {
    this.#doc.markContent('Artifact', { type: 'Layout' });
    this.#doc
      .lineWidth(thickness)
      .strokeColor('#777777')
      .moveTo(PAGE.left, this.#y)
      .lineTo(PAGE.width - PAGE.right, this.#y)
      .stroke();
    this.#doc.endMarkedContent();
  }

  #lines(text: string, width: number, style: Style): Line[] {
    const measure = ({ face, text: letters }: Run, size: number) =>
      this.#doc.font(face.name).fontSize(size).widthOfString(letters);
    return linesOf(text, width, STYLES[style], this.#fonts, measure);
  }

  #draw({ words }: Line, left: number, top: number, { size, weight }: TextStyle): void {
    let x = left;
    const space = this.#doc
      .font(this.#fonts.runs(' ', weight)[0]!.face.name)
      .fontSize(size)
      .widthOfString(' ');
    for (const { runs } of words) {
      for (const { face, text } of runs) {
        this.#doc.font(face.name).fontSize(size).fillColor('#111111');
        // Fonts differ in how far they reach up; all stand on one line.
        this.#doc.text(text, x, top + size, { lineBreak: false, baseline: 'alphabetic' });
        x += this.#doc.widthOfString(text);
      }
      x += space;
    }
  }

  #room(height: number): void {
    if (this.#y + height > PAGE.height - PAGE.bottom) this.#nextPage();
  }

  #nextPage(): void {
    this.#doc.addPage();
    this.#y = PAGE.top;
  }
}

/** Letters from right to left stand on the page the other way round: what is read out is said apart. */
function spoken(text: string): { actual?: string } {
  return FROM_RIGHT.test(text) ? { actual: text } : {};
}
