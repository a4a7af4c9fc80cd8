/**
 * The settings of the practice. What was typed stays typed: where somebody else was faster, theirs is told
 * beside it, and whoever typed decides.
 */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import {
  ApiError,
  needsTouch,
  type PracticeSettings,
  practiceSettings,
  type StandingSettings,
  setPractice,
} from '../client/index.ts';
import { ActionButton, Check, Field, LANGUAGES, type Language, Notice, Panel, Select } from '../kit/index.ts';
import { usePracticeWords } from './practice-words.ts';
import styles from './staff-page.module.css';

/** Texts where a number is typed: while one types, it is none yet. */
interface Typed extends Omit<PracticeSettings, Numbered> {
  readonly numbers: Readonly<Record<Numbered, string>>;
}

type Numbered = 'staffIdleMinutes' | 'patientIdleMinutes' | 'sensitiveAge' | 'majorityAge' | 'cardDays';

function typedOf({
  staffIdleMinutes,
  patientIdleMinutes,
  sensitiveAge,
  majorityAge,
  cardDays,
  ...rest
}: StandingSettings): Typed {
  const { timeZone, languages, appRequests } = rest;
  const numbers = {
    staffIdleMinutes: String(staffIdleMinutes),
    patientIdleMinutes: String(patientIdleMinutes),
    sensitiveAge: String(sensitiveAge),
    majorityAge: String(majorityAge),
    cardDays: String(cardDays),
  };
  return { numbers, timeZone, languages, appRequests };
}

function settingsOf({ numbers, ...rest }: Typed, version: number): StandingSettings {
  const { staffIdleMinutes, patientIdleMinutes, sensitiveAge, majorityAge, cardDays } = numbers;
  return {
    ...rest,
    staffIdleMinutes: Number(staffIdleMinutes),
    patientIdleMinutes: Number(patientIdleMinutes),
    sensitiveAge: Number(sensitiveAge),
    majorityAge: Number(majorityAge),
    cardDays: Number(cardDays),
    version,
  };
}

export function SettingsForm({ standing }: { readonly standing: StandingSettings }) {
  const w = usePracticeWords();
  const queries = useQueryClient();
  const [typed, setTyped] = useState(() => typedOf(standing));
  const [version, setVersion] = useState(standing.version);
  /** What somebody else set meanwhile. */
  const [theirs, setTheirs] = useState<StandingSettings | null>(null);
  const [told, setTold] = useState('');
  const saving = useMutation({
    mutationFn: () => setPractice(settingsOf(typed, version)),
    onSuccess: (set) => {
      queries.setQueryData(practiceSettings.queryKey, set);
      setVersion(set.version);
      setTheirs(null);
      setTold(w.saved);
    },
    onError: async (error) => {
      if (!(error instanceof ApiError) || error.status !== 412) return;
      const now = await queries.fetchQuery(practiceSettings);
      setTheirs(now);
      setVersion(now.version);
    },
  });
  const change = (changed: Partial<Typed>) => {
    setTold('');
    setTyped({ ...typed, ...changed });
  };
  const agesWrong = Number(typed.numbers.sensitiveAge) > Number(typed.numbers.majorityAge);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!agesWrong) saving.mutate();
  };
  return (
    <form className={styles.settings} onSubmit={submit}>
      {theirs !== null && (
        <Conflict
          busy={saving.isPending}
          onTake={() => {
            setTyped(typedOf(theirs));
            setTheirs(null);
            saving.reset();
          }}
        />
      )}
      <Idle typed={typed} theirs={theirs} onChange={change} />
      <Ages typed={typed} theirs={theirs} onChange={change} isWrong={agesWrong} />
      <Place typed={typed} theirs={theirs} onChange={change} />
      <Cards typed={typed} theirs={theirs} onChange={change} />
      <Apps typed={typed} theirs={theirs} onChange={change} />
      <div className={styles.buttons}>
        <ActionButton type="submit" weight="main" busy={saving.isPending}>
          {theirs === null ? w.save : w.keepMine}
        </ActionButton>
      </div>
      {theirs === null && <Fault error={saving.error} />}
      <p role="status">{told}</p>
    </form>
  );
}

function Conflict({ busy, onTake }: { readonly busy: boolean; readonly onTake: () => void }) {
  const w = usePracticeWords();
  const take = (
    <ActionButton busy={busy} onClick={onTake}>
      {w.takeTheirs}
    </ActionButton>
  );
  return (
    <div role="alert">
      <Notice icon="people" title={w.conflict} tone="warning" action={take}>
        {w.conflictText}
      </Notice>
    </div>
  );
}

interface PartProps {
  readonly typed: Typed;
  readonly theirs: StandingSettings | null;
  readonly onChange: (changed: Partial<Typed>) => void;
}

interface NumberFieldProps extends PartProps {
  readonly name: Numbered;
  readonly label: string;
  readonly least: number;
  readonly most: number;
}

function NumberField({ typed, theirs, onChange, name, label, least, most }: NumberFieldProps) {
  const w = usePracticeWords();
  const value = typed.numbers[name];
  const differs = theirs !== null && String(theirs[name]) !== value;
  const range = w.range(least, most);
  return (
    <Field
      label={label}
      hint={differs ? `${range}. ${w.theirs(String(theirs[name]))}` : range}
      type="number"
      value={value}
      min={least}
      max={most}
      required
      onChange={(next) => onChange({ numbers: { ...typed.numbers, [name]: next } })}
    />
  );
}

function Idle(props: PartProps) {
  const w = usePracticeWords();
  return (
    <Panel title={w.idle} icon="clock">
      <p className={styles.soft}>{w.idleHint}</p>
      <div className={styles.pair}>
        <NumberField {...props} name="staffIdleMinutes" label={w.staffIdle} least={2} most={15} />
        <NumberField {...props} name="patientIdleMinutes" label={w.patientIdle} least={5} most={30} />
      </div>
    </Panel>
  );
}

function Ages({ isWrong, ...props }: PartProps & { readonly isWrong: boolean }) {
  const w = usePracticeWords();
  return (
    <Panel title={w.ages} icon="people">
      <p className={styles.soft}>{w.agesHint}</p>
      <div className={styles.pair}>
        <NumberField {...props} name="sensitiveAge" label={w.sensitiveAge} least={10} most={18} />
        <NumberField {...props} name="majorityAge" label={w.majorityAge} least={16} most={21} />
      </div>
      {isWrong && (
        <p role="alert" className={styles.fault}>
          {w.agesWrong}
        </p>
      )}
    </Panel>
  );
}

function Place({ typed, theirs, onChange }: PartProps) {
  const w = usePracticeWords();
  const { timeZone, languages } = typed;
  const first = languages[0] ?? 'en';
  // What is likely comes first: what stands, and where whoever looks is.
  const here = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const all = [...new Set([timeZone, here, ...Intl.supportedValuesOf('timeZone')])];
  const own = (code: string) => LANGUAGES[code as Language] ?? code;
  const others = Object.keys(LANGUAGES).filter((code) => code !== first);
  return (
    <Panel title={w.place} icon="calendar">
      <div className={styles.pair}>
        <Select
          label={w.timeZone}
          hint={theirsHint(w, w.timeZoneHint, theirs?.timeZone, timeZone)}
          value={timeZone}
          onChange={(zone) => onChange({ timeZone: zone })}
          options={all.map((zone) => ({ value: zone, name: zone.replaceAll('_', ' ') }))}
        />
        <Select
          label={w.firstLanguage}
          hint={theirsHint(
            w,
            w.firstHint,
            theirs?.languages.map(own).join(', '),
            languages.map(own).join(', '),
          )}
          value={first}
          onChange={(code) => onChange({ languages: [code, ...languages.filter((each) => each !== code)] })}
          options={Object.entries(LANGUAGES).map(([value, name]) => ({ value, name }))}
        />
      </div>
      {others.map((code) => (
        <Check
          key={code}
          checked={languages.includes(code)}
          onChange={(isIn) =>
            onChange({ languages: [...languages.filter((each) => each !== code), ...(isIn ? [code] : [])] })
          }
        >
          {w.alsoIn(own(code))}
        </Check>
      ))}
    </Panel>
  );
}

function theirsHint(
  w: ReturnType<typeof usePracticeWords>,
  hint: string,
  theirs: string | undefined,
  mine: string,
): string {
  return theirs === undefined || theirs === mine ? hint : `${hint} ${w.theirs(theirs)}`;
}

function Cards(props: PartProps) {
  const w = usePracticeWords();
  return (
    <Panel title={w.cards} icon="card">
      <p className={styles.soft}>{w.cardsHint}</p>
      <NumberField {...props} name="cardDays" label={w.cardDays} least={1} most={365} />
    </Panel>
  );
}

function Apps({ typed, theirs, onChange }: PartProps) {
  const w = usePracticeWords();
  const word = (isOn: boolean) => (isOn ? w.on : w.off);
  const set = theirs === null ? undefined : word(theirs.appRequests);
  return (
    <Panel title={w.apps} icon="apps">
      <Check
        checked={typed.appRequests}
        onChange={(appRequests) => onChange({ appRequests })}
        detail={theirsHint(w, w.appRequestsHint, set, word(typed.appRequests))}
      >
        {w.appRequests}
      </Check>
    </Panel>
  );
}

function Fault({ error }: { readonly error: unknown }) {
  const w = usePracticeWords();
  if (error === null) return null;
  const isInvalid = error instanceof ApiError && error.status === 400;
  return (
    <p role="alert" className={styles.fault}>
      {needsTouch(error) ? w.touch : isInvalid ? w.invalid : w.failed}
    </p>
  );
}
