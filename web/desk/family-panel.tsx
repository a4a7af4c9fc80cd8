/** Who outside the practice sees the chart; whoever keeps families registers who acts for the patient. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  conceptText,
  endAccess,
  type FamilyPerson,
  familyOfChart,
  type Invitation,
  registerFamily,
  relatedPersons,
  saidRelatedPersons,
  sayName,
  sayRelatedPerson,
} from '../client/index.ts';
import { ActionButton, Field, Loaded, Panel, Row, Rows, Select, useFormat } from '../kit/index.ts';
import { Invited, InviteForm } from './invite-form.tsx';
import { useOnlineWords } from './online-words.ts';
import { useRoleName } from './role-names.ts';
import { Fault } from './staff-fault.tsx';
import styles from './staff-page.module.css';
import { useStaffWords } from './staff-words.ts';
import { WhoInRecords } from './who-in-records.tsx';

export function FamilyPanel({ chart }: { readonly chart: string }) {
  const w = useStaffWords();
  const query = useQuery(familyOfChart(chart));
  const o = useOnlineWords();
  const [doing, setDoing] = useState<'register' | 'invite' | null>(null);
  const [told, setTold] = useState('');
  const [made, setMade] = useState<Invitation | null>(null);
  const done = (said: string, invited: Invitation | null) => {
    setDoing(null);
    setTold(said);
    setMade(invited);
  };
  return (
    <Panel title={w.family} icon="people">
      <Loaded query={query}>
        {({ people, registers }) => (
          <>
            {people.every(isPatient) && <p className={styles.soft}>{w.familyNone}</p>}
            <Rows>
              {people
                .filter((person) => !isPatient(person))
                .map((person) => (
                  <PersonRow key={person.id} person={person} chart={chart} />
                ))}
            </Rows>
            {doing === null && (
              <div className={styles.ways}>
                <Way name={o.inviteFamily} text={o.inviteFamilyText} onClick={() => setDoing('invite')} />
                <Way name={w.register} text={w.registerText} onClick={() => setDoing('register')} />
              </div>
            )}
            {doing === 'register' && (
              <Register
                chart={chart}
                registers={registers}
                onDone={() => done(w.registered, null)}
                onCancel={() => setDoing(null)}
              />
            )}
            {doing === 'invite' && (
              <InviteForm
                as="proxy"
                chart={chart}
                roles={registers}
                known={null}
                onDone={(invited) => done('', invited)}
                onCancel={() => setDoing(null)}
              />
            )}
          </>
        )}
      </Loaded>
      <p role="status">{told}</p>
      <Invited invited={made} />
    </Panel>
  );
}

/** One of two, and for whom it is. */
function Way({ name, text, onClick }: { name: string; text: string; onClick: () => void }) {
  return (
    <div>
      <ActionButton onClick={onClick}>{name}</ActionButton>
      <p className={styles.soft}>{text}</p>
    </div>
  );
}

function useFamilyChange<Asked>(change: (asked: Asked) => Promise<void>, onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      onDone();
      await queries.invalidateQueries({ queryKey: ['family'] });
    },
  });
}

/** Theirs is the record itself, which *Online access* tells of. */
function isPatient({ role }: FamilyPerson): boolean {
  return role === 'patient';
}

function PersonRow({ person, chart }: { readonly person: FamilyPerson; readonly chart: string }) {
  const w = useStaffWords();
  const format = useFormat();
  const nameOf = useRoleName();
  const end = useFamilyChange(endAccess, () => undefined);
  const { role, until, sensitiveUntil } = person;
  const name = person.name ?? w.unnamed;
  const times = [
    ...(until === null ? [] : [w.until(format.date(until))]),
    ...(sensitiveUntil === null ? [] : [w.sensitiveUntil(format.date(sensitiveUntil))]),
  ];
  return (
    <Row
      title={name}
      detail={
        <>
          {[nameOf(role), ...times].join(', ')}
          <RelatedPersonOf chart={chart} grant={person.id} name={name} />
        </>
      }
      side={
        person.mayEnd && (
          <>
            <ActionButton weight="quiet" busy={end.isPending} onClick={() => end.mutate(person.id)}>
              <span className={styles.unseen}>{w.endOf(name)}</span>
              <span aria-hidden="true">{w.end}</span>
            </ActionButton>
            <Fault error={end.error} conflict={w.failed} />
          </>
        )
      }
    />
  );
}

interface RelatedPersonProps {
  readonly chart: string;
  readonly grant: string;
  readonly name: string;
}

/** Who of those that the record names they are. Not there before it is known what was said. */
function RelatedPersonOf({ chart, grant, name }: RelatedPersonProps) {
  const w = useStaffWords();
  const said = useQuery(saidRelatedPersons(chart));
  const every = useInfiniteQuery(relatedPersons(chart));
  if (said.data === undefined || every.data === undefined) return null;
  const found = every.data.pages.flatMap((page) => page.found);
  const known = found.map(({ id = '', name: names, relationship }) => ({
    id,
    name: [sayName(names) || w.unnamed, conceptText(relationship?.[0])].filter(Boolean).join(', '),
  }));
  return (
    <WhoInRecords
      name={name}
      label={w.relatedPerson}
      said={said.data.get(grant) ?? null}
      known={known}
      queryKey={saidRelatedPersons(chart).queryKey}
      say={(id) => sayRelatedPerson(grant, chart, id)}
    />
  );
}

interface RegisterProps {
  readonly chart: string;
  readonly registers: readonly string[];
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

function Register({ chart, registers, onDone, onCancel }: RegisterProps) {
  const w = useStaffWords();
  const nameOf = useRoleName();
  const [role, setRole] = useState(registers[0] ?? '');
  const [email, setEmail] = useState('');
  const [reason, setReason] = useState('');
  const [day, setDay] = useState('');
  const register = useFamilyChange(() => {
    const until = day === '' ? null : new Date(`${day}T23:59:59`).toISOString();
    return registerFamily(chart, { role, email, reason, until });
  }, onDone);
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        register.mutate(undefined);
      }}
    >
      <Select
        label={w.asWhat}
        value={role}
        onChange={setRole}
        options={registers.map((each) => ({ value: each, name: nameOf(each) }))}
      />
      <Field label={w.email} type="email" value={email} onChange={setEmail} required />
      <Field label={w.reason} hint={w.reasonHint} value={reason} onChange={setReason} required />
      <Field label={w.untilDay} type="date" value={day} onChange={setDay} />
      <div className={styles.buttons}>
        <ActionButton type="submit" weight="main" busy={register.isPending}>
          {w.registerNow}
        </ActionButton>
        <ActionButton onClick={onCancel}>{w.cancel}</ActionButton>
      </div>
      <Fault error={register.error} conflict={w.notRegistered} />
    </form>
  );
}
