/** PDF files by hand: what a test needs and no writer of PDFs would write. */
import { deflateSync } from 'node:zlib';

/** A page of 200 x 100 points with this as its drawing, packed as often as is said. */
export function pdfOf(content: string | Buffer, { packed = 1, pages = 1 } = {}): Buffer {
  let stream = Buffer.from(content as string);
  for (let round = 0; round < packed; round += 1) stream = deflateSync(stream);
  const filters = Array.from({ length: packed }, () => '/FlateDecode').join(' ');
  const numbers = Array.from({ length: pages }, (_, index) => index + 5);
  const page =
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R ' +
    '/Resources << /Font << /F 3 0 R >> >> >>';
  const objects = [
    Buffer.from('<< /Type /Catalog /Pages 2 0 R >>'),
    Buffer.from(
      `<< /Type /Pages /Count ${pages} /Kids [${numbers.map((each) => `${each} 0 R`).join(' ')}] >>`,
    ),
    Buffer.from('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'),
    Buffer.concat([
      Buffer.from(`<< /Length ${stream.length} /Filter [${filters}] >>\nstream\n`),
      stream,
      Buffer.from('\nendstream'),
    ]),
    ...numbers.map(() => Buffer.from(page)),
  ];
  const parts = [Buffer.from('%PDF-1.4\n')];
  const offsets: number[] = [];
  let length = parts[0]!.length;
  for (const [index, object] of objects.entries()) {
    offsets.push(length);
    const part = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), object, Buffer.from('\nendobj\n')]);
    parts.push(part);
    length += part.length;
  }
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const end = `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${size} /Root 1 0 R >>\n`;
  return Buffer.concat([...parts, Buffer.from(`${end}startxref\n${length}\n%%EOF\n`)]);
}
