/**
 * Opening a link that somebody was sent: who opens it is asked, and the passcode where there is one; then
 * what it holds is fetched, opened here and shown. Nothing of it is kept, and the title of the tab says
 * nothing of it.
 */
import type { Resource } from '@medplum/fhirtypes';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import {
  failureOf,
  type OpenedLink,
  openReceivedLink,
  type ReadLink,
  type ReceivedLink,
  readReceivedLink,
} from '../client/index.ts';
import { ActionButton, Field, LanguageBar, Mark, Notice, SiteFooter } from '../kit/index.ts';
import styles from './received.module.css';
import { ReceivedContents } from './received-contents.tsx';
import { useReceivedWords } from './received-words.ts';

export function ReceivedPage() {
  const link = useLink();
  const w = useReceivedWords();
  useEffect(() => {
    document.title = `${w.title} · Postern`;
  }, [w]);
  if (link === 'none' || link === 'foreign') {
    return (
      <Wall title={link === 'none' ? w.none : w.foreign}>
        <p className={styles.text}>{link === 'none' ? w.noneText : w.foreignText}</p>
      </Wall>
    );
  }
  return <Received key={link.url} link={link} />;
}

/** What stands behind the `#`; another link that is pasted into the same tab as well. */
function useLink(): ReadLink {
  const read = () => readReceivedLink(location.hash, location.origin);
  const [link, setLink] = useState(read);
  useEffect(() => {
    const changed = () => setLink(readReceivedLink(location.hash, location.origin));
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return link;
}

function Received({ link }: { readonly link: ReceivedLink }) {
  const [resources, setResources] = useState<readonly Resource[] | null>(null);
  return resources === null ? (
    <Ask link={link} onOpened={setResources} />
  ) : (
    <ReceivedContents resources={resources} label={link.label} />
  );
}

interface AskProps {
  readonly link: ReceivedLink;
  readonly onOpened: (resources: readonly Resource[]) => void;
}

function Ask({ link, onOpened }: AskProps) {
  const w = useReceivedWords();
  const [who, setWho] = useState('');
  const [passcode, setPasscode] = useState('');
  const [isMissing, setMissing] = useState(false);
  const [remaining, setRemaining] = useState<number | null>(null);
  const open = useMutation({
    mutationFn: (): Promise<OpenedLink> => openReceivedLink(link, who.trim(), passcode),
    onSuccess: (opened) => {
      if ('resources' in opened) onOpened(opened.resources);
      else setRemaining(passcode === '' ? null : opened.remaining);
    },
  });
  const failure = open.error === null ? null : failureOf(open.error);
  if (failure === 'refused') {
    return (
      <Wall title={w.over}>
        <p className={styles.text}>{w.overText}</p>
      </Wall>
    );
  }
  return (
    <Wall title={w.title}>
      <p className={styles.text}>{w.lead}</p>
      {link.label !== '' && (
        <p className={styles.label}>
          <span>{w.label}</span> <q>{link.label}</q>
        </p>
      )}
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          const lacks = who.trim() === '' || (link.isGuarded && passcode === '');
          setMissing(lacks);
          if (!lacks && !open.isPending) open.mutate();
        }}
      >
        <Field label={w.who} hint={w.whoHint} value={who} onChange={setWho} />
        {isMissing && who.trim() === '' && <p role="alert">{w.whoMissing}</p>}
        {link.isGuarded && (
          <>
            <Field
              label={w.passcode}
              hint={w.passcodeHint}
              value={passcode}
              onChange={(typed) => {
                setPasscode(typed);
                setRemaining(null);
              }}
            />
            {passcodeError() !== null && <p role="alert">{passcodeError()}</p>}
          </>
        )}
        <ActionButton type="submit" weight="main" wide busy={open.isPending}>
          {w.open}
        </ActionButton>
      </form>
      {failure !== null && <Failed failure={failure} />}
    </Wall>
  );

  function passcodeError(): string | null {
    if (remaining !== null) return w.wrongPasscode(remaining);
    return isMissing && passcode === '' ? w.passcodeMissing : null;
  }
}

function Failed({ failure }: { readonly failure: string }) {
  const w = useReceivedWords();
  const told = {
    offline: [w.offline, w.offlineText],
    throttled: [w.throttled, w.throttledText],
    busy: [w.throttled, w.throttledText],
  } as const;
  const [title, text] =
    failure in told ? told[failure as keyof typeof told] : ([w.damaged, w.damagedText] as const);
  return (
    <div role="alert" className={styles.failed}>
      <Notice icon="alert" title={title} tone="warning">
        {text}
      </Notice>
    </div>
  );
}

function Wall({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className={styles.wall}>
      <main className={styles.card}>
        <Mark size={44} />
        <h1 className={styles.title}>{title}</h1>
        {children}
      </main>
      <div className={styles.foot}>
        <LanguageBar />
        <SiteFooter />
      </div>
    </div>
  );
}
