/** How long documents of each type are kept: for ever, where nothing is said. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type KeepingRule, type KeepingRules, keepingRules, setKeepingRules } from '../client/index.ts';
import { ActionButton, Field, Loaded, Panel, Row, Rows, Select } from '../kit/index.ts';
import { useSendingWords } from '../viewer/index.ts';
import { faultOf, useFilesWords } from './files-words.ts';
import styles from './staff-page.module.css';

export function KeepingPanel({ mayChange }: { readonly mayChange: boolean }) {
  const w = useFilesWords();
  const query = useQuery(keepingRules);
  return (
    <Panel title={w.keeping} icon="calendar">
      <p className={styles.lead}>{w.keepingHint}</p>
      <Loaded query={query} lines={2}>
        {(standing) => <Keeping standing={standing} mayChange={mayChange} />}
      </Loaded>
    </Panel>
  );
}

interface KeepingProps {
  readonly standing: KeepingRules;
  readonly mayChange: boolean;
}

function Keeping({ standing, mayChange }: KeepingProps) {
  const w = useFilesWords();
  const { types } = useSendingWords();
  const queries = useQueryClient();
  const { rules, version } = standing;
  const setting = useMutation({
    mutationFn: (next: readonly KeepingRule[]) => setKeepingRules({ rules: next, version }),
    onSuccess: (set) => queries.setQueryData(keepingRules.queryKey, set),
    onError: () => queries.invalidateQueries({ queryKey: keepingRules.queryKey }),
  });
  const nameOf = ({ type, years, after }: KeepingRule) =>
    w.rule(types[type as keyof typeof types] ?? type, years, w.bases[after]);
  return (
    <>
      {rules.length === 0 && <p>{w.noRules}</p>}
      <Rows>
        {rules.map((rule) => (
          <Row
            key={`${rule.type} ${rule.after}`}
            title={nameOf(rule)}
            side={
              mayChange ? (
                <ActionButton
                  weight="quiet"
                  busy={setting.isPending}
                  onClick={() => setting.mutate(rules.filter((each) => each !== rule))}
                >
                  {w.removeRule}
                </ActionButton>
              ) : undefined
            }
          />
        ))}
      </Rows>
      {setting.error !== null && (
        <p role="alert" className={styles.fault}>
          {faultOf(w, setting.error)}
        </p>
      )}
      {mayChange && <NewRule busy={setting.isPending} onAdd={(rule) => setting.mutate([...rules, rule])} />}
    </>
  );
}

interface NewRuleProps {
  readonly busy: boolean;
  readonly onAdd: (rule: KeepingRule) => void;
}

function NewRule({ busy, onAdd }: NewRuleProps) {
  const w = useFilesWords();
  const { types } = useSendingWords();
  const [type, setType] = useState('letter');
  const [after, setAfter] = useState<KeepingRule['after']>('last-visit');
  const [years, setYears] = useState('10');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAdd({ type, after, years: Number(years) });
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.pair}>
        <Select
          label={w.type}
          value={type}
          onChange={setType}
          options={Object.entries(types).map(([value, name]) => ({ value, name }))}
        />
        <Select
          label={w.after}
          value={after}
          onChange={(next) => setAfter(next as KeepingRule['after'])}
          options={Object.entries(w.bases).map(([value, name]) => ({ value, name }))}
        />
        <Field label={w.years} type="number" value={years} min={1} max={150} required onChange={setYears} />
      </div>
      <div className={styles.buttons}>
        <ActionButton type="submit" busy={busy}>
          {w.addRule}
        </ActionButton>
      </div>
    </form>
  );
}
