/** How large pages are shown. */
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';

const LEAST = 0.25;
const MOST = 6;
/** What a press of a button does. */
const STEP = 1.25;

export interface Zoom {
  /** Pixels of the page (CSS) for each point. */
  readonly scale: number;
  readonly isFit: boolean;
  larger(): void;
  smaller(): void;
  fit(): void;
}

/** As wide as there is room, until somebody wants it otherwise: by buttons, keys, wheel or two fingers. */
export function useZoom(place: RefObject<HTMLElement | null>, pageWidth: number): Zoom {
  const [room, setRoom] = useState(0);
  const [chosen, setChosen] = useState<number | null>(null);
  const fitting = room > 0 && pageWidth > 0 ? Math.min(room / pageWidth, 2) : 1;
  const scale = chosen ?? fitting;
  const latest = useRef(scale);
  latest.current = scale;
  const by = useCallback((factor: number) => {
    setChosen(Math.min(MOST, Math.max(LEAST, latest.current * factor)));
  }, []);
  useRoom(place, setRoom);
  useGestures(place, by);
  return {
    scale,
    isFit: chosen === null,
    larger: () => by(STEP),
    smaller: () => by(1 / STEP),
    fit: () => setChosen(null),
  };
}

function useRoom(place: RefObject<HTMLElement | null>, tell: (width: number) => void): void {
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const measure = () => {
      const { paddingLeft, paddingRight } = getComputedStyle(element.firstElementChild ?? element);
      const padding = Number.parseFloat(paddingLeft) + Number.parseFloat(paddingRight);
      tell(element.clientWidth - padding);
    };
    const watcher = new ResizeObserver(measure);
    watcher.observe(element);
    measure();
    return () => watcher.disconnect();
  }, [place, tell]);
}

/**
 * The wheel with Ctrl, as a touchpad tells a pinch, and two fingers. React's own listeners cannot keep the
 * page still.
 */
function useGestures(place: RefObject<HTMLElement | null>, by: (factor: number) => void): void {
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    let apart: number | null = null;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      by(Math.exp(-event.deltaY / 300));
    };
    const onTouch = (event: TouchEvent) => {
      const [one, other] = event.touches;
      if (one === undefined || other === undefined) {
        apart = null;
        return;
      }
      event.preventDefault();
      const now = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
      if (apart !== null && now > 0) by(now / apart);
      apart = now;
    };
    const held = { passive: false } as const;
    element.addEventListener('wheel', onWheel, held);
    for (const name of ['touchstart', 'touchmove', 'touchend', 'touchcancel'] as const) {
      element.addEventListener(name, onTouch, held);
    }
    return () => {
      element.removeEventListener('wheel', onWheel);
      for (const name of ['touchstart', 'touchmove', 'touchend', 'touchcancel'] as const) {
        element.removeEventListener(name, onTouch);
      }
    };
  }, [place, by]);
}
