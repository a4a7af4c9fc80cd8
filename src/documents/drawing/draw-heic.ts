/** Photos of phones by libheif in WebAssembly: memory of its own, and no way out of it. */
import { createRequire } from 'node:module';
import { MOST_PIXELS, NotDrawn, type Pixels } from './drawing.ts';

interface HeifImage {
  get_width(): number;
  get_height(): number;
  is_primary(): boolean;
  display(
    into: { data: Uint8ClampedArray; width: number; height: number },
    done: (drawn: { data: Uint8ClampedArray } | null) => void,
  ): void;
}

interface Libheif {
  readonly HeifDecoder: new () => { decode(content: Uint8Array): HeifImage[] };
}

/** The first picture, upright: libheif turns it as the file says. */
export async function heicPixels(content: Buffer): Promise<Pixels> {
  const { HeifDecoder } = createRequire(import.meta.url)('libheif-js/wasm-bundle') as Libheif;
  const images = new HeifDecoder().decode(content);
  const image = images.find((each) => each.is_primary()) ?? images[0];
  if (image === undefined) throw new NotDrawn('damaged');
  const [width, height] = [image.get_width(), image.get_height()];
  if (width < 1 || height < 1) throw new NotDrawn('damaged');
  if (width * height > MOST_PIXELS) throw new NotDrawn('too-large');
  const bytes = await new Promise<Uint8ClampedArray | null>((resolve) => {
    const into = { data: new Uint8ClampedArray(width * height * 4), width, height };
    image.display(into, (drawn) => resolve(drawn === null ? null : drawn.data));
  });
  if (bytes === null) throw new NotDrawn('damaged');
  return { width, height, channels: 4, bytes: Buffer.from(bytes.buffer), pages: 1 };
}
