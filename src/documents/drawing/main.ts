/**
 * The process that draws: one request, one file, one answer, and it ends. It is started without an
 * environment, and by Node's permission model reads nothing but its own code, writes nothing, starts nothing
 * and reaches no network.
 */
import { buffer } from 'node:stream/consumers';
import { codecOf } from './dicom-codecs.ts';
import { syntaxOf } from './dicom-frame.ts';
import { dicomPicture } from './draw-dicom.ts';
import { heicPixels } from './draw-heic.ts';
import { pdfPixels } from './draw-pdf.ts';
import { type Drawn, drawPicture, drawPixels } from './draw-picture.ts';
import { type DrawingAnswer, type DrawingRequest, MOST_FILE_BYTES, NotDrawn } from './drawing.ts';

const NEW_LINE = 10;

async function draw(content: Buffer, request: DrawingRequest): Promise<Drawn> {
  switch (request.kind) {
    case 'heic':
      return drawPixels(await heicPixels(content), request);
    case 'pdf':
      return drawPixels(await pdfPixels(content, request), request);
    case 'dicom':
      return drawDicom(content, request);
    default:
      return drawPicture(content, request);
  }
}

async function drawDicom(content: Buffer, request: DrawingRequest): Promise<Drawn> {
  const codec = await codecOf(syntaxOf(content));
  const picture = dicomPicture(content, request.page, codec);
  if ('pixels' in picture) return drawPixels(picture.pixels, request);
  const drawn = await drawPicture(picture.jpeg, { ...request, kind: 'jpeg', page: 1 });
  return { ...drawn, pages: picture.pages };
}

async function answer(): Promise<void> {
  const input = await buffer(process.stdin);
  const end = input.indexOf(NEW_LINE);
  const content = input.subarray(end + 1);
  if (content.length > MOST_FILE_BYTES) return say({ drawn: false, why: 'too-large' });
  try {
    const request = JSON.parse(input.subarray(0, end).toString()) as DrawingRequest;
    const { picture, width, height, pages } = await draw(content, request);
    say({ drawn: true, width, height, pages }, picture);
  } catch (error) {
    // What decoders say holds bytes of the file, and nobody needs it.
    say({ drawn: false, why: error instanceof NotDrawn ? error.why : 'damaged' });
  }
}

function say(words: DrawingAnswer, picture: Buffer = Buffer.alloc(0)): void {
  process.stdout.write(Buffer.concat([Buffer.from(`${JSON.stringify(words)}\n`), picture]), () =>
    process.exit(0),
  );
}

// Decoders that talk would talk into the answer.
for (const way of ['log', 'info', 'debug'] as const) console[way] = () => undefined;
await answer();
