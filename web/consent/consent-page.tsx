/** Whether an app may come in: the page as it is found, and what becomes of the answer. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { type AppAnswer, answerApp, appQuestion, failureOf, sessionQuery } from '../client/index.ts';
import { ActionButton, FailureNotice, LanguageBar, Loaded, leave, Mark, SiteFooter } from '../kit/index.ts';
import styles from './consent.module.css';
import { ConsentForm } from './consent-form.tsx';
import { useConsentWords } from './consent-words.ts';

export function ConsentPage() {
  const w = useConsentWords();
  if (location.pathname.endsWith('/refused')) return <Frame title={w.failed} text={w.failedText} />;
  return <Asked page={location.pathname} />;
}

function Asked({ page }: { readonly page: string }) {
  const w = useConsentWords();
  const session = useQuery(sessionQuery);
  const question = useQuery(appQuestion(page));
  const answer = useMutation({
    mutationFn: (body: AppAnswer) => answerApp(page, body),
    onSuccess: (to) => location.assign(to),
  });
  const isGone = [question.error, answer.error].some(
    (error) => error !== null && failureOf(error) === 'refused',
  );
  if (isGone) return <Frame title={w.gone} text={w.goneText} />;
  if (question.data === undefined || session.data === undefined) {
    return (
      <Frame title="Postern">
        <Loaded query={question}>{() => null}</Loaded>
      </Frame>
    );
  }
  const { account, practice } = session.data;
  const { name } = question.data.client;
  return (
    <Frame title={w.title(name)} text={w.intro(account.name ?? '', practice?.name ?? '')}>
      <ConsentForm
        question={question.data}
        busy={answer.isPending || answer.isSuccess}
        onAnswer={(body) => answer.mutate(body)}
      />
      {answer.error !== null && <FailureNotice failure={failureOf(answer.error)} />}
      <ActionButton weight="quiet" wide onClick={() => void leave('out')}>
        {w.notMe}
      </ActionButton>
    </Frame>
  );
}

interface FrameProps {
  readonly title: string;
  readonly text?: string;
  readonly children?: ReactNode;
}

function Frame({ title, text, children }: FrameProps) {
  useEffect(() => {
    document.title = `${title} · Postern`;
  }, [title]);
  return (
    <div className={styles.wall}>
      <main className={styles.card}>
        <Mark size={44} />
        <h1 className={styles.title}>{title}</h1>
        {text !== undefined && <p className={styles.text}>{text}</p>}
        {children}
      </main>
      <div className={styles.foot}>
        <LanguageBar />
        <SiteFooter />
      </div>
    </div>
  );
}
