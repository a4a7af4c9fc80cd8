/** A picture: large, small, turned, lighter, with more contrast, with light and dark swapped. */
import { useEffect, useRef, useState } from 'react';
import { Outline, useFormat } from '../../kit/index.ts';
import { Damaged, InPlace, TooLarge } from '../closed-file.tsx';
import { pictureType } from '../file-kind.ts';
import { Slider, Tool, ToolGroup, Tools } from '../tools.tsx';
import { useViewerWords } from '../viewer-words.ts';
import { pictureSize } from './picture-size.ts';
import type { Extent } from './placement.ts';
import styles from './stage.module.css';
import { Stage, transformOf } from './stage.tsx';
import { usePlacement } from './use-placement.ts';

/** Unpacked, four bytes each: more than this no phone has room for. */
const MOST_PIXELS = 100_000_000;
/** What a canvas takes everywhere; what is larger is drawn smaller. */
const MOST_DRAWN = 16_000_000;
const PLAIN = { brightness: 100, contrast: 100, invert: false };

export interface PictureViewProps {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly title: string;
}

export function PictureView({ bytes, title }: PictureViewProps) {
  const picture = usePicture(bytes);
  if (picture === 'unpacking')
    return (
      <InPlace>
        <Outline lines={6} />
      </InPlace>
    );
  if (picture === 'damaged') return <Damaged />;
  if (picture === 'too-large') return <TooLarge />;
  return <Shown picture={picture} title={title} />;
}

type Unpacked = ImageBitmap | 'unpacking' | 'damaged' | 'too-large';

function usePicture(bytes: Uint8Array<ArrayBuffer>): Unpacked {
  const [picture, setPicture] = useState<Unpacked>('unpacking');
  useEffect(() => {
    let isHere = true;
    let unpacked: ImageBitmap | null = null;
    const tell = (found: Unpacked) => {
      if (isHere) setPicture(found);
      else if (typeof found === 'object') found.close();
    };
    unpack(bytes).then(
      (found) => {
        if (typeof found === 'object') unpacked = found;
        tell(found);
      },
      () => tell('damaged'),
    );
    return () => {
      isHere = false;
      unpacked?.close();
    };
  }, [bytes]);
  return picture;
}

/** Its bytes say what it is, and nothing but a picture is made of it: what is written in it is never run. */
async function unpack(bytes: Uint8Array<ArrayBuffer>): Promise<Unpacked> {
  const type = pictureType(bytes);
  const size = type === null ? null : pictureSize(bytes, type);
  if (type === null || size === null) return 'damaged';
  const pixels = size.width * size.height;
  if (pixels > MOST_PIXELS) return 'too-large';
  const blob = new Blob([bytes], { type });
  if (pixels <= MOST_DRAWN) return createImageBitmap(blob);
  const resizeWidth = Math.floor(size.width * Math.sqrt(MOST_DRAWN / pixels));
  return createImageBitmap(blob, { resizeWidth, resizeQuality: 'high' });
}

function Shown({ picture, title }: { readonly picture: ImageBitmap; readonly title: string }) {
  const w = useViewerWords();
  const format = useFormat();
  const place = useRef<HTMLDivElement>(null);
  const extent: Extent = picture;
  const moves = usePlacement(place, extent);
  const [look, setLook] = useState(PLAIN);
  const percent = (value: number) => w.picture.percent(format.number(value));
  return (
    <>
      <Tools label={w.tools}>
        <ToolGroup>
          <Tool icon="minus" label={w.zoomOut} onPress={moves.smaller} />
          <Tool icon="plus" label={w.zoomIn} onPress={moves.larger} />
          <Tool icon="rotate" label={w.rotate} onPress={moves.turn} />
          <Tool
            icon="invert"
            label={w.picture.invert}
            isOn={look.invert}
            onPress={() => setLook({ ...look, invert: !look.invert })}
          />
          <Tool
            icon="reset"
            label={w.reset}
            onPress={() => {
              moves.reset();
              setLook(PLAIN);
            }}
          />
        </ToolGroup>
        <ToolGroup>
          <Slider
            icon="brightness"
            label={w.picture.brightness}
            value={look.brightness}
            min={20}
            max={300}
            step={5}
            said={percent(look.brightness)}
            onChange={(brightness) => setLook({ ...look, brightness })}
          />
          <Slider
            icon="contrast"
            label={w.picture.contrast}
            value={look.contrast}
            min={20}
            max={400}
            step={5}
            said={percent(look.contrast)}
            onChange={(contrast) => setLook({ ...look, contrast })}
          />
        </ToolGroup>
      </Tools>
      <Stage place={place} moves={moves} picture={extent} label={`${title}. ${w.picture.view}`}>
        <canvas
          className={styles.picture}
          data-coarse={moves.placement.scale > 3}
          ref={(canvas) => draw(canvas, picture)}
          style={{
            transform: transformOf(moves),
            filter: filterOf(look),
          }}
        />
      </Stage>
    </>
  );
}

function filterOf({ brightness, contrast, invert }: typeof PLAIN): string {
  return `brightness(${brightness}%) contrast(${contrast}%) invert(${invert ? 1 : 0})`;
}

const drawn = new WeakMap<HTMLCanvasElement, ImageBitmap>();

function draw(canvas: HTMLCanvasElement | null, picture: ImageBitmap): void {
  if (canvas === null || drawn.get(canvas) === picture) return;
  drawn.set(canvas, picture);
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext('2d')?.drawImage(picture, 0, 0);
}
