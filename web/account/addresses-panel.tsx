/** Where mails about the account go, and in which language. A new address counts once its link was opened. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  ApiError,
  confirmAddress,
  makeAddressFirst,
  type OwnAddress,
  type OwnAddresses,
  ownAddressesQuery,
  proposeAddress,
  removeAddress,
  writeIn,
} from '../client/index.ts';
import {
  ActionButton,
  Loaded,
  Notice,
  Panel,
  Row,
  Rows,
  Tag,
  TextField,
  Trouble,
  useKitWords,
  useLanguage,
} from '../kit/index.ts';
import styles from './account.module.css';
import { useAccountWords } from './account-words.ts';

/** What a link in a mail brought here; out of the address at once, since it stays in the history there. */
const brought = takeTicket();

function takeTicket(): string | null {
  const found = /^#address=([\w.~-]+)$/.exec(globalThis.location?.hash ?? '');
  if (found !== null) history.replaceState(null, '', location.pathname);
  return found?.[1] ?? null;
}

export function AddressesPanel() {
  const w = useAccountWords();
  const addresses = useQuery(ownAddressesQuery);
  return (
    <Panel title={w.addresses} icon="mail">
      {brought !== null && <Confirming ticket={brought} />}
      <Loaded query={addresses}>
        {(data) => (
          <>
            <Rows>
              <Row title={data.first ?? ''} detail={w.addressFirstText} side={<Tag>{w.addressFirst}</Tag>} />
              {data.others.map((address) => (
                <AddressRow key={address.id} address={address} />
              ))}
            </Rows>
            <p className={styles.soft}>{w.addressesText}</p>
            <div className={styles.below}>
              <Adding />
              <Writing language={data.language} />
            </div>
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function useChange<Value>(change: (value: Value) => Promise<void>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (value: Value) => {
      await change(value);
      await queries.invalidateQueries({ queryKey: ['account'] });
    },
  });
}

function Confirming({ ticket }: { readonly ticket: string }) {
  const w = useAccountWords();
  const confirm = useChange(confirmAddress);
  const { error } = confirm;
  if (confirm.isSuccess) return <Notice icon="check" title={w.addressConfirmed} />;
  const isTaken = error instanceof ApiError && error.status === 409;
  const isOver = error instanceof ApiError && error.status === 400;
  if (isTaken || isOver) {
    return <Notice icon="alert" tone="warning" title={isTaken ? w.addressTaken : w.addressOver} />;
  }
  return (
    <div className={styles.steps}>
      <p>{w.addressConfirmText}</p>
      <Trouble error={error} />
      <ActionButton weight="main" busy={confirm.isPending} onClick={() => confirm.mutate(ticket)}>
        {w.addressConfirm}
      </ActionButton>
    </div>
  );
}

function AddressRow({ address: { id, email } }: { readonly address: OwnAddress }) {
  const w = useAccountWords();
  const first = useChange(makeAddressFirst);
  const removal = useChange(removeAddress);
  const isBusy = first.isPending || removal.isPending;
  const detail = (
    <>
      <Trouble error={first.error ?? removal.error} />
      <span className={styles.buttons}>
        <button
          type="button"
          className={styles.small}
          disabled={isBusy}
          aria-label={w.addressMakeFirstOf(email)}
          onClick={() => first.mutate(id)}
        >
          {w.addressMakeFirst}
        </button>
        <button
          type="button"
          className={styles.small}
          disabled={isBusy}
          aria-label={w.removeOf(email)}
          onClick={() => removal.mutate(id)}
        >
          {w.remove}
        </button>
      </span>
    </>
  );
  return <Row title={email} detail={detail} />;
}

function Adding() {
  const w = useAccountWords();
  const k = useKitWords();
  const [isAdding, setAdding] = useState(false);
  const [email, setEmail] = useState('');
  const proposal = useChange(proposeAddress);
  if (!isAdding) return <ActionButton onClick={() => setAdding(true)}>{w.addressAdd}</ActionButton>;
  if (proposal.isSuccess) return <Notice icon="mail" title={w.addressSent(proposal.variables)} />;
  return (
    <form
      className={styles.steps}
      onSubmit={(event) => {
        event.preventDefault();
        if (!proposal.isPending) proposal.mutate(email.trim());
      }}
    >
      <Trouble error={proposal.error} />
      <TextField
        label={w.addressLabel}
        hint={w.addressHint}
        type="email"
        autoComplete="email"
        value={email}
        onChange={setEmail}
      />
      <div className={styles.pair}>
        <ActionButton weight="main" type="submit" busy={proposal.isPending}>
          {w.addressSend}
        </ActionButton>
        <ActionButton weight="quiet" onClick={() => setAdding(false)}>
          {k.cancel}
        </ActionButton>
      </div>
    </form>
  );
}

/** Offers the language of the page, where mails come in another. */
function Writing({ language: written }: Pick<OwnAddresses, 'language'>) {
  const w = useAccountWords();
  const { language } = useLanguage();
  const change = useChange(writeIn);
  if (written === language) return null;
  return (
    <>
      <Trouble error={change.error} />
      <ActionButton weight="quiet" busy={change.isPending} onClick={() => change.mutate(language)}>
        {w.addressWriteHere}
      </ActionButton>
    </>
  );
}
