/**
 * Letters for every name: fonts that are read well for the scripts that they were made for, and one that has
 * all of Unicode's first plane for the rest. Each piece of a text gets the first font that has its letters.
 */
import { readFile } from 'node:fs/promises';
import { create, type Font } from 'fontkit';

export type Weight = 'regular' | 'bold';

export interface TypeFace {
  /** As the document knows it. */
  readonly name: string;
  readonly file: Buffer;
  readonly has: (codePoint: number) => boolean;
}

export interface Run {
  readonly face: TypeFace;
  readonly text: string;
}

const NOTO = [
  'latin',
  'latin-ext',
  'vietnamese',
  'greek',
  'greek-ext',
  'cyrillic',
  'cyrillic-ext',
  'devanagari',
];
/** Package, file without its weight, and whether it has a bold one. */
const FACES: readonly (readonly [folder: string, file: string, isBold: boolean])[] = [
  ...NOTO.map((subset) => ['noto-sans', `noto-sans-${subset}`, true] as const),
  ['noto-sans-hebrew', 'noto-sans-hebrew-hebrew', true],
  ['noto-sans-arabic', 'noto-sans-arabic-arabic', true],
  ['unifontex', 'unifontex-latin', false],
];

/** The faces of a weight, read when they are first needed. */
export class Fonts {
  readonly #faces: ReadonlyMap<Weight, readonly TypeFace[]>;

  private constructor(faces: ReadonlyMap<Weight, readonly TypeFace[]>) {
    this.#faces = faces;
  }

  static async load(): Promise<Fonts> {
    const faces = new Map<Weight, readonly TypeFace[]>();
    for (const weight of ['regular', 'bold'] as const) {
      faces.set(weight, await Promise.all(FACES.map((face) => readFace(face, weight))));
    }
    return new Fonts(faces);
  }

  all(): readonly TypeFace[] {
    return [...this.#faces.values()].flat();
  }

  /** The text in pieces of one font each; what no font has is shown as a box. */
  runs(text: string, weight: Weight): Run[] {
    const runs: Run[] = [];
    for (const letter of graphemes(text)) {
      const last = runs.at(-1);
      // A space goes with what stands before it.
      const face = letter === ' ' && last !== undefined ? last.face : this.#faceOf(letter, weight);
      if (last?.face === face) runs[runs.length - 1] = { face, text: last.text + letter };
      else runs.push({ face, text: letter });
    }
    return runs;
  }

  #faceOf(letter: string, weight: Weight): TypeFace {
    const points = [...letter].map((one) => one.codePointAt(0)!);
    const faces = this.#faces.get(weight)!;
    return faces.find(({ has }) => points.every(has)) ?? faces.at(-1)!;
  }
}

async function readFace([folder, file, isBold]: (typeof FACES)[number], weight: Weight): Promise<TypeFace> {
  const heavy = weight === 'bold' && isBold;
  const address = `@fontsource/${folder}/files/${file}-${heavy ? 700 : 400}-normal.woff`;
  const bytes = await readFile(new URL(import.meta.resolve(address)));
  // One font of a file, and not a collection of several.
  const font = create(bytes) as Font;
  const has = (codePoint: number) => font.hasGlyphForCodePoint(codePoint);
  return { name: `${file} ${weight}`, file: bytes, has };
}

const SEGMENTS = new Intl.Segmenter('en', { granularity: 'grapheme' });

function graphemes(text: string): string[] {
  return [...SEGMENTS.segment(text)].map(({ segment }) => segment);
}

/** Scripts that are written from right to left. */
export const FROM_RIGHT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
