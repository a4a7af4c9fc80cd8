/** Who works in the practice: roles given, changed and ended; somebody leaving. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  conceptText,
  endRole,
  giveRole,
  type Invitation,
  leavePractice,
  practitioners,
  type StaffPerson,
  type StaffRole,
  saidPractitioners,
  sayName,
  sayPractitioner,
  sessionQuery,
  staffList,
} from '../client/index.ts';
import {
  ActionButton,
  Check,
  Loaded,
  Notice,
  PageHeading,
  Panel,
  Select,
  Tag,
  useFormat,
} from '../kit/index.ts';
import { useSession } from './desk-session.ts';
import { Invited, InviteForm } from './invite-form.tsx';
import { useOnlineWords } from './online-words.ts';
import { RecoveryForm } from './recovery-form.tsx';
import { useRoleName } from './role-names.ts';
import { Fault } from './staff-fault.tsx';
import styles from './staff-page.module.css';
import { useStaffWords } from './staff-words.ts';
import { WhoInRecords } from './who-in-records.tsx';

export function StaffPage() {
  const w = useStaffWords();
  const { practice, keeps } = useSession();
  const isOpen = keeps.includes('staff');
  return (
    <>
      <PageHeading title={w.staff} within={practice?.name ?? ''} {...(isOpen ? { lead: w.staffLead } : {})} />
      {isOpen ? (
        <>
          <AskIn />
          <People />
        </>
      ) : (
        <Notice icon="lock" title={w.closed}>
          {w.closedText}
        </Notice>
      )}
    </>
  );
}

/** A colleague who is not here yet; those who were asked wait on the page of online access. */
function AskIn() {
  const w = useOnlineWords();
  const [isOpen, setOpen] = useState(false);
  const [made, setMade] = useState<Invitation | null>(null);
  const done = (invited: Invitation | null) => {
    setOpen(false);
    setMade(invited);
  };
  return (
    <div className={styles.askIn}>
      {isOpen ? (
        <Panel title={w.inviteAsStaff} icon="mail">
          <p className={styles.soft}>{w.staffHint}</p>
          <InviteForm
            as="staff"
            chart={null}
            roles={GIVEN}
            known={null}
            onDone={done}
            onCancel={() => done(null)}
          />
        </Panel>
      ) : (
        <ActionButton onClick={() => setOpen(true)}>{w.inviteStaff}</ActionButton>
      )}
      <Invited invited={made} />
    </div>
  );
}

function People() {
  const query = useQuery(staffList);
  return (
    <Loaded query={query} lines={6}>
      {(people) => (
        <div className={styles.people}>
          {people.map((person) => (
            <Person key={person.account} person={person} />
          ))}
        </div>
      )}
    </Loaded>
  );
}

/** Which Practitioner they are. Not there before it is known what was said. */
function PractitionerOf({ account, name }: { readonly account: string; readonly name: string }) {
  const w = useStaffWords();
  const said = useQuery(saidPractitioners);
  const every = useQuery(practitioners);
  if (said.data === undefined || every.data === undefined) return null;
  const known = every.data
    .map(({ id = '', name: names, qualification }) => ({
      id,
      name: [sayName(names) || w.unnamed, conceptText(qualification?.[0]?.code)].filter(Boolean).join(', '),
    }))
    .sort((one, other) => one.name.localeCompare(other.name));
  return (
    <WhoInRecords
      name={name}
      label={w.practitioner}
      said={said.data.get(account) ?? null}
      known={known}
      queryKey={saidPractitioners.queryKey}
      say={(id) => sayPractitioner(account, id)}
    />
  );
}

/** Asks anew who works here, and for the session: one's own roles may have changed. */
function useStaffChange<Asked>(change: (asked: Asked) => Promise<void>, onDone: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      onDone();
      await queries.invalidateQueries({ queryKey: staffList.queryKey });
      await queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    },
  });
}

/** Backends have roles as people have, and an address that leads nowhere. */
function isBackend({ email }: StaffPerson): boolean {
  return email?.endsWith('@backend.invalid') ?? false;
}

/** Neither a program nor a laboratory. */
function isSomebody(person: StaffPerson): boolean {
  return !isBackend(person) && person.roles.some(({ role }) => role !== 'partner');
}

function Whose({ person }: { readonly person: StaffPerson }) {
  const w = useStaffWords();
  if (person.email === null) return null;
  return <p className={styles.soft}>{isBackend(person) ? w.backend : person.email}</p>;
}

function Person({ person }: { readonly person: StaffPerson }) {
  const w = useStaffWords();
  const o = useOnlineWords();
  const [doing, setDoing] = useState<'give' | 'leave' | 'lost' | null>(null);
  const [told, setTold] = useState('');
  const done = () => {
    setDoing(null);
    setTold(w.done);
  };
  const name = person.name ?? w.unnamed;
  return (
    <Panel title={name} icon="person" aside={person.you ? <Tag>{w.you}</Tag> : undefined}>
      <Whose person={person} />
      {person.disabled && <Tag tone="attention">{w.disabled}</Tag>}
      <ul className={styles.roles} aria-label={w.rolesHeld}>
        {person.roles.map((held) => (
          <HeldRole key={held.id} held={held} person={person} onDone={done} />
        ))}
      </ul>
      {isSomebody(person) && <PractitionerOf account={person.account} name={name} />}
      {doing === null && (
        <div className={styles.buttons}>
          <ActionButton onClick={() => setDoing('give')}>
            <span className={styles.unseen}>{w.addRoleTo(name)}</span>
            <span aria-hidden="true">{w.addRole}</span>
          </ActionButton>
          {!person.you && (
            <>
              <ActionButton onClick={() => setDoing('leave')}>
                <span className={styles.unseen}>{w.leavesOf(name)}</span>
                <span aria-hidden="true">{w.leaves}</span>
              </ActionButton>
              {!isBackend(person) && (
                <ActionButton weight="quiet" onClick={() => setDoing('lost')}>
                  <span className={styles.unseen}>{o.lostOf(name)}</span>
                  <span aria-hidden="true">{o.lost}</span>
                </ActionButton>
              )}
            </>
          )}
        </div>
      )}
      {doing === 'lost' && (
        <RecoveryForm account={person.account} name={name} chart={null} onEnd={() => setDoing(null)} />
      )}
      {doing === 'give' && <GiveRole person={person} onDone={done} onCancel={() => setDoing(null)} />}
      {doing === 'leave' && <Leave person={person} onDone={done} onCancel={() => setDoing(null)} />}
      <p role="status">{told}</p>
    </Panel>
  );
}

interface HeldRoleProps {
  readonly held: StaffRole;
  readonly person: StaffPerson;
  readonly onDone: () => void;
}

function HeldRole({ held, person, onDone }: HeldRoleProps) {
  const w = useStaffWords();
  const format = useFormat();
  const nameOf = useRoleName();
  const end = useStaffChange(() => endRole(person.account, held.id), onDone);
  return (
    <li className={styles.role}>
      <span>
        <strong>{nameOf(held.role)}</strong>
        {held.until !== null && ` ${w.until(format.date(held.until))}`}
      </span>
      <ActionButton weight="quiet" busy={end.isPending} onClick={() => end.mutate(undefined)}>
        <span className={styles.unseen}>{w.endRoleOf(nameOf(held.role), person.name ?? w.unnamed)}</span>
        <span aria-hidden="true">{w.endRole}</span>
      </ActionButton>
      <Fault error={end.error} conflict={w.lastOwner} />
    </li>
  );
}

const GIVEN = [
  'dentist',
  'doctor',
  'psychiatrist',
  'hygienist',
  'nurse',
  'front-desk',
  'billing',
  'privacy-officer',
  'owner',
] as const;

interface FormProps {
  readonly person: StaffPerson;
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

function GiveRole({ person, onDone, onCancel }: FormProps) {
  const w = useStaffWords();
  const nameOf = useRoleName();
  const open = GIVEN.filter((role) => !person.roles.some((held) => held.role === role));
  const [role, setRole] = useState<string>(open[0] ?? 'nurse');
  const [instead, setInstead] = useState('');
  const give = useStaffChange(() => giveRole(person.account, role, instead === '' ? null : instead), onDone);
  const places = [
    { value: '', name: w.asMore },
    ...person.roles.map((held) => ({ value: held.id, name: nameOf(held.role) })),
  ];
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        give.mutate(undefined);
      }}
    >
      <Select
        label={w.as}
        value={role}
        onChange={setRole}
        options={open.map((each) => ({ value: each, name: nameOf(each) }))}
      />
      <Select label={w.changeInto} value={instead} onChange={setInstead} options={places} />
      <div className={styles.buttons}>
        <ActionButton type="submit" weight="main" busy={give.isPending}>
          {w.give}
        </ActionButton>
        <ActionButton onClick={onCancel}>{w.cancel}</ActionButton>
      </div>
      <Fault error={give.error} conflict={w.lastOwner} />
    </form>
  );
}

function Leave({ person, onDone, onCancel }: FormProps) {
  const w = useStaffWords();
  const [keeps, setKeeps] = useState(false);
  const leave = useStaffChange(() => leavePractice(person.account, keeps), onDone);
  return (
    <div className={styles.form}>
      <p>{w.leaveSure(person.name ?? w.unnamed)}</p>
      {person.atHome && (
        <Check checked={keeps} onChange={setKeeps}>
          {w.leaveKeep}
        </Check>
      )}
      <div className={styles.buttons}>
        <ActionButton weight="main" busy={leave.isPending} onClick={() => leave.mutate(undefined)}>
          {w.leaveNow}
        </ActionButton>
        <ActionButton onClick={onCancel}>{w.cancel}</ActionButton>
      </div>
      <Fault error={leave.error} conflict={w.lastOwner} />
    </div>
  );
}
