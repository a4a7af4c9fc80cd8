/** The identity providers that the practice trusts, for its owner: what is set, changing it, ending it. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { endSignOnProvider, type SignOnProvider, signOnProvidersQuery } from '../client/index.ts';
import { ActionButton, Facts, Loaded, Panel, Trouble } from '../kit/index.ts';
import { useSession } from './desk-session.ts';
import { Address } from './sign-on-address.tsx';
import { SignOnForm } from './sign-on-form.tsx';
import styles from './sign-on-panel.module.css';
import { useSignOnWords } from './sign-on-words.ts';

export function SignOnPanel() {
  const w = useSignOnWords();
  const providers = useQuery(signOnProvidersQuery);
  return (
    <Panel title={w.title} icon="door">
      <p className={styles.soft}>{w.text}</p>
      <Loaded query={providers}>{(list) => <Providers list={list} />}</Loaded>
    </Panel>
  );
}

function Providers({ list }: { readonly list: readonly SignOnProvider[] }) {
  const w = useSignOnWords();
  const [editing, setEditing] = useState<string | null>(null);
  const [told, setTold] = useState('');
  const onDone = (words: string) => {
    setEditing(null);
    setTold(words);
  };
  const one = list.find(({ id }) => id === editing) ?? null;
  if (editing !== null) return <SignOnForm before={one} onDone={onDone} />;
  return (
    <>
      {list.map((provider) => (
        <Standing
          key={provider.id}
          provider={provider}
          onChange={() => setEditing(provider.id)}
          onDone={onDone}
        />
      ))}
      {list.length === 0 && (
        <div className={styles.buttons}>
          <ActionButton onClick={() => setEditing('main')}>{w.add}</ActionButton>
        </div>
      )}
      <p role="status" className={styles.told}>
        {told}
      </p>
    </>
  );
}

interface StandingProps {
  readonly provider: SignOnProvider;
  readonly onChange: () => void;
  readonly onDone: (told: string) => void;
}

function Standing({ provider, onChange, onDone }: StandingProps) {
  const w = useSignOnWords();
  const { practice } = useSession();
  const [isEnding, setEnding] = useState(false);
  const { name, issuer, clientId, roleClaim, returnAddress } = provider;
  const link = new URL(`/signin?sign-on=${practice?.slug ?? ''}`, returnAddress ?? location.origin).href;
  return (
    <section className={styles.provider}>
      <h3>{name}</h3>
      <div className={styles.facts}>
        <Facts
          facts={[
            { name: w.staffLink, value: <Address text={link} /> },
            { name: w.returns, value: <Address text={returnAddress ?? ''} /> },
          ]}
        />
        <Facts
          facts={[
            { name: w.issuer, value: <Address text={issuer} /> },
            { name: w.clientId, value: <Address text={clientId} /> },
            { name: w.rolesFollow, value: roleClaim === null ? w.no : w.yes },
          ]}
        />
      </div>
      {isEnding ? (
        <Ending provider={provider} onDone={onDone} onCancel={() => setEnding(false)} />
      ) : (
        <div className={styles.buttons}>
          <ActionButton onClick={onChange}>{w.change}</ActionButton>
          <ActionButton weight="quiet" onClick={() => setEnding(true)}>
            {w.end}
          </ActionButton>
        </div>
      )}
    </section>
  );
}

function Ending({ provider, onDone, onCancel }: Omit<StandingProps, 'onChange'> & { onCancel: () => void }) {
  const w = useSignOnWords();
  const queries = useQueryClient();
  const ending = useMutation({
    mutationFn: async () => {
      await endSignOnProvider(provider.id);
      onDone(w.ended);
      await queries.invalidateQueries(signOnProvidersQuery);
    },
  });
  return (
    <div className={styles.form}>
      <p>{w.endText(provider.name)}</p>
      <Trouble error={ending.error} />
      <div className={styles.buttons}>
        <ActionButton weight="main" busy={ending.isPending} onClick={() => ending.mutate()}>
          {w.endIt}
        </ActionButton>
        <ActionButton weight="quiet" onClick={onCancel}>
          {w.cancel}
        </ActionButton>
      </div>
    </div>
  );
}
