/** Who signs in to see the chart, who was asked to, and how to ask them or let them back in. */
import type { Patient } from '@medplum/fhirtypes';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type FamilyPerson, familyOfChart, type Invitation, invitations } from '../client/index.ts';
import { ActionButton, Loaded, Panel, Row, Rows } from '../kit/index.ts';
import { InvitationList, works } from './invitation-list.tsx';
import { Invited, InviteForm } from './invite-form.tsx';
import { useOnlineWords } from './online-words.ts';
import { RecoveryForm } from './recovery-form.tsx';
import { useRoleName } from './role-names.ts';
import styles from './staff-page.module.css';

export function OnlinePanel({ patient }: { readonly patient: Patient }) {
  const w = useOnlineWords();
  const chart = patient.id!;
  const family = useQuery(familyOfChart(chart));
  const invited = useQuery(invitations(chart));
  return (
    <Panel title={w.panel} icon="key">
      <Loaded query={family}>
        {({ people }) => (
          <Loaded query={invited}>
            {(listed) => (
              <Inside
                patient={patient}
                people={people.filter((person, at) => at === people.findIndex(sameAccount(person)))}
                open={listed.invitations.filter(works)}
                mails={listed.mails}
              />
            )}
          </Loaded>
        )}
      </Loaded>
    </Panel>
  );
}

const sameAccount =
  ({ account }: FamilyPerson) =>
  (other: FamilyPerson) =>
    other.account === account;

interface InsideProps {
  readonly patient: Patient;
  /** Each account once. */
  readonly people: readonly FamilyPerson[];
  readonly open: readonly Invitation[];
  readonly mails: boolean;
}

function Inside({ patient, people, open, mails }: InsideProps) {
  const w = useOnlineWords();
  const [isInviting, setInviting] = useState(false);
  const [made, setMade] = useState<Invitation | null>(null);
  const [told, setTold] = useState('');
  const chart = patient.id!;
  const signsIn = people.some(({ role }) => role === 'patient');
  const isAsked = open.some((each) => each.as === 'patient');
  const known = patient.telecom?.find(({ system, use }) => system === 'email' && use !== 'old')?.value;
  return (
    <>
      {people.length === 0 && open.length === 0 && <p className={styles.soft}>{w.nobody}</p>}
      <Rows>
        {people.map((person) => (
          <SignsIn key={person.account} person={person} chart={chart} />
        ))}
      </Rows>
      <InvitationList invitations={open} onTold={setTold} />
      {isInviting ? (
        <>
          {!mails && <p className={styles.warn}>{w.noMails}</p>}
          <InviteForm
            as="patient"
            chart={chart}
            roles={[]}
            known={known ?? null}
            onDone={(invited) => {
              setInviting(false);
              setTold('');
              setMade(invited);
            }}
            onCancel={() => setInviting(false)}
          />
        </>
      ) : (
        !signsIn && (
          <div className={styles.buttons}>
            <ActionButton weight={isAsked ? 'quiet' : 'side'} onClick={() => setInviting(true)}>
              {isAsked ? w.inviteAgain : w.invitePatient}
            </ActionButton>
          </div>
        )
      )}
      <Invited invited={made} />
      <p role="status">{told}</p>
    </>
  );
}

function SignsIn({ person, chart }: { readonly person: FamilyPerson; readonly chart: string }) {
  const w = useOnlineWords();
  const nameOf = useRoleName();
  const [isLost, setLost] = useState(false);
  const name = person.name ?? w.somebody;
  return (
    <Row
      title={name}
      detail={
        <>
          {w.signsIn(nameOf(person.role))}
          {isLost ? (
            <RecoveryForm account={person.account} name={name} chart={chart} onEnd={() => setLost(false)} />
          ) : (
            !person.you && (
              <div className={styles.buttons}>
                <ActionButton weight="quiet" onClick={() => setLost(true)}>
                  <span className={styles.unseen}>{w.lostOf(name)}</span>
                  <span aria-hidden="true">{w.lost}</span>
                </ActionButton>
              </div>
            )
          )}
        </>
      }
    />
  );
}
