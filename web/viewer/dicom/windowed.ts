/** Grey values through a window, as light (PS3.3 C.11.2.1.2). Pure. */
import type { DicomImage, Window } from './dicom-file.ts';
import type { GreyFrame } from './samples.ts';

type Scale = Pick<DicomImage, 'slope' | 'intercept'>;

/** All values of the frame, from the lowest to the highest. */
export function fullWindow({ low, high }: GreyFrame, { slope, intercept }: Scale): Window {
  const [one, other] = [low * slope + intercept, high * slope + intercept];
  return { center: (one + other) / 2 + 0.5, width: Math.max(1, Math.abs(other - one) + 1) };
}

/** How light a value is, 0 to 255. */
export function lightOf(value: number, { center, width }: Window): number {
  if (width <= 1) return value < center - 0.5 ? 0 : 255;
  const share = (value - (center - 0.5)) / (width - 1) + 0.5;
  return Math.round(Math.min(1, Math.max(0, share)) * 255);
}

/** Fills `rgba` with what the window makes of the frame. */
export function throughWindow(
  frame: GreyFrame,
  scale: Scale,
  window: Window,
  isInverted: boolean,
  rgba: Uint8ClampedArray,
): void {
  const lights = tableOf(frame, scale, window, isInverted);
  frame.values.forEach((value, at) => {
    const light = lights(value);
    rgba[at * 4] = light;
    rgba[at * 4 + 1] = light;
    rgba[at * 4 + 2] = light;
    rgba[at * 4 + 3] = 255;
  });
}

const LARGEST_TABLE = 65_536;

/** What each value becomes, worked out once where there are not too many of them. */
function tableOf(frame: GreyFrame, { slope, intercept }: Scale, window: Window, isInverted: boolean) {
  const light = (value: number) => {
    const lit = lightOf(value * slope + intercept, window);
    return isInverted ? 255 - lit : lit;
  };
  // What stands for nothing may lie beyond the others.
  const range = frame.high - frame.low + 1;
  if (range > LARGEST_TABLE) return light;
  const table = Uint8ClampedArray.from({ length: range }, (_, at) => light(frame.low + at));
  return (value: number) => table[value - frame.low] ?? light(value);
}
