/** Pages of PDF by pdf.js: nothing of the file is run, and nothing but its own bytes is read. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DrawingRequest, MOST_PIXELS, NotDrawn, type Pixels } from './drawing.ts';

type Pdfjs = typeof import('pdfjs-dist/legacy/build/pdf.mjs');

const MOST_CANVAS_PIXELS = 16_000_000;

interface DrawingCanvas {
  width: number;
  height: number;
  getContext(kind: '2d'): {
    getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray };
  };
}

export async function pdfPixels(content: Buffer, request: DrawingRequest): Promise<Pixels> {
  const pdfjs = await loaded();
  const files = join(dirname(fileURLToPath(import.meta.resolve('pdfjs-dist/package.json'))), '/');
  const loading = pdfjs.getDocument({
    data: new Uint8Array(content),
    cMapUrl: `${files}cmaps/`,
    standardFontDataUrl: `${files}standard_fonts/`,
    wasmUrl: `${files}wasm/`,
    iccUrl: `${files}iccs/`,
    disableFontFace: true,
    useSystemFonts: false,
    enableXfa: false,
    isOffscreenCanvasSupported: false,
    maxImageSize: MOST_PIXELS,
    canvasMaxAreaInBytes: MOST_CANVAS_PIXELS * 4,
    verbosity: pdfjs.VerbosityLevel.ERRORS,
  });
  try {
    const document = await loading.promise;
    const pages = document.numPages;
    if (request.page > pages) throw new NotDrawn('no-such-page');
    const page = await document.getPage(request.page);
    const whole = page.getViewport({ scale: 1 });
    const scale = Math.min(request.width / whole.width, request.height / whole.height);
    const viewport = page.getViewport({ scale });
    // A page may say that it is a thread: its other side is still a pixel.
    const [width, height] = [viewport.width, viewport.height].map((side) => Math.max(1, Math.round(side)));
    const factory = document.canvasFactory as {
      create(width: number, height: number): { canvas: DrawingCanvas };
    };
    const { canvas } = factory.create(width!, height!);
    await page.render({ canvas: canvas as never, viewport, background: '#ffffff' }).promise;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width!, height!);
    return { width: width!, height: height!, channels: 4, bytes: Buffer.from(data.buffer), pages };
  } catch (error) {
    throw explained(error);
  }
}

/** The smaller build of the same, which is read in half the time. */
async function loaded(): Promise<Pdfjs> {
  const build: string = 'pdfjs-dist/legacy/build/pdf.min.mjs';
  const pdfjs = (await import(build)) as Pdfjs;
  pdfjs.GlobalWorkerOptions.workerSrc = import.meta.resolve('pdfjs-dist/legacy/build/pdf.worker.min.mjs');
  return pdfjs;
}

function explained(error: unknown): unknown {
  const name = (error as Error | null)?.name;
  if (name === 'PasswordException') return new NotDrawn('protected');
  return error;
}
