/** The tools above a file: large enough for a thumb, with words for those who hear them. */
import type { ReactNode } from 'react';
import { ToolIcon, type ToolIconName } from './tool-icon.tsx';
import styles from './tools.module.css';

export function Tools({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <fieldset className={styles.tools} aria-label={label}>
      {children}
    </fieldset>
  );
}

/** Tools that belong together stay together where the line breaks. */
export function ToolGroup({ children }: { readonly children: ReactNode }) {
  return <div className={styles.group}>{children}</div>;
}

export interface ToolProps {
  readonly icon: ToolIconName;
  readonly label: string;
  readonly onPress: () => void;
  /** For a tool that is on or off. */
  readonly isOn?: boolean;
  /** It stays where it is and takes the focus, and says that it does nothing now. */
  readonly isIdle?: boolean;
}

export function Tool({ icon, label, onPress, isOn, isIdle = false }: ToolProps) {
  return (
    <button
      type="button"
      className={styles.tool}
      aria-label={label}
      title={label}
      aria-disabled={isIdle || undefined}
      {...(isOn === undefined ? {} : { 'aria-pressed': isOn })}
      onClick={() => {
        if (!isIdle) onPress();
      }}
    >
      <ToolIcon name={icon} />
    </button>
  );
}

export interface SliderProps {
  readonly icon: ToolIconName;
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  /** The value as it is said. */
  readonly said: string;
  readonly onChange: (value: number) => void;
}

export function Slider({ icon, label, said, onChange, ...range }: SliderProps) {
  return (
    <label className={styles.slider}>
      <ToolIcon name={icon} />
      <span className={styles.unseen}>{label}</span>
      <input
        type="range"
        {...range}
        title={label}
        aria-valuetext={said}
        onChange={({ target }) => onChange(Number(target.value))}
      />
    </label>
  );
}
