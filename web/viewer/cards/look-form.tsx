/** What somebody at the desk notes who looked at a card: without a photo, or of one that was sent before. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { CARD_KINDS, type CardKind, checkCard, documents, type KeptCard } from '../../client/index.ts';
import { ActionButton, Field, Select } from '../../kit/index.ts';
import styles from './card-capture.module.css';
import { useCardWords } from './card-words.ts';

interface LookFormProps {
  readonly chart: string;
  /** The card of a photo that was looked at with it; null for a look alone. */
  readonly card: KeptCard | null;
  onDone?(): void;
}

const LAST = 4;

export function LookForm({ chart, card, onDone }: LookFormProps) {
  const w = useCardWords();
  const queries = useQueryClient();
  const [kind, setKind] = useState<CardKind>(card?.kind ?? 'photo-id');
  const [issuer, setIssuer] = useState(card?.issuer ?? '');
  const [expires, setExpires] = useState(card?.expires ?? '');
  const [last4, setLast4] = useState('');
  const noting = useMutation({
    mutationFn: () => checkCard({ chart, kind, issuer, expires, last4, document: card?.listed.id ?? null }),
    onSuccess: async () => {
      setIssuer('');
      setExpires('');
      setLast4('');
      await queries.invalidateQueries({ queryKey: documents(chart).queryKey });
      onDone?.();
    },
  });
  return (
    <form
      className={styles.send}
      onSubmit={(event) => {
        event.preventDefault();
        if (!noting.isPending) noting.mutate();
      }}
    >
      {card === null && (
        <Select
          label={w.kind}
          value={kind}
          onChange={(value) => setKind(CARD_KINDS.find((each) => each === value) ?? kind)}
          options={CARD_KINDS.map((value) => ({ value, name: w.kinds[value] }))}
        />
      )}
      <Field
        label={w.issuer}
        hint={w.issuerHint}
        value={issuer}
        onChange={(text) => setIssuer(text.slice(0, 80))}
      />
      <Field label={w.expires} hint={w.expiresHint} type="date" value={expires} onChange={setExpires} />
      <Field
        label={w.last4}
        hint={w.last4Hint}
        value={last4}
        onChange={(text) => setLast4(text.replace(/[^\p{L}\p{N}]/gu, '').slice(0, LAST))}
      />
      <div>
        <ActionButton type="submit" weight="main" busy={noting.isPending}>
          {card === null ? w.note : w.save}
        </ActionButton>
      </div>
      <p role="status">{noting.isSuccess ? w.noted : ''}</p>
      {noting.isError && <p role="alert">{w.failed}</p>}
    </form>
  );
}
