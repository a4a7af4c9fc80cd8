/** What somebody is to see of a record, and until when. */
import { useState } from 'react';
import type { AccessAsked } from '../client/index.ts';
import { ActionButton, Check, Field, FieldSet } from '../kit/index.ts';
import styles from './family-page.module.css';
import { useFamilyWords } from './family-words.ts';

export interface AccessFormProps {
  /** What may be passed on. */
  readonly shares: readonly string[];
  /** What whoever gets it may pass on in turn. */
  readonly passedOn: readonly string[];
  readonly sections: readonly string[];
  readonly until: string | null;
  readonly doing: string;
  readonly busy: boolean;
  readonly onDone: (access: AccessAsked) => void;
  readonly onCancel?: () => void;
}

export function AccessForm({ shares, passedOn, ...form }: AccessFormProps) {
  const { sections, until, doing, busy, onDone, onCancel } = form;
  const w = useFamilyWords();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(sections));
  const [day, setDay] = useState(until === null ? '' : dayOf(until));
  const [isEmpty, setEmpty] = useState(false);
  const toggle = (section: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(section);
    else next.delete(section);
    setChosen(next);
    setEmpty(false);
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen.size === 0) setEmpty(true);
        else onDone({ sections: shares.filter((each) => chosen.has(each)), until: endOf(day) });
      }}
    >
      <FieldSet title={w.what}>
        {shares.map((section) => (
          <Check
            key={section}
            checked={chosen.has(section)}
            onChange={(on) => toggle(section, on)}
            {...(section === 'sensitive' ? { detail: w.sensitiveDetail } : {})}
          >
            {w.sections[section] ?? section}
          </Check>
        ))}
      </FieldSet>
      <Field label={w.howLong} type="date" value={day} onChange={setDay} min={tomorrow()} />
      {passedOn.some((each) => chosen.has(each)) && <p className={styles.soft}>{w.passedOn}</p>}
      {isEmpty && <p role="alert">{w.choose}</p>}
      <div className={styles.buttons}>
        <ActionButton type="submit" weight="main" busy={busy}>
          {doing}
        </ActionButton>
        {onCancel !== undefined && <ActionButton onClick={onCancel}>{w.cancel}</ActionButton>}
      </div>
    </form>
  );
}

/** The last day, as a date field holds it. */
function dayOf(until: string): string {
  const last = new Date(new Date(until).getTime() - 1);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${last.getFullYear()}-${two(last.getMonth() + 1)}-${two(last.getDate())}`;
}

/** The end of that day, where one sits; null for no day. */
function endOf(day: string): string | null {
  const [year, month, date] = day.split('-').map(Number);
  if (year === undefined || month === undefined || date === undefined) return null;
  return new Date(year, month - 1, date + 1).toISOString();
}

function tomorrow(): string {
  return dayOf(new Date(Date.now() + 24 * 3_600_000).toISOString());
}
