/** A link that was made: shown this once, as a square to scan and a text to hand over. */
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { MadeLink } from '../client/index.ts';
import { ActionButton, Panel, QrCode, useFormat } from '../kit/index.ts';
import styles from './family-page.module.css';
import { useLinkWords } from './link-words.ts';
import link from './links.module.css';

export function LinkMade({ made, onDone }: { readonly made: MadeLink; readonly onDone: () => void }) {
  const w = useLinkWords();
  const format = useFormat();
  const [told, setTold] = useState('');
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => top.current?.focus(), []);
  const copy = useMutation({
    mutationFn: () => navigator.clipboard.writeText(made.link),
    onSuccess: () => setTold(w.copied),
  });
  const share = useMutation({ mutationFn: () => navigator.share({ title: w.shareTitle, url: made.link }) });
  const shares = typeof navigator.share === 'function';
  return (
    <Panel title={w.made} icon="check">
      <div ref={top} tabIndex={-1} className={link.made}>
        <div>
          <p>{w.madeText(format.dayAndTime(made.expiresAt))}</p>
          <p className={styles.name}>{w.once}</p>
          <div className={styles.buttons}>
            {shares && (
              <ActionButton weight="main" busy={share.isPending} onClick={() => share.mutate()}>
                {w.share}
              </ActionButton>
            )}
            <ActionButton
              weight={shares ? 'side' : 'main'}
              busy={copy.isPending}
              onClick={() => copy.mutate()}
            >
              {w.copy}
            </ActionButton>
            <ActionButton onClick={onDone}>{w.done}</ActionButton>
          </div>
          <p role="status">{told}</p>
          {copy.isError && (
            <>
              <p>{w.byHand}</p>
              <p className={styles.link}>{made.link}</p>
            </>
          )}
        </div>
        <figure className={link.square}>
          <QrCode text={made.link} label={w.qr} />
          <figcaption className={styles.soft}>{w.scan}</figcaption>
        </figure>
      </div>
    </Panel>
  );
}
