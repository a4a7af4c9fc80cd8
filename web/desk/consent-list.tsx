/** Consents, what each covers and whether it stands; with the form that was signed, and a way to revoke. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { consents, revokeConsent, type SignedConsent } from '../client/index.ts';
import { ActionButton, Row, Rows, Tag, useFormat } from '../kit/index.ts';
import styles from './chart-page.module.css';
import { useConsentWords } from './consent-words.ts';

interface ConsentListProps {
  readonly chart: string;
  readonly signed: readonly SignedConsent[];
  /** Whether the form stands beside it already. */
  readonly isBesideForm: boolean;
  /** Whether whoever looks writes here. */
  readonly mayRevoke: boolean;
}

const TONES = { active: 'good', ended: 'attention', revoked: 'alert', other: 'plain' } as const;

export function ConsentList({ chart, signed, isBesideForm, mayRevoke }: ConsentListProps) {
  const w = useConsentWords();
  const format = useFormat();
  return (
    <Rows>
      {signed.map((each) => {
        const { id, kind, about, until, standing, document } = each;
        const said = [
          about,
          each.signed === '' ? '' : w.signed(format.date(each.signed)),
          until === '' ? '' : w.ends(format.date(until)),
        ];
        return (
          <Row
            key={id}
            title={
              <>
                {kind === null ? w.other : w.kinds[kind]}{' '}
                <Tag tone={TONES[standing]}>{w.standing[standing]}</Tag>
              </>
            }
            detail={said.filter(Boolean).join(' · ')}
            side={
              <>
                {!isBesideForm && document !== null && (
                  <Link
                    to="/patients/$chart/documents/$document"
                    params={{ chart, document }}
                    className={styles.all}
                  >
                    {w.form}
                  </Link>
                )}
                {mayRevoke && standing === 'active' && <Revoke chart={chart} consent={each} />}
              </>
            }
          />
        );
      })}
    </Rows>
  );
}

function Revoke({ chart, consent }: { readonly chart: string; readonly consent: SignedConsent }) {
  const w = useConsentWords();
  const queries = useQueryClient();
  const [isAsked, setAsked] = useState(false);
  const revoking = useMutation({
    mutationFn: () => revokeConsent(consent),
    onSettled: () => queries.invalidateQueries({ queryKey: consents(chart).queryKey }),
  });
  if (!isAsked) return <ActionButton onClick={() => setAsked(true)}>{w.revoke}</ActionButton>;
  return (
    <>
      <ActionButton weight="main" busy={revoking.isPending} onClick={() => revoking.mutate()}>
        {w.reallyRevoke}
      </ActionButton>
      <ActionButton weight="quiet" onClick={() => setAsked(false)}>
        {w.keep}
      </ActionButton>
      {revoking.isError && <p role="alert">{w.failed}</p>}
    </>
  );
}
