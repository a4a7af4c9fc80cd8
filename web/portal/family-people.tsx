/** Who can see the record, one by one: what of it, until when; changing that, and ending it. */
import { useState } from 'react';
import {
  type AccessAsked,
  changeAccess,
  endAccess,
  type FamilyPerson,
  type FamilyRecord,
} from '../client/index.ts';
import { ActionButton, Notice, Panel, Rows, Tag, useFormat } from '../kit/index.ts';
import { AccessForm } from './access-form.tsx';
import { Fault, sayParts, useFamilyChange } from './family-change.tsx';
import styles from './family-page.module.css';
import { useFamilyWords } from './family-words.ts';

export function FamilyPeople({ record }: { readonly record: FamilyRecord }) {
  const w = useFamilyWords();
  const [told, setTold] = useState('');
  return (
    <Panel title={w.people} icon="people">
      {record.people.every(({ you }) => you) && (
        <Notice icon="lock" title={w.nobodyElse}>
          {w.nobodyElseText}
        </Notice>
      )}
      <div className={styles.rows}>
        <Rows>
          {record.people.map((person) => (
            <PersonRow key={person.id} person={person} record={record} onTold={setTold} />
          ))}
        </Rows>
      </div>
      <p role="status">{told}</p>
    </Panel>
  );
}

interface PersonRowProps {
  readonly person: FamilyPerson;
  readonly record: FamilyRecord;
  readonly onTold: (told: string) => void;
}

function PersonRow({ person, record, onTold }: PersonRowProps) {
  const w = useFamilyWords();
  const format = useFormat();
  const [doing, setDoing] = useState<'change' | 'end' | null>(null);
  const done = (told: string) => () => {
    setDoing(null);
    onTold(told);
  };
  const end = useFamilyChange(endAccess, done(w.ended));
  const change = useFamilyChange((access: AccessAsked) => changeAccess(person.id, access), done(w.changed));
  const { role, sections, until, sensitiveUntil, mayEnd } = person;
  const mayChange = person.mayChange && role === 'proxy';
  const name = person.name ?? w.unnamed;
  const ends = until === null ? w.noEnd : w.until(format.date(until));
  return (
    <li className={styles.person}>
      <p className={styles.name}>
        {name} {person.you && <Tag>{w.you}</Tag>} <Tag tone="good">{w.roles[role] ?? role}</Tag>
      </p>
      <p className={styles.soft}>
        {w.sees(sayParts(sections, format, w))}
        {role === 'patient' ? '' : `, ${ends}`}
      </p>
      {sensitiveUntil !== null && (
        <p className={styles.soft}>{w.sensitiveUntil(format.date(sensitiveUntil))}</p>
      )}
      {person.given === 'practice' && !person.you && role !== 'patient' && !mayEnd && (
        <p className={styles.soft}>{w.byPractice}</p>
      )}
      {doing === null && !person.you && (
        <div className={styles.buttons}>
          {mayChange && (
            <ActionButton onClick={() => setDoing('change')}>
              <span className={styles.unseen}>{w.changeOf(name)}</span>
              <span aria-hidden="true">{w.change}</span>
            </ActionButton>
          )}
          {mayEnd && (
            <ActionButton onClick={() => setDoing('end')}>
              <span className={styles.unseen}>{w.endOf(name)}</span>
              <span aria-hidden="true">{w.end}</span>
            </ActionButton>
          )}
        </div>
      )}
      {doing === 'change' && (
        <AccessForm
          shares={record.shares}
          passedOn={record.passedOn}
          sections={sections}
          until={until}
          doing={w.save}
          busy={change.isPending}
          onDone={change.mutate}
          onCancel={() => setDoing(null)}
        />
      )}
      {doing === 'end' && (
        <div className={styles.form}>
          <p>{w.sure(name)}</p>
          <div className={styles.buttons}>
            <ActionButton weight="main" busy={end.isPending} onClick={() => end.mutate(person.id)}>
              {w.sureEnd}
            </ActionButton>
            <ActionButton onClick={() => setDoing(null)}>{w.keep}</ActionButton>
          </div>
        </div>
      )}
      <Fault error={end.error ?? change.error} />
    </li>
  );
}
