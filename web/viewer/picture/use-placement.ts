/** Moves a picture on its stage: by keys, by one finger or the mouse, by the wheel, by two fingers. */
import { type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { type Extent, fitted, moved, type Placement, type Point, turnedRight, zoomed } from './placement.ts';

const STEP = 1.25;
const STRIDE = 40;
const NOWHERE: Extent = { width: 0, height: 0 };
const MIDDLE: Point = { x: 0, y: 0 };

export interface StageMoves {
  readonly placement: Placement;
  readonly isFit: boolean;
  larger(): void;
  smaller(): void;
  turn(): void;
  reset(): void;
  /** Whether the key was one of these. */
  onKey(key: string): boolean;
  readonly pointers: PointerHandlers;
  /** Where something happened, from the middle of the stage. */
  pointAt(event: { readonly clientX: number; readonly clientY: number }): Point;
}

export interface PointerHandlers {
  onPointerDown(event: PointerEvent): void;
  onPointerMove(event: PointerEvent): void;
  onPointerUp(event: PointerEvent): void;
  onPointerCancel(event: PointerEvent): void;
}

/** What one finger or the mouse does; moving the picture where nothing is said. */
export interface Drag {
  begin?(at: Point): void;
  move(at: Point, by: Point): void;
}

export function usePlacement(
  stage: RefObject<HTMLElement | null>,
  picture: Extent,
  drag: Drag | null = null,
): StageMoves {
  const room = useRoom(stage);
  const [chosen, setChosen] = useState<Placement | null>(null);
  const [turns, setTurns] = useState(0);
  const placement = chosen ?? fitted(picture, room, turns);
  const latest = useRef(placement);
  latest.current = placement;
  const zoom = (factor: number, at: Point) => setChosen(zoomed(latest.current, factor, at, picture, room));
  const move = (by: Point) => setChosen(moved(latest.current, by, picture, room));
  const pointAt: StageMoves['pointAt'] = ({ clientX, clientY }) => {
    const { left, top, width, height } = stage.current!.getBoundingClientRect();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  };
  const moves = {
    larger: () => zoom(STEP, MIDDLE),
    smaller: () => zoom(1 / STEP, MIDDLE),
    turn: () => {
      setTurns((placement.turns + 1) % 4);
      if (chosen !== null) setChosen(turnedRight(chosen));
    },
    reset: () => {
      setTurns(0);
      setChosen(null);
    },
  };
  useWheel(stage, (factor, event) => zoom(factor, pointAt(event)));
  const pointers = usePointers(pointAt, zoom, drag ?? { move: (_, by) => move(by) }, move);
  const onKey = (key: string) => {
    const done = {
      '+': moves.larger,
      '=': moves.larger,
      '-': moves.smaller,
      '0': moves.reset,
      r: moves.turn,
      ArrowLeft: () => move({ x: STRIDE, y: 0 }),
      ArrowRight: () => move({ x: -STRIDE, y: 0 }),
      ArrowUp: () => move({ x: 0, y: STRIDE }),
      ArrowDown: () => move({ x: 0, y: -STRIDE }),
    }[key];
    done?.();
    return done !== undefined;
  };
  return { placement, isFit: chosen === null, ...moves, onKey, pointers, pointAt };
}

function useRoom(stage: RefObject<HTMLElement | null>): Extent {
  const [room, setRoom] = useState(NOWHERE);
  useEffect(() => {
    const element = stage.current;
    if (element === null) return;
    const measure = () => setRoom({ width: element.clientWidth, height: element.clientHeight });
    const watcher = new ResizeObserver(measure);
    watcher.observe(element);
    measure();
    return () => watcher.disconnect();
  }, [stage]);
  return room;
}

/** React's own listeners for the wheel cannot keep the page from scrolling. */
function useWheel(
  stage: RefObject<HTMLElement | null>,
  zoom: (factor: number, event: WheelEvent) => void,
): void {
  const latest = useRef(zoom);
  latest.current = zoom;
  useEffect(() => {
    const element = stage.current;
    if (element === null) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      latest.current(Math.exp(-event.deltaY / (event.ctrlKey ? 150 : 500)), event);
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [stage]);
}

function usePointers(
  pointAt: StageMoves['pointAt'],
  zoom: (factor: number, at: Point) => void,
  drag: Drag,
  move: (by: Point) => void,
): PointerHandlers {
  const down = useRef(new Map<number, Point>());
  const end = ({ pointerId }: PointerEvent) => void down.current.delete(pointerId);
  return {
    onPointerDown: (event) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      const at = pointAt(event);
      down.current.set(event.pointerId, at);
      if (down.current.size === 1) drag.begin?.(at);
    },
    onPointerMove: (event) => {
      const before = down.current.get(event.pointerId);
      if (before === undefined) return;
      const at = pointAt(event);
      const other = [...down.current].find(([id]) => id !== event.pointerId)?.[1];
      down.current.set(event.pointerId, at);
      const by = { x: at.x - before.x, y: at.y - before.y };
      if (other === undefined) {
        drag.move(at, by);
        return;
      }
      const apart = Math.hypot(before.x - other.x, before.y - other.y);
      const middle = { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 };
      if (apart > 0) zoom(Math.hypot(at.x - other.x, at.y - other.y) / apart, middle);
      move({ x: by.x / 2, y: by.y / 2 });
    },
    onPointerUp: end,
    onPointerCancel: end,
  };
}
