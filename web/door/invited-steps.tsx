/** Coming in by an invitation: the code, then what it asks for, then (at the account) a passkey. */
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import {
  acceptInvitation,
  type Invited,
  lookAtInvitation,
  proveInvitation,
  type SignedIn,
  signInByPasskey,
} from '../client/index.ts';
import { ActionButton, TextField, Trouble, useLanguage } from '../kit/index.ts';
import { BirthDateFields, type BirthDateParts, birthDateOf, NO_DATE } from './birth-date.tsx';
import styles from './door.module.css';
import { DoorFrame } from './door-frame.tsx';
import { useDoorWords } from './door-words.ts';
import { invitationCodeOf } from './signin-link.ts';

interface InvitedStepsProps {
  /** Of the link that was opened; null where it has to be typed. */
  readonly code: string | null;
  readonly onEntered: (entered: SignedIn) => Promise<void>;
}

interface Known {
  readonly code: string;
  readonly invited: Invited;
}

export function InvitedSteps({ code, onEntered }: InvitedStepsProps) {
  const w = useDoorWords();
  const [known, setKnown] = useState<Known | null>(null);
  const [typed, setTyped] = useState('');
  const look = useMutation({
    mutationFn: async (sent: string) => ({ code: sent, invited: await lookAtInvitation(sent) }),
    onSuccess: setKnown,
  });
  if (known !== null) return <Proof {...known} onEntered={onEntered} />;
  const text = code === null ? w.invitedText : w.askedText;
  return (
    <DoorFrame title={w.invitedTitle} text={text}>
      <form
        className={styles.choices}
        onSubmit={(event) => {
          event.preventDefault();
          const sent = code ?? invitationCodeOf(typed) ?? typed.trim();
          if (!look.isPending && sent !== '') look.mutate(sent);
        }}
      >
        <Trouble error={look.error} wrong={w.invitedWrong} />
        {code === null && (
          <TextField label={w.invitedCode} hint={w.invitedHint} value={typed} onChange={setTyped} />
        )}
        <ActionButton weight="main" type="submit" wide busy={look.isPending}>
          {w.goOn}
        </ActionButton>
      </form>
    </DoorFrame>
  );
}

/** What only the person whose record it is, or who acts for them, will know. */
function Proof({ code, invited, onEntered }: Known & Pick<InvitedStepsProps, 'onEntered'>) {
  const w = useDoorWords();
  const { language } = useLanguage();
  const [date, setDate] = useState<BirthDateParts>(NO_DATE);
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const asksDate = invited.prove !== 'nothing';
  const birthDate = asksDate ? birthDateOf(date) : null;
  const [isTried, setTried] = useState(false);
  const lacksDate = asksDate && birthDate === null;
  const lacksName = invited.name === 'wanted' && name.trim() === '';
  const lacksEmail = invited.email === 'wanted' && !email.includes('@');
  const proof = useMutation({
    mutationFn: async () => {
      const outcome = await proveInvitation({
        code,
        language,
        ...(birthDate === null ? {} : { birthDate }),
        ...(invited.email === 'wanted' ? { email: email.trim() } : {}),
        ...(invited.name === 'wanted' ? { name: name.trim() } : {}),
      });
      if (outcome === 'in') await onEntered({ kind: 'in' });
      return outcome;
    },
  });
  if (proof.data === 'mailed') return <Mailed onBack={() => proof.reset()} />;
  if (proof.data === 'known') return <Known code={code} birthDate={birthDate} onEntered={onEntered} />;
  const text = invited.prove === 'patients-birth-date' ? w.proofTextOther : w.proofText;
  return (
    <DoorFrame title={w.welcomeTo(invited.practice.name)} text={asksDate ? text : w.proofTextStaff} isNext>
      <form
        className={styles.choices}
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (!proof.isPending && !lacksDate && !lacksEmail && !lacksName) proof.mutate();
        }}
      >
        <Trouble error={proof.error} wrong={w.invitedWrong} />
        {proof.data === 'wrong' && <p role="alert">{w.dateWrong}</p>}
        {isTried && lacksDate && <p role="alert">{w.dateMissing}</p>}
        {asksDate && <BirthDateFields value={date} onChange={setDate} />}
        {isTried && !lacksDate && lacksEmail && <p role="alert">{w.emailMissing}</p>}
        {invited.email === 'wanted' && (
          <TextField
            label={w.email}
            hint={w.emailHint}
            value={email}
            onChange={setEmail}
            type="email"
            autoComplete="email"
          />
        )}
        {isTried && lacksName && <p role="alert">{w.nameMissing}</p>}
        {invited.name === 'wanted' && (
          <TextField
            label={w.yourName}
            hint={w.yourNameHint}
            value={name}
            onChange={setName}
            autoComplete="name"
          />
        )}
        <ActionButton weight="main" type="submit" wide busy={proof.isPending}>
          {w.goOn}
        </ActionButton>
      </form>
    </DoorFrame>
  );
}

/** A slip in the address shows only now, by no mail coming. */
function Mailed({ onBack }: { readonly onBack: () => void }) {
  const w = useDoorWords();
  return (
    <DoorFrame key="mailed" title={w.mailed} text={w.mailedText} isNext>
      <ActionButton weight="quiet" wide onClick={onBack}>
        {w.back}
      </ActionButton>
    </DoorFrame>
  );
}

interface KnownProps extends Pick<InvitedStepsProps, 'onEntered'> {
  readonly code: string;
  readonly birthDate: string | null;
}

/** They sign in here already: the same passkey opens this practice, too. */
function Known({ code, birthDate, onEntered }: KnownProps) {
  const w = useDoorWords();
  const entry = useMutation({
    mutationFn: async () => {
      const entered = await signInByPasskey(null);
      if (entered.kind === 'in') await acceptInvitation(code, birthDate);
      await onEntered(entered);
    },
  });
  return (
    <DoorFrame title={w.knownTitle} text={w.knownText} isNext>
      <Trouble error={entry.error} wrong={w.touchWrong} />
      <ActionButton weight="main" wide busy={entry.isPending} onClick={() => entry.mutate()}>
        {w.touch}
      </ActionButton>
    </DoorFrame>
  );
}
