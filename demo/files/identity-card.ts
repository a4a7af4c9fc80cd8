/** Draws the photo ID of an invented person: invented issuer, drawn face, "specimen" in plain sight. */
import type { Random } from '../random.ts';
import { paintText } from './bitmap-font.ts';
import { type Colour, Painter, type Raster } from './raster.ts';

export interface CardHolder {
  name: string;
  birthDate: string;
  address: string;
  city: string;
  cardNumber: string;
  expires: string;
  ageYears: number;
  gender: 'male' | 'female' | 'other' | 'unknown';
  /** 0 (fair) to 5 (dark); chance decides where it is not said. */
  complexion?: number;
}

const SKIN: readonly Colour[] = [
  [246, 214, 186],
  [233, 190, 152],
  [214, 164, 120],
  [180, 126, 84],
  [138, 92, 60],
  [98, 64, 44],
];
const HAIR: readonly Colour[] = [
  [38, 28, 24],
  [62, 42, 28],
  [96, 62, 34],
  [150, 104, 52],
  [196, 160, 96],
  [112, 44, 26],
];
const GREY_HAIR: readonly Colour[] = [
  [176, 176, 178],
  [206, 206, 206],
  [140, 140, 142],
];
const CLOTHES: readonly Colour[] = [
  [44, 72, 112],
  [112, 42, 52],
  [46, 92, 74],
  [72, 70, 82],
  [148, 108, 52],
  [86, 60, 110],
];
const BANDS: readonly Colour[] = [
  [24, 74, 112],
  [30, 96, 88],
  [92, 52, 88],
];
const PAPER: Colour = [240, 244, 242];
const INK: Colour = [28, 32, 40];
const LABEL: Colour = [96, 108, 122];

function shade([red, green, blue]: Colour, factor: number): Colour {
  return [red * factor, green * factor, blue * factor];
}

/** Eyes, nose, mouth, and what some wear. */
function drawFeatures(
  painter: Painter,
  x: number,
  top: number,
  { skin, hair }: { skin: Colour; hair: Colour },
  holder: CardHolder,
  random: Random,
): void {
  for (const side of [-1, 1]) {
    const eye = x + side * 9;
    painter.ellipse(eye, top + 48, 4, 2.6, [250, 250, 248]);
    painter.ellipse(
      eye,
      top + 48,
      1.9,
      2.1,
      random.pick([
        [60, 42, 30],
        [52, 84, 116],
        [70, 96, 60],
      ] as const),
    );
    painter.stroke(
      [
        [eye - 5, top + 42],
        [eye, top + 40.5],
        [eye + 5, top + 42],
      ],
      1,
      shade(hair, 0.8),
    );
  }
  painter.stroke(
    [
      [x, top + 50],
      [x - 2.5, top + 58],
      [x + 1.5, top + 59],
    ],
    0.8,
    shade(skin, 0.78),
  );
  painter.stroke(
    [
      [x - 7, top + 66],
      [x, top + 68.5],
      [x + 7, top + 66],
    ],
    1.1,
    [160, 84, 80],
  );
  if (random.chance(holder.ageYears > 45 ? 0.55 : 0.2)) {
    painter.stroke(
      [
        [x - 15, top + 47],
        [x + 15, top + 47],
      ],
      0.8,
      INK,
    );
  }
  if (holder.gender === 'male' && random.chance(0.35)) {
    painter.ellipse(x, top + 74, 10, 5, hair);
  }
}

/** Head and shoulders in a box of 92 by 112 pixels. */
function drawFace(painter: Painter, left: number, top: number, holder: CardHolder, random: Random): void {
  const drawn = random.int(0, SKIN.length - 1);
  const tone = holder.complexion ?? drawn;
  const skin = SKIN[tone] ?? [214, 164, 120];
  const hairs = tone > 1 ? HAIR.slice(0, 2) : HAIR;
  const hair = random.pick(holder.ageYears > 62 ? GREY_HAIR : hairs);
  const longHair = holder.gender === 'female' ? random.chance(0.75) : random.chance(0.1);
  const x = left + 46;
  const headX = 21 + random.int(-2, 2);
  const headY = 27 + random.int(-2, 2);
  painter.rectangle(left, top, 92, 112, [204, 216, 226]);
  if (longHair) painter.ellipse(x, top + 56, headX + 9, headY + 16, hair);
  painter.ellipse(x, top + 118, 42, 34, random.pick(CLOTHES));
  painter.rectangle(x - 9, top + 68, 18, 20, shade(skin, 0.88));
  painter.ellipse(x, top + 50, headX, headY, skin);
  painter.ellipse(x - headX, top + 52, 4, 6, shade(skin, 0.92));
  painter.ellipse(x + headX, top + 52, 4, 6, shade(skin, 0.92));
  painter.ellipse(x, top + 28, headX + 1, 12, hair);
  painter.ellipse(x - headX + 4, top + 36, 5, 10, hair);
  painter.ellipse(x + headX - 4, top + 36, 5, 10, hair);
  drawFeatures(painter, x, top, { skin, hair }, holder, random);
}

/** An RGB picture of 340 by 214 pixels. */
export function drawIdentityCard(holder: CardHolder, random: Random): Raster {
  const painter = new Painter(340, 214, PAPER);
  const band = random.pick(BANDS);
  for (let y = 40; y < 214; y += 6)
    painter.stroke(
      [
        [0, y],
        [340, y - 18],
      ],
      0.5,
      [224, 233, 233],
    );
  painter.rectangle(0, 0, 340, 34, band);
  paintText(painter, 'North Lakes Region', 12, 7, 2, [255, 255, 255]);
  paintText(painter, 'Identity card - specimen', 12, 24, 1, [214, 228, 238]);
  drawFace(painter, 12, 46, holder, random);
  painter.rectangle(4, 158, 108, 42, PAPER);
  const [first = '', ...rest] = holder.name.split(' ');
  const fields: [string, string, number][] = [
    ['Name', rest.join(' '), 2],
    ['Given name', first, 2],
    ['Date of birth', holder.birthDate, 2],
    ['Card number', holder.cardNumber, 1],
    ['Address', holder.address, 1],
    ['', holder.city, 1],
    ['Expires', holder.expires, 1],
  ];
  let y = 46;
  for (const [label, value, scale] of fields) {
    if (label === '') y -= 12;
    paintText(painter, label, 116, y, 1, LABEL);
    paintText(painter, value, 116, y + 9, value.length * 12 > 216 ? 1 : scale, INK);
    y += scale === 2 ? 28 : 22;
  }
  paintText(painter, 'Drawn for demonstration. No such person.', 12, 202, 1, LABEL);
  const wave = Array.from({ length: 22 }, (_, i): [number, number] => [
    14 + i * 4,
    178 + Math.sin(i * random.between(0.8, 1.4)) * random.between(2, 9),
  ]);
  painter.stroke(wave, 0.7, [34, 44, 110]);
  return painter.raster;
}
