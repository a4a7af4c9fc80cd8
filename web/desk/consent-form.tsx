/** What a signed form covers, and until when; and what was noted of it before. */
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import {
  CONSENT_KINDS,
  type ConsentKind,
  consents,
  noteConsent,
  signedConsents,
  today,
} from '../client/index.ts';
import { ActionButton, Field, LoadedPages, Panel, Select } from '../kit/index.ts';
import styles from './chart-page.module.css';
import { ConsentList } from './consent-list.tsx';
import { useConsentWords } from './consent-words.ts';
import { useSession } from './desk-session.ts';

interface OfFormProps {
  readonly chart: string;
  /** The id of the signed form. */
  readonly document: string;
}

export function CoveredByForm({ chart, document }: OfFormProps) {
  const w = useConsentWords();
  const query = useInfiniteQuery(consents(chart));
  const mayWrite = useSession().sends.includes('consent');
  return (
    <Panel title={w.covers} icon="check">
      <LoadedPages query={query} lines={2}>
        {(found) => {
          const own = signedConsents(found, today()).filter((each) => each.document === document);
          if (own.length === 0) return <p className={styles.soft}>{w.noneHere}</p>;
          return <ConsentList chart={chart} signed={own} isBesideForm mayRevoke={mayWrite} />;
        }}
      </LoadedPages>
      {mayWrite && <NoteConsent chart={chart} document={document} />}
      <Link to="/patients/$chart/consents" params={{ chart }} className={styles.all}>
        {w.all}
      </Link>
    </Panel>
  );
}

const LONGEST = 200;

function NoteConsent({ chart, document }: OfFormProps) {
  const w = useConsentWords();
  const queries = useQueryClient();
  const [kind, setKind] = useState<ConsentKind>('treatment');
  const [about, setAbout] = useState('');
  const [until, setUntil] = useState('');
  const asksAbout = kind === 'procedure' || kind === 'release';
  const noting = useMutation({
    mutationFn: () => noteConsent({ chart, document, kind, about: asksAbout ? about : '', until }),
    onSuccess: async () => {
      setAbout('');
      setUntil('');
      await queries.invalidateQueries({ queryKey: consents(chart).queryKey });
    },
  });
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!noting.isPending) noting.mutate();
      }}
    >
      <Select
        label={w.kind}
        value={kind}
        onChange={(value) => setKind(CONSENT_KINDS.find((each) => each === value) ?? kind)}
        options={CONSENT_KINDS.map((value) => ({ value, name: w.kinds[value] }))}
      />
      {asksAbout && (
        <Field
          label={w.about[kind]}
          hint={w.aboutHint}
          value={about}
          required
          onChange={(text) => setAbout(text.slice(0, LONGEST))}
        />
      )}
      <Field label={w.until} hint={w.untilHint} type="date" value={until} onChange={setUntil} />
      <div>
        <ActionButton type="submit" weight="main" busy={noting.isPending}>
          {w.note}
        </ActionButton>
      </div>
      <p role="status">{noting.isSuccess ? w.noted : ''}</p>
      {noting.isError && <p role="alert">{w.failed}</p>}
    </form>
  );
}
