/** Pictures by libvips, which is told beforehand which of its readers may be used at all. */
import sharp, { type Sharp } from 'sharp';
import { type DrawingRequest, MOST_PIXELS, NotDrawn, type Pixels } from './drawing.ts';

export interface Drawn {
  readonly picture: Buffer;
  readonly width: number;
  readonly height: number;
  readonly pages: number;
}

/** No reader but these: no SVG, no PDF, no GIF, and nothing that a build may bring along. */
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadWebpBuffer',
    'VipsForeignLoadTiffBuffer',
  ],
});
sharp.cache(false);
sharp.concurrency(1);

const READERS: Readonly<Record<string, string>> = { jpeg: 'jpeg', png: 'png', webp: 'webp', tiff: 'tiff' };

/** Draws a picture upright, without anything that it says about itself. */
export async function drawPicture(content: Buffer, request: DrawingRequest): Promise<Drawn> {
  const options = { limitInputPixels: MOST_PIXELS, failOn: 'error', sequentialRead: true } as const;
  const facts = await sharp(content, options).metadata();
  if (facts.format !== READERS[request.kind]) throw new NotDrawn('damaged');
  if (facts.width * facts.height > MOST_PIXELS) throw new NotDrawn('too-large');
  // Frames of a moving picture are not pages.
  const pages = request.kind === 'tiff' ? (facts.pages ?? 1) : 1;
  if (request.page > pages) throw new NotDrawn('no-such-page');
  const page = pages > 1 ? { page: request.page - 1 } : {};
  return fitted(sharp(content, { ...options, ...page }).autoOrient(), request, pages);
}

/** The same of what was drawn by hand. */
export function drawPixels(pixels: Pixels, request: DrawingRequest): Promise<Drawn> {
  const { width, height, channels, bytes, pages } = pixels;
  return fitted(sharp(bytes, { raw: { width, height, channels } }), request, pages);
}

/** Everything that the original said about itself stays behind, its colours are those of every screen. */
async function fitted(image: Sharp, { width, height }: DrawingRequest, pages: number): Promise<Drawn> {
  const { data, info } = await image
    .resize({ width, height, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .webp({ quality: 82 })
    .toBuffer({ resolveWithObject: true });
  return { picture: data, width: info.width, height: info.height, pages };
}
