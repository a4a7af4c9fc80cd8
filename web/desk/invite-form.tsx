/** Asks somebody in: a patient, who acts for one, or a colleague; by a mail, or by a letter to print. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { ApiError, type Invitation, invite, needsTouch } from '../client/index.ts';
import { ActionButton, Field, LANGUAGES, Select } from '../kit/index.ts';
import { useOnlineWords } from './online-words.ts';
import { printLetter } from './print-letter.ts';
import { useRoleName } from './role-names.ts';
import styles from './staff-page.module.css';
import { useStaffWords } from './staff-words.ts';

export interface InviteFormProps {
  readonly as: Invitation['as'];
  /** Null for a colleague. */
  readonly chart: string | null;
  /** Among which to choose; none for a patient. */
  readonly roles: readonly string[];
  /** The address that the record has; null where it has none. */
  readonly known: string | null;
  readonly onDone: (invited: Invitation) => void;
  readonly onCancel: () => void;
}

type Way = Invitation['way'];

/** What was typed; the name and the end are asked of those whom no record names. */
function useTyped({ as, roles, known }: InviteFormProps) {
  const [way, setWay] = useState<Way>(as === 'patient' && known === null ? 'letter' : 'mail');
  const [email, setEmail] = useState(known ?? '');
  const [name, setName] = useState('');
  const [role, setRole] = useState(roles[0] ?? '');
  const [language, setLanguage] = useState('');
  const [day, setDay] = useState('');
  const [reason, setReason] = useState('');
  const all = { way, email, name, role, language, day, reason };
  return { ...all, setWay, setEmail, setName, setRole, setLanguage, setDay, setReason };
}

/** Where everything is known the next key sends it; otherwise typing begins at once. */
function useFirstFocus(isWhole: boolean) {
  const form = useRef<HTMLFormElement>(null);
  const first = useRef(isWhole);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>(first.current ? '[type=submit]' : 'input, select')?.focus();
  }, []);
  return form;
}

export function InviteForm(props: InviteFormProps) {
  const { as, chart, roles, onDone, onCancel } = props;
  const w = useOnlineWords();
  const { reason: shown, reasonHint } = useStaffWords();
  const nameOf = useRoleName();
  const typed = useTyped(props);
  const { way, email, name, role, language, day, reason } = typed;
  const queries = useQueryClient();
  const form = useFirstFocus(as === 'patient');
  const making = useMutation({
    mutationFn: () =>
      invite({
        as,
        way,
        ...(chart === null ? {} : { chart }),
        ...(as === 'patient' ? {} : { role, name }),
        ...(way === 'mail' ? { email } : {}),
        ...(as === 'proxy' ? { reason } : {}),
        ...(language === '' ? {} : { language }),
        ...(day === '' ? {} : { until: new Date(`${day}T23:59:59`).toISOString() }),
      }),
    onSuccess: async (invited) => {
      if (invited.letter !== null) printLetter(invited.letter);
      onDone(invited);
      await queries.invalidateQueries({ queryKey: ['invitations'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    making.mutate();
  };
  return (
    <form ref={form} className={styles.form} onSubmit={submit}>
      {as !== 'patient' && <Field label={w.name} value={name} onChange={typed.setName} required />}
      {as !== 'patient' && (
        <Select
          label={w.as}
          value={role}
          onChange={typed.setRole}
          options={roles.map((each) => ({ value: each, name: nameOf(each) }))}
        />
      )}
      <Select
        label={w.way}
        value={way}
        onChange={(chosen) => typed.setWay(chosen as Way)}
        options={(['mail', 'letter'] as const).map((each) => ({ value: each, name: w.ways[each] }))}
      />
      {way === 'mail' && (
        <Field
          label={w.email}
          type="email"
          value={email}
          onChange={typed.setEmail}
          required
          {...(as === 'patient' ? { hint: w.emailHint } : {})}
        />
      )}
      {as === 'proxy' && (
        <Field label={shown} hint={reasonHint} value={reason} onChange={typed.setReason} required />
      )}
      {as === 'proxy' && (
        <Field label={w.untilDay} hint={w.untilHint} type="date" value={day} onChange={typed.setDay} />
      )}
      <Select
        label={w.language}
        value={language}
        onChange={typed.setLanguage}
        options={[
          { value: '', name: w.ownLanguage },
          ...Object.entries(LANGUAGES).map(([value, own]) => ({ value, name: own })),
        ]}
      />
      <div className={styles.buttons}>
        <ActionButton type="submit" weight="main" busy={making.isPending}>
          {way === 'mail' ? w.send : w.print}
        </ActionButton>
        <ActionButton onClick={onCancel}>{w.cancel}</ActionButton>
      </div>
      <OnlineFault error={making.error} />
    </form>
  );
}

/** What went wrong, if anything did. */
export function OnlineFault({ error }: { readonly error: unknown }) {
  const w = useOnlineWords();
  if (error === null) return null;
  const status = error instanceof ApiError ? error.status : 0;
  const known = status === 422 || status === 400 ? w.missing : status === 404 ? w.gone : w.failed;
  return (
    <p role="alert" className={styles.fault}>
      {needsTouch(error) ? w.touch : known}
    </p>
  );
}

/** What is said once an invitation is made: where it went, and the letter once more. */
export function Invited({ invited }: { readonly invited: Invitation | null }) {
  const w = useOnlineWords();
  return (
    <p role="status">
      {invited !== null && (invited.way === 'mail' ? w.sent(invited.email ?? '') : w.printed(invited.name))}
    </p>
  );
}
