/** Which resource of the records somebody is: what apps are told who asks who uses them. It opens nothing. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { ActionButton, Select } from '../kit/index.ts';
import { Fault } from './staff-fault.tsx';
import styles from './staff-page.module.css';
import { useStaffWords } from './staff-words.ts';

export interface KnownInRecords {
  readonly id: string;
  readonly name: string;
}

export interface WhoInRecordsProps {
  /** Of the account, as a person says it. */
  readonly name: string;
  /** What it is that they are one of: Practitioners here, or people named in the record of the patient. */
  readonly label: string;
  /** The id of what stands for them; null where nothing does. */
  readonly said: string | null;
  readonly known: readonly KnownInRecords[];
  /** Under which what was said is kept. */
  readonly queryKey: readonly unknown[];
  readonly say: (id: string | null) => Promise<void>;
}

export function WhoInRecords({ name, label, said, known, queryKey, say }: WhoInRecordsProps) {
  const w = useStaffWords();
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(() => said ?? sameName(known, name) ?? '');
  const headingId = useId();
  const saying = useMutation({
    mutationFn: () => say(chosen === '' ? null : chosen),
    onSuccess: async () => {
      setOpen(false);
      await queries.invalidateQueries({ queryKey });
    },
  });
  const standing = known.find(({ id }) => id === said);
  const stands = said === null ? w.inRecordsNobody : (standing?.name ?? w.inRecordsGone);
  if (!isOpen) {
    return (
      <div className={styles.inRecords}>
        <p className={styles.soft}>
          {w.inRecords} <strong>{stands}</strong>
        </p>
        <ActionButton weight="quiet" onClick={() => setOpen(true)}>
          <span className={styles.unseen}>{w.sayWhoOf(name)}</span>
          <span aria-hidden="true">{w.sayWho}</span>
        </ActionButton>
      </div>
    );
  }
  const options = [
    { value: '', name: w.inRecordsNobody },
    ...known.map((each) => ({ value: each.id, name: each.name })),
  ];
  return (
    <form
      className={`${styles.form} ${styles.inRecordsForm}`}
      aria-labelledby={headingId}
      onSubmit={(event) => {
        event.preventDefault();
        saying.mutate();
      }}
    >
      <p id={headingId} className={styles.soft}>
        {known.length === 0 ? w.nobodyInRecords : w.sayWhoText(name)}
      </p>
      <Select label={label} value={chosen} onChange={setChosen} options={options} />
      <div className={styles.buttons}>
        <ActionButton type="submit" weight="main" busy={saying.isPending}>
          {w.sayWhoNow}
        </ActionButton>
        <ActionButton onClick={() => setOpen(false)}>{w.cancel}</ActionButton>
      </div>
      <Fault error={saying.error} conflict={w.failed} />
    </form>
  );
}

/** Whose name it is, where one alone has it; nothing is said before somebody presses. */
function sameName(known: readonly KnownInRecords[], name: string): string | null {
  const plain = (text: string) =>
    text
      .toLocaleLowerCase()
      .replace(/^(dr|prof)\.?\s+|,.*$/gu, '')
      .trim();
  const same = known.filter((each) => plain(each.name) === plain(name));
  return same.length === 1 ? same[0]!.id : null;
}
