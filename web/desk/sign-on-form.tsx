/** Setting an identity provider: where it is, as whom Postern comes to it, and what its roles are here. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import {
  ApiError,
  type SignOnAsked,
  type SignOnProvider,
  setSignOnProvider,
  signOnProvidersQuery,
} from '../client/index.ts';
import { ActionButton, Facts, Field, Select, TextField, Trouble } from '../kit/index.ts';
import { useSession } from './desk-session.ts';
import { useDeskWords } from './desk-words.ts';
import { Address } from './sign-on-address.tsx';
import styles from './sign-on-panel.module.css';
import { useSignOnWords } from './sign-on-words.ts';

/** Owner, privacy officer and partner are given here alone. */
const MAPPED = ['dentist', 'doctor', 'psychiatrist', 'hygienist', 'nurse', 'front-desk', 'billing'] as const;

interface MappedRole {
  /** Tells lines apart while they are typed. */
  readonly key: number;
  readonly value: string;
  readonly role: string;
}

interface Typed {
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly roleClaim: string;
  readonly roles: readonly MappedRole[];
}

function typedOf(before: SignOnProvider | null): Typed {
  const pairs = Object.entries(before?.roles ?? {}).flatMap(([value, roles]) =>
    roles.map((role) => ({ value, role })),
  );
  return {
    name: before?.name ?? '',
    issuer: before?.issuer ?? '',
    clientId: before?.clientId ?? '',
    clientSecret: '',
    roleClaim: before?.roleClaim ?? '',
    roles: pairs.map((pair, key) => ({ key, ...pair })),
  };
}

/** What is not on the form stays as it was. */
function askedOf(typed: Typed, before: SignOnProvider | null): SignOnAsked {
  const { name, clientSecret, roleClaim } = typed;
  const hasClaim = roleClaim.trim() !== '';
  const kept = typed.roles.filter(({ value }) => hasClaim && value.trim() !== '');
  const byValue = Map.groupBy(kept, ({ value }) => value.trim());
  const roles = [...byValue].map(([value, lines]) => [value, lines.map(({ role }) => role)]);
  return {
    id: before?.id ?? 'main',
    name: name.trim(),
    issuer: typed.issuer.trim(),
    clientId: typed.clientId.trim(),
    ...(clientSecret === '' ? {} : { clientSecret }),
    scopes: before?.scopes ?? ['openid', 'profile'],
    algorithm: before?.algorithm ?? 'RS256',
    roleClaim: hasClaim ? roleClaim.trim() : null,
    roles: Object.fromEntries(roles) as Record<string, string[]>,
    maxAge: before?.maxAge ?? null,
    acrValues: before?.acrValues ?? [],
  };
}

interface SignOnFormProps {
  /** Null where there is none yet. */
  readonly before: SignOnProvider | null;
  /** With what to say of it; empty where nothing was done. */
  readonly onDone: (told: string) => void;
}

export function SignOnForm({ before, onDone }: SignOnFormProps) {
  const w = useSignOnWords();
  const { practice } = useSession();
  const queries = useQueryClient();
  const [typed, setTyped] = useState(() => typedOf(before));
  const saving = useMutation({
    mutationFn: async () => {
      await setSignOnProvider(askedOf(typed, before));
      await queries.invalidateQueries(signOnProvidersQuery);
      onDone(w.saved);
    },
  });
  const change = (changed: Partial<Typed>) => setTyped({ ...typed, ...changed });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!saving.isPending) saving.mutate();
  };
  const isConflict = saving.error instanceof ApiError && [409, 412].includes(saving.error.status);
  const returns = `${location.origin}/signin/single-sign-on/return/${practice?.slug ?? ''}/main`;
  return (
    <form className={styles.form} onSubmit={submit}>
      <Facts facts={[{ name: w.returns, value: <Address text={before?.returnAddress ?? returns} /> }]} />
      <Field
        label={w.name}
        hint={w.nameHint}
        value={typed.name}
        required
        onChange={(name) => change({ name })}
      />
      <Field
        label={w.issuer}
        hint={w.issuerHint}
        value={typed.issuer}
        required
        onChange={(issuer) => change({ issuer })}
      />
      <Field
        label={w.clientId}
        value={typed.clientId}
        required
        onChange={(clientId) => change({ clientId })}
      />
      <div className={styles.secret}>
        <TextField
          label={w.clientSecret}
          hint={before === null ? w.secretHint : w.secretStays}
          value={typed.clientSecret}
          onChange={(clientSecret) => change({ clientSecret })}
          secret
          autoComplete="new-password"
        />
      </div>
      <Field
        label={w.claim}
        hint={w.claimHint}
        value={typed.roleClaim}
        onChange={(roleClaim) => change({ roleClaim })}
      />
      {typed.roleClaim.trim() !== '' && (
        <RoleLines roles={typed.roles} onChange={(roles) => change({ roles })} />
      )}
      <Trouble error={saving.error} wrong={isConflict ? w.conflict : w.wrong} />
      <div className={styles.buttons}>
        <ActionButton type="submit" weight="main" busy={saving.isPending}>
          {w.save}
        </ActionButton>
        <ActionButton weight="quiet" onClick={() => onDone('')}>
          {w.cancel}
        </ActionButton>
      </div>
    </form>
  );
}

interface RoleLinesProps {
  readonly roles: readonly MappedRole[];
  readonly onChange: (roles: readonly MappedRole[]) => void;
}

function RoleLines({ roles, onChange }: RoleLinesProps) {
  const w = useSignOnWords();
  const d = useDeskWords();
  const names = MAPPED.map((value) => ({ value, name: d.roles[value] ?? value }));
  const changeLine = (key: number, changed: Partial<MappedRole>) =>
    onChange(roles.map((line) => (line.key === key ? { ...line, ...changed } : line)));
  const next = Math.max(-1, ...roles.map(({ key }) => key)) + 1;
  return (
    <>
      {roles.map(({ key, value, role }, index) => (
        <div key={key} className={styles.line}>
          <Field label={w.value} value={value} onChange={(typed) => changeLine(key, { value: typed })} />
          <Select
            label={w.role}
            value={role}
            options={names}
            onChange={(chosen) => changeLine(key, { role: chosen })}
          />
          <ActionButton weight="quiet" onClick={() => onChange(roles.filter((line) => line.key !== key))}>
            <span className={styles.unseen}>{w.noRole(index + 1)}</span>
            <span aria-hidden="true">{w.remove}</span>
          </ActionButton>
        </div>
      ))}
      <div className={styles.buttons}>
        <ActionButton onClick={() => onChange([...roles, { key: next, value: '', role: 'front-desk' }])}>
          {w.addRole}
        </ActionButton>
      </div>
    </>
  );
}
