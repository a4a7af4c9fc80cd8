/** A distance on a picture: the line that is drawn over it, and how long it is. */
import { useFormat } from '../../kit/index.ts';
import { type Extent, type Point, pointOf } from '../picture/placement.ts';
import stage from '../picture/stage.module.css';
import type { StageMoves } from '../picture/use-placement.ts';
import { useViewerWords } from '../viewer-words.ts';
import type { Spacing } from './dicom-file.ts';
import styles from './dicom-view.module.css';
import { type Line, lengthOf } from './distance.ts';

export interface MeasuredLineProps {
  readonly line: Line;
  readonly spacing: Spacing | null;
  readonly moves: StageMoves;
  readonly picture: Extent;
}

export function MeasuredLine({ line, spacing, moves, picture }: MeasuredLineProps) {
  const { dicom: w } = useViewerWords();
  const format = useFormat();
  const [from, to] = [line.from, line.to].map((end) => pointOf(moves.placement, end, picture)) as [
    Point,
    Point,
  ];
  const length = Math.round(lengthOf(line, spacing) * 10) / 10;
  const said = `${format.number(length)} ${spacing === null ? w.points : 'mm'}`;
  const ends = { x1: from.x, y1: from.y, x2: to.x, y2: to.y };
  return (
    <>
      <svg className={stage.above} aria-hidden="true" focusable="false">
        {/* The middle of the stage is where places are counted from. */}
        <g className={styles.middle}>
          <line {...ends} className={styles.shade} />
          <line {...ends} className={styles.line} />
          <circle cx={from.x} cy={from.y} r={5} className={styles.end} />
          <circle cx={to.x} cy={to.y} r={5} className={styles.end} />
        </g>
      </svg>
      <p className={stage.note} role="status">
        {w.distance(said)}
      </p>
    </>
  );
}
