/** PDF files that are made for a test, object by object (ISO 32000-1 section 7.5). */
import sharp from 'sharp';

type Part = string | Uint8Array;

/** Each object is what stands between `obj` and `endobj`; the first is the catalog. */
export function makePdf(objects: readonly (readonly Part[])[]): Buffer {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')];
  let length = parts[0]!.length;
  const places = objects.map((object, at) => {
    const place = length;
    const written = [`${at + 1} 0 obj\n`, ...object, '\nendobj\n'].map((part) =>
      typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part),
    );
    for (const part of written) length += part.length;
    parts.push(...written);
    return place;
  });
  const rows = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}`;
  const end = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`;
  return Buffer.concat([...parts, Buffer.from(table + end, 'latin1')]);
}

export function stream(dictionary: string, content: Part): Part[] {
  return [`<< ${dictionary} /Length ${content.length} >>\nstream\n`, content, '\nendstream'];
}

const FONT = '/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>';

/** One page that says something, with more in its catalog, in its dictionary, and as objects from 5. */
export function pageOfPdf(
  text: string,
  more: { catalog?: string; page?: string; objects?: readonly (readonly Part[])[] } = {},
): Buffer {
  return makePdf([
    [`<< /Type /Catalog /Pages 2 0 R ${more.catalog ?? ''} >>`],
    ['<< /Type /Pages /Kids [3 0 R] /Count 1 >>'],
    [`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 300] /Contents 4 0 R ${FONT} ${more.page ?? ''} >>`],
    stream('', `BT /F1 24 Tf 40 200 Td (${text}) Tj ET`),
    ...(more.objects ?? []),
  ]);
}

/** Two pages, with megabytes between them that nobody needs who reads the first. */
export function largePdf(bytes: number): Buffer {
  const page = (content: number) =>
    `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 300] /Contents ${content} 0 R ${FONT} >>`;
  const words = (text: string) => stream('', `BT /F1 24 Tf 40 200 Td (${text}) Tj ET`);
  const picture = stream(
    `/Type /XObject /Subtype /Image /Width 1000 /Height ${Math.ceil(bytes / 1000)} /BitsPerComponent 8 ` +
      '/ColorSpace /DeviceGray',
    new Uint8Array(Math.ceil(bytes / 1000) * 1000).fill(0x80),
  );
  return makePdf([
    ['<< /Type /Catalog /Pages 2 0 R >>'],
    ['<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>'],
    [page(5)],
    [page(7)],
    words('The first of two'),
    picture,
    words('The last of two'),
  ]);
}

/** A page that is one picture, black on the left and white on the right, packed as faxes are (ITU-T T.6). */
export async function faxedPdf(): Promise<Buffer> {
  const [width, height] = [200, 100];
  const grey = Buffer.alloc(width * height);
  for (let at = 0; at < grey.length; at += 1) grey[at] = at % width < width / 2 ? 0 : 255;
  const tiff = await sharp(grey, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .tiff({ compression: 'ccittfax4', bitdepth: 1 })
    .toBuffer();
  const packed = stripOf(tiff);
  const parameters = `/DecodeParms << /K -1 /Columns ${width} /Rows ${height} >>`;
  const picture = stream(
    `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /BitsPerComponent 1 ` +
      `/ColorSpace /DeviceGray /Filter /CCITTFaxDecode ${parameters}`,
    packed,
  );
  return makePdf([
    ['<< /Type /Catalog /Pages 2 0 R >>'],
    ['<< /Type /Pages /Kids [3 0 R] /Count 1 >>'],
    [
      '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R ' +
        '/Resources << /XObject << /I 5 0 R >> >> >>',
    ],
    stream('', '200 0 0 100 0 0 cm /I Do'),
    picture,
  ]);
}

/** The one strip of a TIFF of little end (TIFF 6.0 section 2). */
function stripOf(tiff: Buffer): Uint8Array {
  const directory = tiff.readUInt32LE(4);
  const field = (tag: number) => {
    for (let at = 0; at < tiff.readUInt16LE(directory); at += 1) {
      const place = directory + 2 + 12 * at;
      if (tiff.readUInt16LE(place) !== tag) continue;
      if (tiff.readUInt32LE(place + 4) !== 1) throw new Error('The picture has more than one strip');
      return tiff.readUInt16LE(place + 2) === 3 ? tiff.readUInt16LE(place + 8) : tiff.readUInt32LE(place + 8);
    }
    throw new Error(`The picture has no field ${tag}`);
  };
  const start = field(273);
  return tiff.subarray(start, start + field(279));
}
