/** What is to be sent, what it is called, for how long, how often, and with which passcode. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  ApiError,
  type ListedDocument,
  linksOf,
  type MadeLink,
  makeLink,
  needsTouch,
} from '../client/index.ts';
import { ActionButton, Check, Field, FieldSet, Icon, Panel, Select, useFormat } from '../kit/index.ts';
import { useKindName } from '../viewer/index.ts';
import styles from './family-page.module.css';
import { useLinkWords } from './link-words.ts';
import type { LinkWords } from './words/links-en.ts';

interface LinkFormProps {
  readonly chart: string;
  readonly documents: readonly ListedDocument[];
  /** Whether a summary may be sent. */
  readonly summary: boolean;
  readonly onMade: (made: MadeLink) => void;
}

const DAYS = ['1', '7', '30'];
const OPENINGS = ['', '1', '5'];

export function LinkForm({ chart, documents, summary, onMade }: LinkFormProps) {
  const w = useLinkWords();
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [withSummary, setWithSummary] = useState(false);
  const [label, setLabel] = useState('');
  const [days, setDays] = useState('7');
  const [openings, setOpenings] = useState('');
  const [passcode, setPasscode] = useState('');
  const [missing, setMissing] = useState('');
  const make = useMutation({
    mutationFn: () =>
      makeLink({
        chart,
        documents: [...chosen],
        summary: withSummary,
        label: label.trim(),
        days: Number(days),
        ...(passcode === '' ? {} : { passcode }),
        ...(openings === '' ? {} : { openings: Number(openings) }),
      }),
    onSuccess: async (made) => {
      onMade(made);
      await queries.invalidateQueries({ queryKey: linksOf(chart).queryKey });
    },
  });
  const send = () => {
    const isNothing = chosen.size === 0 && !withSummary;
    const lacks = isNothing ? w.chooseWhat : lackOf(label, passcode, w);
    setMissing(lacks);
    if (lacks === '' && !make.isPending) make.mutate();
  };
  return (
    <Panel title={w.make} icon="mail">
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <What
          documents={documents}
          chosen={chosen}
          onChosen={setChosen}
          summary={summary ? withSummary : null}
          onSummary={setWithSummary}
        />
        <Field
          label={w.label}
          hint={w.labelHint}
          value={label}
          onChange={(text) => setLabel(text.slice(0, 80))}
        />
        <Select
          label={w.howLong}
          value={days}
          onChange={setDays}
          options={DAYS.map((value) => ({ value, name: w.days(Number(value)) }))}
        />
        <Select
          label={w.howOften}
          value={openings}
          onChange={setOpenings}
          options={OPENINGS.map((value) => ({
            value,
            name: w.openings(value === '' ? null : Number(value)),
          }))}
        />
        <Field label={w.passcode} hint={w.passcodeHint} value={passcode} onChange={setPasscode} />
        <p className={styles.soft}>{w.warning}</p>
        {missing !== '' && (
          <p role="alert" className={styles.lacking}>
            <Icon name="alert" size={20} />
            {missing}
          </p>
        )}
        <div className={styles.buttons}>
          <ActionButton type="submit" weight="main" busy={make.isPending}>
            {w.makeNow}
          </ActionButton>
        </div>
        <Fault error={make.error} />
      </form>
    </Panel>
  );
}

/** What is to be mended first; empty where nothing is. */
function lackOf(label: string, passcode: string, w: LinkWords): string {
  if (label.trim() === '') return w.writeLabel;
  return passcode !== '' && passcode.length < 4 ? w.longerPasscode : '';
}

interface WhatProps {
  readonly documents: readonly ListedDocument[];
  readonly chosen: ReadonlySet<string>;
  readonly onChosen: (chosen: ReadonlySet<string>) => void;
  /** Null where none may be sent. */
  readonly summary: boolean | null;
  readonly onSummary: (on: boolean) => void;
}

function What({ documents, chosen, onChosen, summary, onSummary }: WhatProps) {
  const w = useLinkWords();
  const format = useFormat();
  const kindName = useKindName();
  const toggle = (id: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    onChosen(next);
  };
  return (
    <FieldSet title={w.what}>
      {summary !== null && (
        <Check checked={summary} onChange={onSummary} detail={w.summaryDetail}>
          {w.summary}
        </Check>
      )}
      {documents.map((each) => {
        const kind = kindName(each);
        const name = each.name || kind || w.untitled;
        const about = [kind === name ? '' : kind, each.date === '' ? '' : format.shortDate(each.date)];
        return (
          <Check
            key={each.id}
            checked={chosen.has(each.id)}
            onChange={(on) => toggle(each.id, on)}
            detail={about.filter(Boolean).join(' · ')}
          >
            {name}
          </Check>
        );
      })}
    </FieldSet>
  );
}

function Fault({ error }: { readonly error: unknown }) {
  const w = useLinkWords();
  if (error === null) return null;
  const told =
    error instanceof ApiError && error.status === 422
      ? w.protected
      : error instanceof ApiError && error.status === 413
        ? w.tooLarge
        : error instanceof ApiError && error.status === 409
          ? w.tooMany
          : w.failed;
  return (
    <p role="alert" className={styles.fault}>
      {needsTouch(error) ? w.touch : told}
    </p>
  );
}
