/** A drawing surface: 8 bits a channel, row by row from the top left; 1 channel is grey, 3 are RGB. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

export type Colour = readonly [number, number, number];

export function createRaster(width: number, height: number, channels: 1 | 3): Raster {
  return { width, height, channels, data: new Uint8Array(width * height * channels) };
}

/** Draws on an RGB raster with soft edges; coordinates are in pixels and may lie outside. */
export class Painter {
  readonly raster: Raster;

  constructor(width: number, height: number, background: Colour) {
    this.raster = createRaster(width, height, 3);
    this.rectangle(0, 0, width, height, background);
  }

  /** Mixes a colour into one pixel; `cover` is 0 (nothing) to 1 (all). */
  dot(x: number, y: number, colour: Colour, cover = 1): void {
    const { width, height, data } = this.raster;
    if (x < 0 || y < 0 || x >= width || y >= height || cover <= 0) return;
    const at = (y * width + x) * 3;
    for (let channel = 0; channel < 3; channel += 1) {
      const old = data[at + channel] ?? 0;
      data[at + channel] = Math.round(old + ((colour[channel] ?? 0) - old) * Math.min(1, cover));
    }
  }

  rectangle(left: number, top: number, width: number, height: number, colour: Colour): void {
    for (let y = top; y < top + height; y += 1) {
      for (let x = left; x < left + width; x += 1) this.dot(x, y, colour);
    }
  }

  ellipse(centreX: number, centreY: number, radiusX: number, radiusY: number, colour: Colour): void {
    const soft = 1 / Math.min(radiusX, radiusY);
    for (let y = Math.floor(centreY - radiusY - 1); y <= centreY + radiusY + 1; y += 1) {
      for (let x = Math.floor(centreX - radiusX - 1); x <= centreX + radiusX + 1; x += 1) {
        const distance = Math.hypot((x - centreX) / radiusX, (y - centreY) / radiusY);
        this.dot(x, y, colour, (1 - distance) / soft + 0.5);
      }
    }
  }

  /** A stroke through the points, round at its ends. */
  stroke(points: readonly (readonly [number, number])[], thickness: number, colour: Colour): void {
    for (let i = 1; i < points.length; i += 1) {
      const [fromX, fromY] = points[i - 1] ?? [0, 0];
      const [toX, toY] = points[i] ?? [0, 0];
      const steps = Math.max(1, Math.ceil(Math.hypot(toX - fromX, toY - fromY)));
      for (let step = 0; step <= steps; step += 1) {
        const part = step / steps;
        this.ellipse(
          fromX + (toX - fromX) * part,
          fromY + (toY - fromY) * part,
          thickness,
          thickness,
          colour,
        );
      }
    }
  }
}
