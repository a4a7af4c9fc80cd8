/** A film for the camera that a browser pretends to have: a card on a table (YUV4MPEG2, 4:2:0 chroma). */
import { writeFile } from 'node:fs/promises';

const [WIDTH, HEIGHT] = [640, 480];
const FRAMES = 10;

export interface Scene {
  /** Lightness from 0 to 255, of the table and of the card in the middle of it. */
  readonly table: number;
  readonly card: number;
}

/** What Chromium has to be started with for that film. */
export function cameraArguments(path: string): string[] {
  return [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-video-capture=${path}`,
  ];
}

export async function filmCard(path: string, scene: Scene): Promise<void> {
  const frame = Buffer.concat([
    Buffer.from('FRAME\n'),
    lightness(scene),
    Buffer.alloc((WIDTH * HEIGHT) / 2, 128),
  ]);
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`);
  await writeFile(path, Buffer.concat([head, ...Array<Buffer>(FRAMES).fill(frame)]));
}

/** The card has stripes, as of writing. */
function lightness({ table, card }: Scene): Buffer {
  const plane = Buffer.alloc(WIDTH * HEIGHT, table);
  for (let y = 120; y < 360; y += 1) {
    for (let x = 130; x < 510; x += 1) {
      const isWriting = y % 40 < 10 && x > 160 && x < 400;
      plane[y * WIDTH + x] = isWriting ? 30 : card;
    }
  }
  return plane;
}
