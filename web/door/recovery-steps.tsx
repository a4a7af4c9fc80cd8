/**
 * Getting back in after every way to sign in is lost: what happens, a link to the mailbox, and the code that
 * the practice handed over. No screen says whether an address is known.
 */
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { askForRecovery, beginRecovery, failureOf, finishRecovery, type SignedIn } from '../client/index.ts';
import { ActionButton, TextField, Trouble, useFormat } from '../kit/index.ts';
import styles from './door.module.css';
import { DoorFrame } from './door-frame.tsx';
import { useRecoveryWords } from './recovery-words.ts';

interface RecoveryStepsProps {
  /** Of the link that was opened; null where there was none. */
  readonly ticket: string | null;
  readonly onEntered: (entered: SignedIn) => Promise<void>;
}

type Step = 'told' | 'begin' | 'seen' | 'mail' | 'code';

export function RecoverySteps({ ticket, onEntered }: RecoveryStepsProps) {
  const [step, setStep] = useState<Step>(ticket === null ? 'told' : 'begin');
  const onMail = () => setStep('mail');
  const onCode = () => setStep('code');
  if (step === 'begin' && ticket !== null) {
    const onBegun = (isSeen: boolean) => setStep(isSeen ? 'code' : 'seen');
    return <Begin ticket={ticket} onBegun={onBegun} onMail={onMail} />;
  }
  if (step === 'mail') return <MailForm onCode={onCode} />;
  if (step === 'code') return <CodeForm onMail={onMail} onEntered={onEntered} />;
  return step === 'seen' ? <Seen onCode={onCode} /> : <Told onCode={onCode} onMail={onMail} />;
}

/** A way back to the door, wherever one is. */
function ToDoor() {
  const w = useRecoveryWords();
  return (
    <a className={styles.quietWay} href="/signin">
      {w.toDoor}
    </a>
  );
}

interface StepListProps {
  readonly steps: readonly (readonly string[])[];
}

function StepList({ steps }: StepListProps) {
  return (
    <ol className={styles.stepList}>
      {steps.map(([title, text]) => (
        <li key={title}>
          <strong>{title}</strong>
          <span>{text}</span>
        </li>
      ))}
    </ol>
  );
}

interface WaysOn {
  readonly onCode: () => void;
  readonly onMail: () => void;
}

function Told({ onCode, onMail }: WaysOn) {
  const w = useRecoveryWords();
  return (
    <DoorFrame title={w.lost} text={w.lostText}>
      <StepList steps={w.steps} />
      <ActionButton weight="main" wide onClick={onCode}>
        {w.haveCode}
      </ActionButton>
      <p className={styles.aside}>{w.sooner}</p>
      <ActionButton wide onClick={onMail}>
        {w.sendLink}
      </ActionButton>
      <ToDoor />
    </DoorFrame>
  );
}

function Seen({ onCode }: Pick<WaysOn, 'onCode'>) {
  const w = useRecoveryWords();
  return (
    <DoorFrame title={w.seen} text={w.seenText} isNext>
      <StepList steps={w.seenSteps} />
      <ActionButton weight="main" wide onClick={onCode}>
        {w.haveCode}
      </ActionButton>
    </DoorFrame>
  );
}

function MailForm({ onCode }: Pick<WaysOn, 'onCode'>) {
  const w = useRecoveryWords();
  const [email, setEmail] = useState('');
  const mail = useMutation({ mutationFn: () => askForRecovery(email.trim()) });
  if (mail.isSuccess) {
    return (
      <DoorFrame key="sent" title={w.sent} text={w.sentText} isNext>
        <ActionButton wide onClick={onCode}>
          {w.haveCode}
        </ActionButton>
        <ToDoor />
      </DoorFrame>
    );
  }
  return (
    <DoorFrame title={w.mail} text={w.mailText} isNext>
      <Form onSubmit={() => email.trim() !== '' && !mail.isPending && mail.mutate()}>
        <Trouble error={mail.error} />
        <EmailField value={email} onChange={setEmail} />
        <ActionButton weight="main" type="submit" wide busy={mail.isPending}>
          {w.send}
        </ActionButton>
      </Form>
      <ToDoor />
    </DoorFrame>
  );
}

/** The link waits for a press: programs that look at links before people do must begin nothing. */
function Begin({
  ticket,
  onBegun,
  onMail,
}: { readonly ticket: string; readonly onBegun: (isSeen: boolean) => void } & Pick<WaysOn, 'onMail'>) {
  const w = useRecoveryWords();
  const begin = useMutation({
    mutationFn: () => beginRecovery(ticket),
    onSuccess: (state) => onBegun(state === 'code'),
  });
  if (begin.error !== null && failureOf(begin.error) === 'invalid') {
    return (
      <DoorFrame title={w.beginOver} text={w.beginOverText} isNext>
        <ActionButton weight="main" wide onClick={onMail}>
          {w.sendLink}
        </ActionButton>
        <ToDoor />
      </DoorFrame>
    );
  }
  return (
    <DoorFrame title={w.begin} text={w.beginText}>
      <Trouble error={begin.error} />
      <ActionButton weight="main" wide busy={begin.isPending} onClick={() => begin.mutate()}>
        {w.beginYes}
      </ActionButton>
    </DoorFrame>
  );
}

function CodeForm({ onMail, onEntered }: Pick<WaysOn, 'onMail'> & Pick<RecoveryStepsProps, 'onEntered'>) {
  const w = useRecoveryWords();
  const [email, setEmail] = useState('');
  const [code, setCode] = useState('');
  const finish = useMutation({
    mutationFn: async () => {
      const outcome = await finishRecovery(email.trim(), code.trim());
      if (outcome === 'in') await onEntered({ kind: 'in' });
      return outcome;
    },
  });
  if (finish.data !== undefined && finish.data !== 'in') {
    return <Waits ready={finish.data.ready} onMail={onMail} />;
  }
  const isTyped = email.trim() !== '' && code.trim() !== '';
  return (
    <DoorFrame title={w.code} text={w.codeText} isNext>
      <Form onSubmit={() => isTyped && !finish.isPending && finish.mutate()}>
        <Trouble error={finish.error} wrong={w.codeWrong} />
        <EmailField value={email} onChange={setEmail} />
        <TextField label={w.codeLabel} hint={w.codeHint} value={code} onChange={setCode} />
        <ActionButton weight="main" type="submit" wide busy={finish.isPending}>
          {w.useCode}
        </ActionButton>
      </Form>
      <ToDoor />
    </DoorFrame>
  );
}

function Waits({ ready, onMail }: { readonly ready: string } & Pick<WaysOn, 'onMail'>) {
  const w = useRecoveryWords();
  const format = useFormat();
  return (
    <DoorFrame title={w.waits} text={w.waitsText(format.dayAndTime(ready))} isNext>
      <p className={styles.aside}>{w.sooner}</p>
      <ActionButton wide onClick={onMail}>
        {w.sendLink}
      </ActionButton>
      <ToDoor />
    </DoorFrame>
  );
}

interface EmailFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function EmailField(props: EmailFieldProps) {
  const w = useRecoveryWords();
  return <TextField {...props} label={w.email} hint={w.emailHint} type="email" autoComplete="email" />;
}

function Form({ onSubmit, children }: { readonly onSubmit: () => void; readonly children: ReactNode }) {
  return (
    <form
      className={styles.choices}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      {children}
    </form>
  );
}
