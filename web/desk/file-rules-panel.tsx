/** Which files the practice takes, how much of them, and whether originals of photos are kept. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import {
  ApiError,
  type FileHandling,
  type FileLimit,
  type PracticeFileRules,
  practiceFileRules,
  setPracticeFileRules,
} from '../client/index.ts';
import { ActionButton, Check, Field, Loaded, Panel, Select, useFormat } from '../kit/index.ts';
import { faultOf, useFilesWords } from './files-words.ts';
import styles from './staff-page.module.css';

/** In what people type each limit. */
const UNITS: Readonly<Record<FileLimit, number>> = {
  bytesOfFile: 1024 ** 2,
  bytesOfPractice: 1024 ** 3,
  filesOfPractice: 1,
  openOfPerson: 1,
};
const LIMITS = Object.keys(UNITS) as readonly FileLimit[];
/** What may be shown as well. */
const SHOWABLE: readonly string[] = ['office', 'videos'];

export function FileRulesPanel() {
  const query = useQuery(practiceFileRules);
  return (
    <Loaded query={query} lines={6}>
      {(standing) => <FileRulesForm standing={standing} />}
    </Loaded>
  );
}

function FileRulesForm({ standing }: { readonly standing: PracticeFileRules }) {
  const w = useFilesWords();
  const queries = useQueryClient();
  const [rules, setRules] = useState(standing);
  const saving = useMutation({
    mutationFn: () => setPracticeFileRules(rules),
    onSuccess: (set) => {
      queries.setQueryData(practiceFileRules.queryKey, set);
      setRules(set);
    },
    onError: async (error) => {
      if (!(error instanceof ApiError) || error.status !== 412) return;
      // What somebody else has set meanwhile is what stands now.
      setRules(await queries.fetchQuery(practiceFileRules));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.mutate();
  };
  const change = (next: PracticeFileRules) => {
    saving.reset();
    setRules(next);
  };
  return (
    <form className={styles.settings} onSubmit={submit}>
      <Kinds rules={rules} onChange={change} />
      <Limits rules={rules} onChange={change} />
      <div className={styles.buttons}>
        <ActionButton type="submit" weight="main" busy={saving.isPending}>
          {w.save}
        </ActionButton>
      </div>
      {saving.error !== null && (
        <p role="alert" className={styles.fault}>
          {faultOf(w, saving.error)}
        </p>
      )}
      <p role="status">{saving.isSuccess ? w.saved : ''}</p>
    </form>
  );
}

interface PartProps {
  readonly rules: PracticeFileRules;
  readonly onChange: (rules: PracticeFileRules) => void;
}

function Kinds({ rules, onChange }: PartProps) {
  const w = useFilesWords();
  const { kinds, keepsOriginals } = rules;
  const handlings = (group: string) =>
    Object.entries(w.handlings)
      .filter(([handling]) => handling !== 'shown' || SHOWABLE.includes(group))
      .map(([value, name]) => ({
        value,
        name: value === 'shown' && group === 'office' ? w.officeTaken : name,
      }));
  return (
    <Panel title={w.kinds} icon="document">
      <p className={styles.lead}>{w.kindsHint}</p>
      <div className={styles.pair}>
        {Object.entries(w.groups).map(([group, name]) => (
          <Select
            key={group}
            label={name}
            value={kinds[group] ?? 'refused'}
            onChange={(next) => onChange({ ...rules, kinds: { ...kinds, [group]: next as FileHandling } })}
            options={handlings(group)}
          />
        ))}
      </div>
      <Check
        checked={keepsOriginals}
        onChange={(keeps) => onChange({ ...rules, keepsOriginals: keeps })}
        detail={w.originalsHint}
      >
        {w.originals}
      </Check>
    </Panel>
  );
}

function Limits({ rules, onChange }: PartProps) {
  const w = useFilesWords();
  const format = useFormat();
  const { limits, most } = rules;
  const set = (name: FileLimit, typed: string) => {
    const value = typed === '' ? null : Math.round(Number(typed) * UNITS[name]);
    onChange({ ...rules, limits: { ...limits, [name]: value } });
  };
  return (
    <Panel title={w.limits} icon="chart">
      <p className={styles.lead}>{w.limitsHint}</p>
      <div className={styles.pair}>
        {LIMITS.map((name) => {
          const value = limits[name];
          const largest = Math.floor(most[name] / UNITS[name]);
          return (
            <Field
              key={name}
              label={w.limitNames[name]}
              hint={w.atMost(format.number(largest))}
              type="number"
              min={1}
              max={largest}
              value={value === null ? '' : String(value / UNITS[name])}
              onChange={(typed) => set(name, typed)}
            />
          );
        })}
      </div>
    </Panel>
  );
}
