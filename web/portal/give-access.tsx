/** Letting somebody see the record: somebody one sees with a record already, or whoever brings a code. */
import { useState } from 'react';
import {
  type AccessAsked,
  type FamilyRecord,
  giveAccess,
  type OfferMade,
  offerAccess,
} from '../client/index.ts';
import { ActionButton, Panel, Select } from '../kit/index.ts';
import { AccessForm } from './access-form.tsx';
import { Fault, useFamilyChange } from './family-change.tsx';
import styles from './family-page.module.css';
import { useFamilyWords } from './family-words.ts';
import { OfferCode } from './offer-code.tsx';

const BY_CODE = '';

interface GiveAccessProps {
  readonly record: FamilyRecord;
  readonly records: readonly FamilyRecord[];
}

export function GiveAccess({ record, records }: GiveAccessProps) {
  const w = useFamilyWords();
  const known = peopleOf(record, records);
  const [isOpen, setOpen] = useState(false);
  const [whom, setWhom] = useState(BY_CODE);
  const [offer, setOffer] = useState<OfferMade | null>(null);
  const [told, setTold] = useState('');
  const give = useFamilyChange(
    async (access: AccessAsked) => {
      if (whom === BY_CODE) setOffer(await offerAccess(record.chart, access));
      else await giveAccess(record.chart, whom, access);
    },
    () => {
      setOpen(false);
      setTold(whom === BY_CODE ? '' : w.given);
    },
  );
  const options = [...known, { value: BY_CODE, name: w.somebodyElse }];
  return (
    <Panel title={w.give} icon="person">
      <p className={styles.soft}>{w.giveLead}</p>
      {offer !== null && <OfferCode offer={offer} />}
      {isOpen ? (
        <>
          {known.length > 0 && (
            <div className={styles.form}>
              <Select label={w.whom} value={whom} onChange={setWhom} options={options} />
            </div>
          )}
          <AccessForm
            shares={record.shares}
            passedOn={record.passedOn}
            sections={record.shares.filter((each) => each !== 'sensitive')}
            until={null}
            doing={whom === BY_CODE ? w.makeCode : w.giveNow}
            busy={give.isPending}
            onDone={give.mutate}
            onCancel={() => setOpen(false)}
          />
        </>
      ) : (
        <div className={styles.buttons}>
          <ActionButton
            weight="main"
            onClick={() => {
              setOffer(null);
              setTold('');
              setWhom(known[0]?.value ?? BY_CODE);
              setOpen(true);
            }}
          >
            {w.giveNow}
          </ActionButton>
        </div>
      )}
      <p role="status">{told}</p>
      <Fault error={give.error} />
    </Panel>
  );
}

/** Those seen with another record, and not with this one. */
function peopleOf({ people }: FamilyRecord, records: readonly FamilyRecord[]) {
  const here = new Set(people.map(({ account }) => account));
  const known = new Map<string, string>();
  for (const person of records.flatMap((each) => each.people)) {
    if (!person.you && !here.has(person.account) && person.name !== null) {
      known.set(person.account, person.name);
    }
  }
  return [...known].map(([value, name]) => ({ value, name }));
}
