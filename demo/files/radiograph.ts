/**
 * Draws dental radiographs (bitewings and periapicals) from a description of the teeth: enamel, dentine and
 * pulp in their greys, bone with its texture and crest, fillings, decay, root canal fillings and implants.
 * Lengths are millimetres; an upper jaw is drawn with `v` growing away from the biting surface, as the lower.
 */
import type { Random } from '../random.ts';
import { createRaster, type Raster } from './raster.ts';

export type ToothShape = 'incisor' | 'canine' | 'premolar' | 'molar';

export interface ToothPicture {
  shape: ToothShape;
  missing?: boolean;
  /** A filling, and how bright it is. */
  filling?: { surfaces: string; material: 'amalgam' | 'composite' };
  crown?: boolean;
  rootCanal?: boolean;
  implant?: boolean;
  /** Decay at the mesial (M) or distal (D) contact or in the chewing surface (O). */
  decay?: string;
  /** A dark halo at the root's end. */
  periapicalLesion?: boolean;
}

export interface JawPicture {
  teeth: readonly ToothPicture[];
  /** 0 (healthy) to 1 (the crest has sunk by half the root). */
  boneLoss: number;
}

const SIZE = {
  incisor: { half: 4.1, neck: 2.9, crown: 9.5, root: 12, roots: 1 },
  canine: { half: 3.7, neck: 2.7, crown: 9.5, root: 14, roots: 1 },
  premolar: { half: 3.5, neck: 2.5, crown: 7.2, root: 12, roots: 1 },
  molar: { half: 5.3, neck: 4.4, crown: 6.8, root: 11, roots: 2 },
} as const;

const GREY = { air: 16, gum: 34, bone: 96, dentine: 148, enamel: 212, pulp: 92, metal: 250, composite: 226 };

interface PlacedTooth {
  picture: ToothPicture;
  centre: number;
  tilt: number;
}

/** Where the roots of a molar part, as a share of their length. */
const FURCATION = 0.26;

function clamp(value: number, low = 0, high = 1): number {
  return Math.min(high, Math.max(low, value));
}

function lattice(x: number, y: number, seed: number): number {
  const hash = Math.imul(Math.imul(x + seed, 374761393) ^ Math.imul(y, 668265263), 1274126177);
  return ((hash ^ (hash >>> 15)) >>> 8) / 16777216;
}

/** Smooth noise from a hashed lattice, -0.5 to 0.5; the same point always gives the same grey. */
function texture(x: number, y: number, seed: number): number {
  const ix = Math.floor(x);
  const iy = Math.floor(y);
  const fx = x - ix;
  const fy = y - iy;
  const top = lattice(ix, iy, seed) * (1 - fx) + lattice(ix + 1, iy, seed) * fx;
  const bottom = lattice(ix, iy + 1, seed) * (1 - fx) + lattice(ix + 1, iy + 1, seed) * fx;
  return top * (1 - fy) + bottom * fy - 0.5;
}

interface PlaceInTooth {
  /** How far inside the outline; negative outside. */
  readonly depth: number;
  readonly alongRoot: number;
  readonly canal: number;
}

function insideTooth(shape: ToothShape, u: number, v: number): PlaceInTooth {
  const { half, neck, crown, root, roots } = SIZE[shape];
  const across = Math.abs(u);
  if (v <= crown) {
    const cusp =
      shape === 'molar' || shape === 'premolar' ? 0.55 * (1 + Math.cos((u / half) * 2 * Math.PI)) : 0.2;
    const t = clamp(v / crown);
    const width =
      t < 0.38
        ? half * (0.84 + 0.16 * Math.sin((t / 0.38) * (Math.PI / 2)))
        : half + ((t - 0.38) / 0.62) ** 1.7 * (neck - half);
    return { depth: Math.min(width - across, v - cusp), alongRoot: 0, canal: across };
  }
  const t = (v - crown) / root;
  if (roots === 1) {
    const taper = (1 - clamp(t) ** 1.9) ** 0.7;
    return { depth: Math.min(neck * taper - across, (1 - t) * root), alongRoot: t, canal: across };
  }
  const trunk = Math.min(neck - across, (FURCATION - t) * root - 0.25 * across);
  const spread = neck * (0.52 + 0.12 * Math.sin(Math.PI * clamp(t)));
  const fromRoot = Math.abs(across - spread);
  const width = neck * 0.46 * (1 - clamp(t) ** 2.1) ** 0.75;
  const leg = Math.min(width - fromRoot, (1 - t) * root);
  return {
    depth: Math.max(trunk, leg),
    alongRoot: t,
    canal: t < 0.14 ? Math.min(across, fromRoot) : fromRoot,
  };
}

function fillingDepth(surfaces: string, half: number, u: number, v: number): number {
  const reach = (side: string) => (surfaces.includes(side) ? half * 1.02 : half * 0.42);
  const within = u < 0 ? reach('M') + u : reach('D') - u;
  const boxed = Math.abs(u) > half * 0.5;
  return Math.min(within, (boxed ? 4.4 : 2.7) - v);
}

function decayDepth(decay: string, half: number, u: number, v: number): number {
  const spots: [string, number, number, number][] = [
    ['M', -half, 3, 1.5],
    ['D', half, 3, 1.5],
    ['O', 0, 2.4, 1.4],
  ];
  let darkness = 0;
  for (const [side, x, y, radius] of spots) {
    if (decay.includes(side))
      darkness = Math.max(darkness, 1 - Math.hypot((u - x) / (radius * 1.2), (v - y) / radius));
  }
  return clamp(darkness * 1.6);
}

function implantGrey(u: number, v: number): number | null {
  const { crown } = SIZE.premolar;
  if (v < crown - 0.4) return insideTooth('premolar', u, v).depth > 0 ? 236 : null;
  if (v > crown + 11) return null;
  const thread = 0.28 * Math.abs(((v * 1.25) % 1) - 0.5);
  return Math.abs(u) < 1.9 + thread - 0.05 * (v - crown) ? GREY.metal : null;
}

/** The grey of the tooth's own tissue at a point that lies `depth` inside it. */
function toothGrey({ picture }: PlacedTooth, u: number, v: number, inside: PlaceInTooth): number {
  const { half, crown } = SIZE[picture.shape];
  const { depth, alongRoot, canal } = inside;
  if (picture.crown && v < crown - 0.5 + 0.1 * u * u * 0.4) return GREY.metal - 8;
  let grey = GREY.dentine + 14 * clamp(depth / 2.4) - 14 * alongRoot;
  const enamel = v < crown ? 1.35 * (1 - (v / crown) ** 2) : 0;
  grey += (GREY.enamel - GREY.dentine) * clamp((enamel - depth) / 0.3 + 0.5);
  const horns = clamp((v - crown * 0.44) / (crown * 0.3) + 0.25 * clamp(canal / (half * 0.3)));
  const chamber =
    v < crown ? half * 0.24 * Math.sqrt(horns) : Math.max(0.3, half * 0.22 * (1 - 1.2 * alongRoot));
  const pulp = clamp((chamber - canal) / 0.4 + 0.5) * (chamber > 0 ? 1 : 0);
  if (picture.rootCanal && alongRoot < 0.95) grey += (GREY.metal - grey) * pulp;
  else grey += (GREY.pulp - grey) * pulp * 0.8;
  if (picture.filling && v < crown) {
    const { surfaces, material } = picture.filling;
    const bright = material === 'amalgam' ? GREY.metal : GREY.composite;
    grey += (bright - grey) * clamp(fillingDepth(surfaces, half, u, v) / 0.25 + 0.5);
  }
  if (picture.decay && v < crown) grey -= 96 * decayDepth(picture.decay, half, u, v);
  return grey;
}

function place(jaw: JawPicture, random: Random): PlacedTooth[] {
  let x = 0;
  const placed = jaw.teeth.map((picture) => {
    const { half } = SIZE[picture.shape];
    x += half + random.between(-0.12, 0.06);
    const tooth = { picture, centre: x, tilt: random.between(-0.05, 0.05) };
    x += half + random.between(-0.12, 0.06);
    return tooth;
  });
  return placed.map((tooth) => ({ ...tooth, centre: tooth.centre - x / 2 }));
}

/** Grey at `x` along the arch and `v` from the biting plane into the jaw. */
function jawGrey(
  teeth: readonly PlacedTooth[],
  boneLoss: number,
  x: number,
  v: number,
  seed: number,
): number {
  const crest = 8.4 + boneLoss * 5.5;
  const soft = v < crest - 1 ? 0 : clamp((v - crest - 0.5 * texture(x * 0.2, 3, seed)) / 0.7 + 0.5);
  const grain =
    soft === 0 ? 0 : texture(x * 1.5, v * 1.1, seed) * 42 + texture(x * 3.3, v * 2.9, seed + 7) * 30;
  const flesh = GREY.air + (GREY.gum - GREY.air) * clamp((v - 4.5) / 1.5);
  let grey = flesh + (GREY.bone + grain - flesh) * soft;
  for (const tooth of teeth) {
    const { picture, centre, tilt } = tooth;
    const u = x - centre - tilt * v;
    if (Math.abs(u) > 8 || (picture.missing && !picture.implant)) continue;
    if (picture.implant) {
      grey = implantGrey(u, v) ?? grey;
      continue;
    }
    const { crown, root } = SIZE[picture.shape];
    if (picture.periapicalLesion) grey -= 58 * clamp(1.2 - Math.hypot(u, v - crown - root) / 3);
    const inside = insideTooth(picture.shape, u, v);
    const { depth } = inside;
    if (depth > -0.75 && v > crown) grey += soft * (depth > -0.32 ? -34 : 30);
    const cover = clamp(depth / 0.22 + 0.5);
    if (cover > 0) grey += (toothGrey(tooth, u, v, inside) - grey) * cover;
  }
  return grey;
}

interface Film {
  width: number;
  height: number;
  pixelsPerMm: number;
  /** Signed millimetres from the biting plane: negative is the upper jaw. */
  plane: number;
}

function expose(film: Film, upper: JawPicture | null, lower: JawPicture | null, random: Random): Raster {
  const raster = createRaster(film.width, film.height, 1);
  const seed = random.int(1, 1_000_000);
  const upperTeeth = upper ? place(upper, random) : [];
  const lowerTeeth = lower ? place(lower, random) : [];
  for (let py = 0; py < film.height; py += 1) {
    for (let px = 0; px < film.width; px += 1) {
      const x = (px - film.width / 2) / film.pixelsPerMm;
      const bow = 0.0032 * x * x;
      const y = py / film.pixelsPerMm - film.plane + bow;
      const v = Math.abs(y) - 0.35;
      const jaw = y < 0 ? upper : lower;
      let grey: number = GREY.air;
      if (jaw && v > 0)
        grey = jawGrey(y < 0 ? upperTeeth : lowerTeeth, jaw.boneLoss, x, v, seed + (y < 0 ? 0 : 99));
      const aside = px / film.width - 0.5;
      const above = py / film.height - 0.5;
      grey = grey * (1.04 - 0.3 * (aside * aside + above * above)) + random.between(-3.5, 3.5);
      const cornerX = Math.max(0, 14 - px, px - film.width + 15);
      const cornerY = Math.max(0, 14 - py, py - film.height + 15);
      raster.data[py * film.width + px] =
        cornerX * cornerX + cornerY * cornerY > 14 * 14 ? 0 : clamp(Math.round(grey), 0, 255);
    }
  }
  return raster;
}

/** Both jaws' back teeth on a lying film of 288 by 216 pixels. */
export function drawBitewing(upper: JawPicture, lower: JawPicture, random: Random): Raster {
  return expose({ width: 288, height: 216, pixelsPerMm: 8.1, plane: 13.2 }, upper, lower, random);
}

/** A few whole teeth, root ends included, on a standing film of 180 by 240 pixels. */
export function drawPeriapical(jaw: JawPicture, isUpper: boolean, random: Random): Raster {
  const film = { width: 180, height: 240, pixelsPerMm: 8.5, plane: isUpper ? 26 : 2.2 };
  return expose(film, isUpper ? jaw : null, isUpper ? null : jaw, random);
}
