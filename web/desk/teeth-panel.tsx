/** The teeth at a glance, and what is to do: for practices that keep findings by tooth. */
import { useInfiniteQuery } from '@tanstack/react-query';
import {
  conditions,
  type Mouth,
  mouthOf,
  plannedTreatment,
  procedures,
  stateOf,
  type ToothNote,
  type ToothState,
  toothNumber,
} from '../client/index.ts';
import { Panel, Row, Rows, Tag, type Tone, useFormat } from '../kit/index.ts';
import styles from './chart-page.module.css';
import { useDeskWords } from './desk-words.ts';
import { Shortened } from './shortened.tsx';
import own from './teeth-panel.module.css';

/** As one sees them from before: the patient's right is on the left. FDI numbers (ISO 3950). */
const rowOf = (right: number, left: number, count: number) => [
  ...Array.from({ length: count }, (_, at) => `${right}${count - at}`),
  ...Array.from({ length: count }, (_, at) => `${left}${at + 1}`),
];
const PERMANENT = { upper: rowOf(1, 2, 8), lower: rowOf(4, 3, 8) } as const;
const PRIMARY = { upper: rowOf(5, 6, 5), lower: rowOf(8, 7, 5) } as const;

/** Nothing is shown where nothing is kept by tooth, and until all of it is there. */
export function TeethPanel({ chart }: { readonly chart: string }) {
  const w = useDeskWords();
  const found = useInfiniteQuery(conditions(chart)).data?.pages.flatMap((page) => page.found);
  const done = useInfiniteQuery(procedures(chart)).data?.pages.flatMap((page) => page.found);
  const plans = useInfiniteQuery(plannedTreatment(chart)).data?.pages.flatMap((page) => page.found);
  if (found === undefined || done === undefined || plans === undefined) return null;
  const mouth = mouthOf({ conditions: found, procedures: done, plans });
  if (mouth === null) return null;
  return (
    <Panel title={w.teeth} icon="tooth" aside={<Legend mouth={mouth} />}>
      <Jaws mouth={mouth} />
      <p className={own.numbering}>{w.numbering[mouth.numbering]}</p>
      <ToDo mouth={mouth} />
    </Panel>
  );
}

const TOLD: readonly ToothState[] = ['decay', 'planned', 'watched', 'treated', 'missing'];

function Legend({ mouth }: { readonly mouth: Mouth }) {
  const w = useDeskWords();
  const shown = new Set([...mouth.teeth.values()].map(stateOf));
  return (
    <ul className={own.legend} aria-hidden="true">
      {TOLD.filter((state) => shown.has(state)).map((state) => (
        <li key={state}>
          <span className={own.swatch} data-state={state} />
          {w.toothStateTitle[state]}
        </li>
      ))}
    </ul>
  );
}

function Jaws({ mouth }: { readonly mouth: Mouth }) {
  const w = useDeskWords();
  const hasPermanent = [...mouth.teeth.keys()].some((tooth) => tooth < '50');
  return (
    <div className={own.jaws}>
      {hasPermanent && <Jaw name={w.upper} teeth={PERMANENT.upper} mouth={mouth} />}
      {mouth.hasPrimary && <Jaw name={w.upper} teeth={PRIMARY.upper} mouth={mouth} />}
      {mouth.hasPrimary && <Jaw name={w.lower} teeth={PRIMARY.lower} mouth={mouth} />}
      {hasPermanent && <Jaw name={w.lower} teeth={PERMANENT.lower} mouth={mouth} />}
    </div>
  );
}

interface JawProps {
  readonly name: string;
  readonly teeth: readonly string[];
  readonly mouth: Mouth;
}

function Jaw({ name, teeth, mouth }: JawProps) {
  const w = useDeskWords();
  return (
    <ol className={own.jaw} aria-label={name} data-count={teeth.length}>
      {teeth.map((tooth) => {
        const state = stateOf(mouth.teeth.get(tooth));
        const number = toothNumber(tooth, mouth.numbering);
        return (
          <li key={tooth} className={own.tooth} data-state={state}>
            <span aria-hidden="true">{number}</span>
            <span className={own.unseen}>{`${w.tooth(number)}: ${w.toothState[state]}`}</span>
          </li>
        );
      })}
    </ol>
  );
}

const TONES: Readonly<Partial<Record<ToothState, Tone>>> = { decay: 'alert', planned: 'attention' };

/** Decay and plans, tooth by tooth; what is only watched comes last. */
function ToDo({ mouth }: { readonly mouth: Mouth }) {
  const w = useDeskWords();
  const format = useFormat();
  const notes = [...mouth.teeth].flatMap(([tooth, all]) =>
    all.map((note) => ({ tooth: toothNumber(tooth, mouth.numbering), note })),
  );
  const rank = ({ state }: ToothNote) => ['decay', 'planned', 'watched'].indexOf(state);
  const open = notes
    .filter(({ note }) => rank(note) >= 0)
    .sort(
      (a, b) =>
        Number(rank(a.note) === 2) - Number(rank(b.note) === 2) ||
        a.tooth.localeCompare(b.tooth, 'en', { numeric: true }),
    );
  if (open.length === 0) return null;
  return (
    <>
      <h3 className={styles.subhead}>{w.toDo}</h3>
      <Shortened items={open} first={6}>
        {(shown) => (
          <Rows>
            {shown.map(({ tooth, note }) => (
              <Row
                key={note.id}
                title={
                  <>
                    <span className={own.number}>{tooth}</span> {note.text}
                  </>
                }
                {...(note.at === undefined ? {} : { detail: format.shortDate(note.at) })}
                side={<Tag tone={TONES[note.state] ?? 'plain'}>{w.toothStateTitle[note.state]}</Tag>}
              />
            ))}
          </Rows>
        )}
      </Shortened>
    </>
  );
}
