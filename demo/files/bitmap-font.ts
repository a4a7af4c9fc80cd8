/** Block letters of five by seven dots for drawn cards; each row of a glyph is one base-32 digit. */
import type { Colour, Painter } from './raster.ts';

const GLYPHS: Readonly<Record<string, string>> = {
  A: 'ehhvhhh',
  B: 'uhhuhhu',
  C: 'ehggghe',
  D: 'uhhhhhu',
  E: 'vgguggv',
  F: 'vgguggg',
  G: 'ehgnhhf',
  H: 'hhhvhhh',
  I: 'e44444e',
  J: '72222ic',
  K: 'hikokih',
  L: 'ggggggv',
  M: 'hrllhhh',
  N: 'hhpljhh',
  O: 'ehhhhhe',
  P: 'uhhuggg',
  Q: 'ehhhlid',
  R: 'uhhukih',
  S: 'fgge11u',
  T: 'v444444',
  U: 'hhhhhhe',
  V: 'hhhhha4',
  W: 'hhhllla',
  X: 'hha4ahh',
  Y: 'hhha444',
  Z: 'v1248gv',
  0: 'ehjlphe',
  1: '4c4444e',
  2: 'eh1248v',
  3: 'v2421he',
  4: '26aiv22',
  5: 'vgu11he',
  6: '68guhhe',
  7: 'v124888',
  8: 'ehhehhe',
  9: 'ehhf12c',
  '.': '00000cc',
  ',': '0000448',
  '-': '000e000',
  '/': '01248g0',
  '#': 'aavavaa',
  "'": '4480000',
  ':': '0cc0cc0',
  ' ': '0000000',
};

/** Width in pixels of a line of text at that scale (pixels to a dot). */
export function bitmapTextWidth(text: string, scale: number): number {
  return text.length * 6 * scale;
}

/** Writes capitals; accents are dropped and unknown signs left blank. */
export function paintText(
  painter: Painter,
  text: string,
  left: number,
  top: number,
  scale: number,
  colour: Colour,
): void {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('’', "'").toUpperCase();
  [...plain].forEach((letter, index) => {
    const rows = GLYPHS[letter] ?? GLYPHS[' '] ?? '';
    [...rows].forEach((digit, y) => {
      const bits = Number.parseInt(digit, 32);
      for (let x = 0; x < 5; x += 1) {
        if ((bits >> (4 - x)) & 1) {
          painter.rectangle(left + (index * 6 + x) * scale, top + y * scale, scale, scale, colour);
        }
      }
    });
  });
}
