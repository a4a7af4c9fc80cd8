/** The dark field on which a picture lies. */
import type { KeyboardEvent, ReactNode, RefObject } from 'react';
import type { Extent } from './placement.ts';
import styles from './stage.module.css';
import type { StageMoves } from './use-placement.ts';

export interface StageProps {
  readonly place: RefObject<HTMLDivElement | null>;
  readonly moves: StageMoves;
  readonly picture: Extent;
  /** What it shows and which keys do what, for those who hear it. */
  readonly label: string;
  /** Whether a key that does not move the picture was taken. */
  readonly onKey?: (event: KeyboardEvent) => boolean;
  /** Whether one finger moves the picture or does something else, so that the page must keep still. */
  readonly isHeld?: boolean;
  readonly children: ReactNode;
}

/** It takes keys, as its role says. */
const FOCUSABLE = { tabIndex: 0 };

export function Stage({ place, moves, picture, label, onKey, isHeld = false, children }: StageProps) {
  return (
    <div
      ref={place}
      className={styles.stage}
      role="application"
      aria-label={label}
      style={{ aspectRatio: `${picture.width} / ${picture.height}` }}
      data-held={isHeld || !moves.isFit}
      {...FOCUSABLE}
      {...moves.pointers}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (onKey?.(event) === true || (!event.shiftKey && moves.onKey(event.key)) || isPlus(event, moves)) {
          event.preventDefault();
        }
      }}
    >
      {children}
    </div>
  );
}

/** Plus stands above another sign on most keyboards. */
function isPlus({ key }: KeyboardEvent, moves: StageMoves): boolean {
  return key === '+' && moves.onKey('+');
}

/** How a picture of that placement is drawn. */
export function transformOf({ placement: { x, y, scale, turns } }: StageMoves): string {
  return `translate(-50%, -50%) translate(${x}px, ${y}px) scale(${scale}) rotate(${turns * 90}deg)`;
}
