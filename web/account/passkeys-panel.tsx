/** The passkeys of the account: another one, a name for each, and taking one away. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  ApiError,
  factorsQuery,
  type OwnFactors,
  type OwnPasskey,
  removePasskey,
  renamePasskey,
} from '../client/index.ts';
import {
  ActionButton,
  MakePasskey,
  Notice,
  Panel,
  Row,
  Rows,
  TextField,
  Trouble,
  useFormat,
  useKitWords,
} from '../kit/index.ts';
import styles from './account.module.css';
import { useAccountWords } from './account-words.ts';

export function PasskeysPanel({ factors }: { readonly factors: OwnFactors }) {
  const w = useAccountWords();
  const k = useKitWords();
  const queries = useQueryClient();
  const [isAdding, setAdding] = useState(false);
  const onMade = () => {
    setAdding(false);
    void queries.invalidateQueries(factorsQuery);
  };
  return (
    <Panel title={w.passkeys} icon="lock">
      {factors.passkeys.length === 0 ? (
        <Notice icon="lock" title={w.noPasskeys} />
      ) : (
        <Rows>
          {factors.passkeys.map((passkey) => (
            <PasskeyRow key={passkey.id} passkey={passkey} />
          ))}
        </Rows>
      )}
      <div className={styles.below}>
        {isAdding ? (
          <>
            <MakePasskey onMade={onMade} />
            <ActionButton weight="quiet" onClick={() => setAdding(false)}>
              {k.cancel}
            </ActionButton>
          </>
        ) : (
          <ActionButton onClick={() => setAdding(true)}>{w.addPasskey}</ActionButton>
        )}
      </div>
    </Panel>
  );
}

function PasskeyRow({ passkey }: { readonly passkey: OwnPasskey }) {
  const w = useAccountWords();
  const format = useFormat();
  const [doing, setDoing] = useState<'naming' | 'removing' | null>(null);
  const { name, madeAt, usedAt } = passkey;
  const used = usedAt === null ? w.neverUsed : w.usedOn(format.dayAndTime(usedAt));
  const detail = (
    <>
      {w.madeOn(format.date(madeAt))} · {used}
      {doing === 'naming' && <Naming passkey={passkey} onEnd={() => setDoing(null)} />}
      {doing === 'removing' && <Removing passkey={passkey} onEnd={() => setDoing(null)} />}
      {doing === null && (
        <span className={styles.buttons}>
          <button
            type="button"
            className={styles.small}
            aria-label={w.renameOf(name)}
            onClick={() => setDoing('naming')}
          >
            {w.rename}
          </button>
          <button
            type="button"
            className={styles.small}
            aria-label={w.removeOf(name)}
            onClick={() => setDoing('removing')}
          >
            {w.remove}
          </button>
        </span>
      )}
    </>
  );
  return <Row title={name} detail={detail} />;
}

interface DoingProps {
  readonly passkey: OwnPasskey;
  readonly onEnd: () => void;
}

function useChange(change: () => Promise<void>, onEnd: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      await change();
      await queries.invalidateQueries(factorsQuery);
    },
    onSuccess: onEnd,
  });
}

function Naming({ passkey, onEnd }: DoingProps) {
  const w = useAccountWords();
  const k = useKitWords();
  const [name, setName] = useState(passkey.name);
  const change = useChange(() => renamePasskey(passkey.id, name.trim()), onEnd);
  return (
    <form
      className={styles.steps}
      onSubmit={(event) => {
        event.preventDefault();
        if (!change.isPending) change.mutate();
      }}
    >
      <Trouble error={change.error} />
      <TextField label={w.nameLabel} hint={w.nameHint} value={name} onChange={setName} />
      <div className={styles.pair}>
        <ActionButton weight="main" type="submit" busy={change.isPending}>
          {w.save}
        </ActionButton>
        <ActionButton weight="quiet" onClick={onEnd}>
          {k.cancel}
        </ActionButton>
      </div>
    </form>
  );
}

function Removing({ passkey, onEnd }: DoingProps) {
  const w = useAccountWords();
  const k = useKitWords();
  const change = useChange(() => removePasskey(passkey.id), onEnd);
  const isLast = change.error instanceof ApiError && change.error.status === 409;
  return (
    <div className={styles.steps}>
      <p>{w.removeText(passkey.name)}</p>
      {isLast ? <Notice icon="alert" tone="warning" title={w.lastWay} /> : <Trouble error={change.error} />}
      <div className={styles.pair}>
        <ActionButton weight="main" busy={change.isPending} onClick={() => change.mutate()}>
          {w.removeIt}
        </ActionButton>
        <ActionButton weight="quiet" onClick={onEnd}>
          {k.cancel}
        </ActionButton>
      </div>
    </div>
  );
}
