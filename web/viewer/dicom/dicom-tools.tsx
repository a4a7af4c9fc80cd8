/** The tools above a DICOM picture. */
import { useFormat } from '../../kit/index.ts';
import type { StageMoves } from '../picture/use-placement.ts';
import { Slider, Tool, ToolGroup, Tools } from '../tools.tsx';
import { useViewerWords } from '../viewer-words.ts';
import styles from './dicom-view.module.css';
import type { Light } from './light.ts';

/** What one finger does. */
export type Tooling = 'move' | 'light' | 'measure';

export interface DicomToolsProps {
  readonly moves: StageMoves;
  readonly tooling: Tooling;
  readonly onTooling: (tooling: Tooling) => void;
  readonly isInverted: boolean;
  readonly onInvert: () => void;
  /** Null for a picture in colours. */
  readonly light: Light | null;
  /** From 0. */
  readonly frame: number;
  readonly frames: number;
  readonly onFrame: (frame: number) => void;
  readonly onReset: () => void;
}

export function DicomTools(props: DicomToolsProps) {
  const w = useViewerWords();
  const { moves, tooling, onTooling, isInverted, onInvert, light, frames, onReset } = props;
  return (
    <Tools label={w.tools}>
      <ToolGroup>
        <Tool icon="minus" label={w.zoomOut} onPress={moves.smaller} />
        <Tool icon="plus" label={w.zoomIn} onPress={moves.larger} />
        <Tool icon="rotate" label={w.rotate} onPress={moves.turn} />
        <Tool icon="invert" label={w.picture.invert} isOn={isInverted} onPress={onInvert} />
        <Tool
          icon="ruler"
          label={w.dicom.measure}
          isOn={tooling === 'measure'}
          onPress={() => onTooling('measure')}
        />
        {light !== null && (
          <Tool
            icon="brightness"
            label={w.dicom.light}
            isOn={tooling === 'light'}
            onPress={() => onTooling('light')}
          />
        )}
        <Tool icon="reset" label={w.reset} onPress={onReset} />
      </ToolGroup>
      {frames > 1 && <Frames {...props} />}
      {light !== null && <Lights light={light} />}
    </Tools>
  );
}

function Frames({ frame, frames, onFrame }: DicomToolsProps) {
  const { dicom: w } = useViewerWords();
  const format = useFormat();
  return (
    <ToolGroup>
      <Tool icon="previous" label={w.previous} onPress={() => onFrame(frame - 1)} isIdle={frame === 0} />
      <span className={styles.told} role="status">
        {w.frame(format.number(frame + 1), format.number(frames))}
      </span>
      <Tool icon="next" label={w.next} onPress={() => onFrame(frame + 1)} isIdle={frame + 1 >= frames} />
    </ToolGroup>
  );
}

function Lights({ light: { window, full, set } }: { readonly light: Light }) {
  const { dicom: w } = useViewerWords();
  const format = useFormat();
  const step = full.width > 200 ? 1 : full.width / 200;
  const said = (value: number) => format.number(Math.round(value * 100) / 100);
  return (
    <ToolGroup>
      <Slider
        icon="brightness"
        label={w.level}
        // Less of the values is dark where the middle lies lower.
        value={-window.center}
        min={-(full.center + full.width)}
        max={-(full.center - full.width)}
        step={step}
        said={said(window.center)}
        onChange={(value) => set({ ...window, center: -value })}
      />
      <Slider
        icon="contrast"
        label={w.width}
        // The narrower the window, the more contrast.
        value={-window.width}
        min={-2 * full.width}
        max={-1}
        step={step}
        said={said(window.width)}
        onChange={(value) => set({ ...window, width: -value })}
      />
    </ToolGroup>
  );
}
