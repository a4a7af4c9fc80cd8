/** Fields of forms: texts, days, choices; large enough for a thumb. */
import { type ReactNode, useId } from 'react';
import styles from './choices.module.css';
import { Icon } from './icon.tsx';

export interface CheckProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly children: ReactNode;
  readonly detail?: ReactNode;
}

/** The whole row is the target. */
export function Check({ checked, onChange, children, detail }: CheckProps) {
  const about = useId();
  return (
    <label className={styles.check}>
      <input
        type="checkbox"
        checked={checked}
        onChange={({ target }) => onChange(target.checked)}
        {...(detail === undefined ? {} : { 'aria-describedby': about })}
      />
      <span className={styles.box} aria-hidden="true">
        {checked && <Icon name="check" size={18} />}
      </span>
      <span>
        {children}
        {detail !== undefined && (
          <span className={styles.detail} id={about}>
            {detail}
          </span>
        )}
      </span>
    </label>
  );
}

export interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly type?: 'text' | 'email' | 'date' | 'number' | 'url';
  readonly hint?: string;
  readonly required?: boolean;
  readonly min?: string | number;
  readonly max?: string | number;
  readonly minLength?: number;
}

export function Field({
  label,
  value,
  onChange,
  type = 'text',
  hint,
  required = false,
  ...more
}: FieldProps) {
  const id = useId();
  const about = `${id}-about`;
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        type={type}
        value={value}
        required={required}
        min={more.min}
        max={more.max}
        minLength={more.minLength}
        autoComplete="off"
        onChange={({ target }) => onChange(target.value)}
        {...(hint === undefined ? {} : { 'aria-describedby': about })}
      />
      {hint !== undefined && (
        <span className={styles.detail} id={about}>
          {hint}
        </span>
      )}
    </div>
  );
}

export interface TextAreaProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly hint: string;
  readonly required?: boolean;
}

/** Several lines to type. */
export function TextArea({ label, value, onChange, hint, required = false }: TextAreaProps) {
  const id = useId();
  const about = `${id}-about`;
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <textarea
        id={id}
        rows={3}
        value={value}
        required={required}
        autoComplete="off"
        aria-describedby={about}
        onChange={({ target }) => onChange(target.value)}
      />
      <span className={styles.detail} id={about}>
        {hint}
      </span>
    </div>
  );
}

export interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly options: readonly { readonly value: string; readonly name: string }[];
  readonly hint?: string;
}

export function Select({ label, value, onChange, options, hint }: SelectProps) {
  const id = useId();
  const about = `${id}-about`;
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        {...(hint === undefined ? {} : { 'aria-describedby': about })}
      >
        {options.map(({ value: each, name }) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
      {hint !== undefined && (
        <span className={styles.detail} id={about}>
          {hint}
        </span>
      )}
    </div>
  );
}

/** Several fields under one heading. */
export function FieldSet({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <fieldset className={styles.fieldset}>
      <legend className={styles.label}>{title}</legend>
      {children}
    </fieldset>
  );
}
