/** What is handed over to whoever is to see the record: a code, and a link for who has no account yet. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { OfferMade } from '../client/index.ts';
import { ActionButton, useFormat } from '../kit/index.ts';
import styles from './family-page.module.css';
import { useFamilyWords } from './family-words.ts';

export function OfferCode({ offer }: { readonly offer: OfferMade }) {
  const w = useFamilyWords();
  const format = useFormat();
  const { code, expires, link } = offer;
  return (
    <div className={styles.code}>
      <div role="status">
        <p className={styles.name}>{w.codeIs}</p>
        <p className={styles.letters}>{code}</p>
        <p>{w.codeText(format.dayAndTime(expires))}</p>
      </div>
      <div className={styles.newcomer}>
        <p className={styles.name}>{w.noAccount}</p>
        {link === null ? <p>{w.noLink}</p> : <NewcomersLink link={link} />}
      </div>
    </div>
  );
}

function NewcomersLink({ link }: { readonly link: string }) {
  const w = useFamilyWords();
  const [told, setTold] = useState('');
  const copy = useMutation({
    mutationFn: () => navigator.clipboard.writeText(link),
    onSuccess: () => setTold(w.linkCopied),
  });
  const send = useMutation({ mutationFn: () => navigator.share({ title: w.linkTitle, url: link }) });
  const sends = typeof navigator.share === 'function';
  return (
    <>
      <p>{w.linkText}</p>
      <div className={styles.buttons}>
        {sends && (
          <ActionButton weight="main" busy={send.isPending} onClick={() => send.mutate()}>
            {w.linkSend}
          </ActionButton>
        )}
        <ActionButton weight={sends ? 'side' : 'main'} busy={copy.isPending} onClick={() => copy.mutate()}>
          {w.linkCopy}
        </ActionButton>
      </div>
      <p role="status">{told}</p>
      {copy.isError && (
        <>
          <p>{w.linkByHand}</p>
          <p className={styles.link}>{link}</p>
        </>
      )}
    </>
  );
}
