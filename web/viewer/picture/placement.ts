/** Where a picture lies on its stage: how large, how far from the middle, turned how often. Pure. */

export interface Extent {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Placement extends Point {
  /** Pixels of the page (CSS) for each pixel of the picture. `x` and `y` are from the middle of the stage. */
  readonly scale: number;
  /** Quarters of a turn to the right, 0 to 3. */
  readonly turns: number;
}

/** A small picture is not blown up beyond this by itself. */
const MOST_FITTED = 8;
const MOST = 32;
/** So much of a picture stays in sight, in pixels of the page. */
const KEPT = 48;

/** All of it, in the middle. */
export function fitted(picture: Extent, room: Extent, turns = 0): Placement {
  const { width, height } = turned(picture, turns);
  const fits = Math.min(room.width / width, room.height / height, MOST_FITTED);
  return { x: 0, y: 0, turns, scale: Number.isFinite(fits) && fits > 0 ? fits : 1 };
}

/** Larger or smaller by `factor`; what lies at `at` (from the middle of the stage) stays there. */
export function zoomed(
  placement: Placement,
  factor: number,
  at: Point,
  picture: Extent,
  room: Extent,
): Placement {
  const least = Math.min(fitted(picture, room, placement.turns).scale, 1) / 2;
  const scale = Math.min(MOST, Math.max(least, placement.scale * factor));
  const by = scale / placement.scale;
  const x = at.x - (at.x - placement.x) * by;
  const y = at.y - (at.y - placement.y) * by;
  return kept({ ...placement, scale, x, y }, picture, room);
}

export function moved(placement: Placement, by: Point, picture: Extent, room: Extent): Placement {
  return kept({ ...placement, x: placement.x + by.x, y: placement.y + by.y }, picture, room);
}

/** A quarter to the right about the middle of the stage. */
export function turnedRight(placement: Placement): Placement {
  return { ...placement, turns: (placement.turns + 1) % 4, x: -placement.y, y: placement.x };
}

/** The place in the picture, in its pixels from its upper left corner, that lies at a point of the stage. */
export function pixelAt(placement: Placement, at: Point, picture: Extent): Point {
  const [x, y] = [(at.x - placement.x) / placement.scale, (at.y - placement.y) / placement.scale];
  const back = [
    { x, y },
    { x: y, y: -x },
    { x: -x, y: -y },
    { x: -y, y: x },
  ][placement.turns]!;
  return { x: back.x + picture.width / 2, y: back.y + picture.height / 2 };
}

/** The point of the stage, from its middle, at which a place of the picture lies. */
export function pointOf(placement: Placement, pixel: Point, picture: Extent): Point {
  const [x, y] = [pixel.x - picture.width / 2, pixel.y - picture.height / 2];
  const there = [
    { x, y },
    { x: -y, y: x },
    { x: -x, y: -y },
    { x: y, y: -x },
  ][placement.turns]!;
  return {
    x: there.x * placement.scale + placement.x,
    y: there.y * placement.scale + placement.y,
  };
}

function turned({ width, height }: Extent, turns: number): Extent {
  return turns % 2 === 0 ? { width, height } : { width: height, height: width };
}

/** Never wholly out of sight. */
function kept(placement: Placement, picture: Extent, room: Extent): Placement {
  const { width, height } = turned(picture, placement.turns);
  const mostX = Math.max(0, (width * placement.scale + room.width) / 2 - KEPT);
  const mostY = Math.max(0, (height * placement.scale + room.height) / 2 - KEPT);
  const within = (value: number, most: number) => Math.min(most, Math.max(-most, value));
  return { ...placement, x: within(placement.x, mostX), y: within(placement.y, mostY) };
}
