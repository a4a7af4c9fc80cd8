/** Pictures of cards: what of the camera is the card, how the light is, and both sides as one picture. */

/** Width by height of ID-1 (ISO/IEC 7810), which nearly every card has. */
export const CARD_RATIO = 85.6 / 53.98;
/** How much of what the camera sees the frame takes up at most, in either direction. */
export const FRAME_SHARE = 0.86;
/** Around the frame, so that no corner is cut off that lies a little outside. */
const MARGIN = 0.04;
const LONGEST = 1600;
const QUALITY = 0.9;
const GAP = 16;

export type Light = 'good' | 'dark' | 'glare';

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where the frame is in a picture of that size. */
export function frameIn(width: number, height: number): Box {
  const across = Math.min(width * FRAME_SHARE, height * FRAME_SHARE * CARD_RATIO);
  const down = across / CARD_RATIO;
  return { left: (width - across) / 2, top: (height - down) / 2, width: across, height: down };
}

/** The card as the camera sees it now. */
export function pictureOf(video: HTMLVideoElement): HTMLCanvasElement {
  const { videoWidth: width, videoHeight: height } = video;
  const frame = frameIn(width, height);
  const [across, down] = [width * MARGIN, height * MARGIN];
  const left = Math.max(0, frame.left - across);
  const top = Math.max(0, frame.top - down);
  const cut = {
    left,
    top,
    width: Math.min(width - left, frame.width + 2 * across),
    height: Math.min(height - top, frame.height + 2 * down),
  };
  return drawn(video, cut);
}

/** A picture that was chosen, whole. Throws where it is none. */
export async function pictureIn(file: Blob): Promise<HTMLCanvasElement> {
  const bitmap = await createImageBitmap(file);
  try {
    return drawn(bitmap, { left: 0, top: 0, width: bitmap.width, height: bitmap.height });
  } finally {
    bitmap.close();
  }
}

function drawn(source: CanvasImageSource, { left, top, width, height }: Box): HTMLCanvasElement {
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext('2d')!.drawImage(source, left, top, width, height, 0, 0, canvas.width, canvas.height);
  return canvas;
}

const SAMPLE = 48;
const DARK = 55;
const BRIGHT = 250;
const GLARING_SHARE = 0.06;

/** How the light is where the card is meant to be. */
export function lightOf(video: HTMLVideoElement): Light {
  const { left, top, width, height } = frameIn(video.videoWidth, video.videoHeight);
  const canvas = document.createElement('canvas');
  canvas.width = SAMPLE;
  canvas.height = SAMPLE;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.drawImage(video, left, top, width, height, 0, 0, SAMPLE, SAMPLE);
  return lightIn(context.getImageData(0, 0, SAMPLE, SAMPLE).data);
}

/** Of points in red, green, blue and alpha. */
export function lightIn(points: ArrayLike<number>): Light {
  let [sum, bright] = [0, 0];
  const count = points.length / 4;
  for (let at = 0; at < points.length; at += 4) {
    const lightness = 0.2126 * points[at]! + 0.7152 * points[at + 1]! + 0.0722 * points[at + 2]!;
    sum += lightness;
    if (lightness >= BRIGHT) bright += 1;
  }
  if (bright / count > GLARING_SHARE) return 'glare';
  return sum / count < DARK ? 'dark' : 'good';
}

/** Both sides below one another, as one JPEG: one card is one document. */
export async function cardFile(sides: readonly HTMLCanvasElement[], name: string): Promise<File> {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(...sides.map(({ width }) => width));
  canvas.height = sides.reduce((sum, { height }) => sum + height, GAP * (sides.length - 1));
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  let top = 0;
  for (const side of sides) {
    context.drawImage(side, 0, top);
    top += side.height + GAP;
  }
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', QUALITY));
  if (blob === null) throw new Error('The picture could not be made');
  return new File([blob], name, { type: 'image/jpeg' });
}
