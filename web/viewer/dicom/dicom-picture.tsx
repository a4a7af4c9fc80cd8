/** The picture of a DICOM file: window and level, frames, distances. */
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Outline, useFormat } from '../../kit/index.ts';
import { InPlace } from '../closed-file.tsx';
import { type Extent, pixelAt } from '../picture/placement.ts';
import stageStyles from '../picture/stage.module.css';
import { Stage, transformOf } from '../picture/stage.tsx';
import { type Drag, type StageMoves, usePlacement } from '../picture/use-placement.ts';
import { useViewerWords } from '../viewer-words.ts';
import type { DicomImage, Window } from './dicom-file.ts';
import { DicomTools, type Tooling } from './dicom-tools.tsx';
import styles from './dicom-view.module.css';
import type { Line } from './distance.ts';
import { type Light, useLight } from './light.ts';
import { MeasuredLine } from './measured-line.tsx';
import type { Frame } from './samples.ts';
import { useFrame } from './use-frame.ts';
import { throughWindow } from './windowed.ts';

export interface DicomPictureProps {
  readonly image: DicomImage;
  readonly title: string;
  /** What is shown where the picture cannot be unpacked. */
  readonly otherwise: ReactNode;
}

export function DicomPicture({ image, title, otherwise }: DicomPictureProps) {
  const [frame, setFrame] = useState(0);
  const unpacked = useFrame(image, frame);
  if (unpacked === null) return otherwise;
  if (unpacked === undefined) {
    return (
      <InPlace>
        <Outline lines={8} />
      </InPlace>
    );
  }
  return <Shown image={image} title={title} unpacked={unpacked} frame={frame} onFrame={setFrame} />;
}

interface ShownProps {
  readonly image: DicomImage;
  readonly title: string;
  readonly unpacked: Frame;
  /** From 0. */
  readonly frame: number;
  readonly onFrame: (frame: number) => void;
}

/** The corner, a third and two thirds of the way: what a line begins with, for whoever measures by keys. */
function firstLine({ width, height }: Extent): Line {
  return { from: { x: width / 3, y: height / 2 }, to: { x: (2 * width) / 3, y: height / 2 } };
}

function Shown({ image, title, unpacked, frame, onFrame }: ShownProps) {
  const { dicom: w } = useViewerWords();
  const format = useFormat();
  const place = useRef<HTMLDivElement>(null);
  const picture: Extent = { width: image.columns, height: image.rows };
  const grey = unpacked.kind === 'grey' ? unpacked : null;
  const light = useLight(image, grey);
  const [isInverted, setInverted] = useState(false);
  const [tooling, setTooling] = useState<Tooling>('move');
  const [line, setLine] = useState<Line | null>(null);
  const moves: StageMoves = usePlacement(
    place,
    picture,
    dragOf(tooling, light.by, setLine, () => moves, picture),
  );
  const go = (next: number) => onFrame(Math.min(image.frames - 1, Math.max(0, next)));
  const onKey = (event: KeyboardEvent) =>
    frameKey(event, frame, go) ||
    (tooling === 'measure' && line !== null && lineKey(event, line, setLine)) ||
    (event.shiftKey && lightKey(event, light.by));
  const choose = (next: Tooling) => {
    setTooling(next === tooling ? 'move' : next);
    setLine(next === 'measure' && tooling !== 'measure' ? firstLine(picture) : null);
  };
  const said = image.frames > 1 ? w.frame(format.number(frame + 1), format.number(image.frames)) : '';
  return (
    <>
      <DicomTools
        moves={moves}
        tooling={tooling}
        onTooling={choose}
        isInverted={isInverted}
        onInvert={() => setInverted(!isInverted)}
        light={grey === null ? null : light}
        frame={frame}
        frames={image.frames}
        onFrame={go}
        onReset={() => {
          moves.reset();
          light.reset();
          setInverted(false);
        }}
      />
      {tooling === 'measure' && (
        <p className={styles.hint}>
          {w.measureHint} {w.measureKeys}{' '}
          {image.spacing === null ? w.uncalibrated : image.spacing.at === 'detector' ? w.atDetector : ''}
        </p>
      )}
      <Stage
        place={place}
        moves={moves}
        picture={picture}
        label={[title, said, w.view].filter(Boolean).join('. ')}
        onKey={onKey}
        isHeld={tooling !== 'move'}
      >
        <Canvas image={image} frame={unpacked} window={light.window} isInverted={isInverted} moves={moves} />
        {line !== null && (
          <MeasuredLine line={line} spacing={image.spacing} moves={moves} picture={picture} />
        )}
      </Stage>
    </>
  );
}

/** What one finger does; null where it moves the picture. */
function dragOf(
  tooling: Tooling,
  lightBy: Light['by'],
  setLine: (change: (line: Line | null) => Line | null) => void,
  moves: () => StageMoves,
  picture: Extent,
): Drag | null {
  if (tooling === 'light') return { move: (_, by) => lightBy(by.x / 400, -by.y / 400) };
  if (tooling !== 'measure') return null;
  const at = (point: { x: number; y: number }) => pixelAt(moves().placement, point, picture);
  return {
    begin: (point) => setLine(() => ({ from: at(point), to: at(point) })),
    move: (point) => setLine((line) => (line === null ? null : { ...line, to: at(point) })),
  };
}

function frameKey({ key }: KeyboardEvent, frame: number, go: (frame: number) => void): boolean {
  const step = { PageDown: 1, PageUp: -1 }[key];
  if (step === undefined) return false;
  go(frame + step);
  return true;
}

const ARROWS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function lineKey({ key, shiftKey }: KeyboardEvent, line: Line, setLine: (line: Line) => void): boolean {
  const step = ARROWS[key];
  if (step === undefined) return false;
  const end = shiftKey ? 'from' : 'to';
  setLine({ ...line, [end]: { x: line[end].x + step[0], y: line[end].y + step[1] } });
  return true;
}

function lightKey({ key }: KeyboardEvent, by: Light['by']): boolean {
  const step = ARROWS[key];
  if (step === undefined) return false;
  by(step[0] / 20, step[1] / 20);
  return true;
}

interface CanvasProps {
  readonly image: DicomImage;
  readonly frame: Frame;
  readonly window: Window;
  readonly isInverted: boolean;
  readonly moves: StageMoves;
}

function Canvas({ image, frame, window, isInverted, moves }: CanvasProps) {
  const place = useRef<HTMLCanvasElement>(null);
  const { center, width } = window;
  useEffect(() => {
    const canvas = place.current;
    if (canvas === null) return;
    canvas.width = image.columns;
    canvas.height = image.rows;
    const data = new ImageData(image.columns, image.rows);
    // The lowest value is the lightest where the file says so.
    const dark = image.photometric === 'MONOCHROME1';
    if (frame.kind === 'colour') data.data.set(frame.rgba);
    else throughWindow(frame, image, { center, width }, dark !== isInverted, data.data);
    canvas.getContext('2d')?.putImageData(data, 0, 0);
  }, [image, frame, center, width, isInverted]);
  const isColour = frame.kind === 'colour';
  return (
    <canvas
      ref={place}
      className={stageStyles.picture}
      data-coarse={moves.placement.scale > 3}
      style={{ transform: transformOf(moves), filter: isColour && isInverted ? 'invert(1)' : 'none' }}
    />
  );
}
