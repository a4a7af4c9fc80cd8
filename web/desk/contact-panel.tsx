/** How the patient is reached, and whom to call. */
import type { Patient } from '@medplum/fhirtypes';
import { sayName } from '../client/index.ts';
import { type Fact, Facts, Panel } from '../kit/index.ts';
import { useDeskWords } from './desk-words.ts';

export function ContactPanel({ patient }: { readonly patient: Patient }) {
  const w = useDeskWords();
  const { telecom = [], address, contact = [] } = patient;
  const phones = telecom.filter(({ system, value }) => system === 'phone' && value !== undefined);
  const email = telecom.find(({ system }) => system === 'email')?.value;
  const home = address?.[0];
  const place = [home?.city, home?.state, home?.postalCode].filter(Boolean).join(' ');
  const lines = [...(home?.line ?? []), place].filter(Boolean).join(', ');
  const kin = contact.map(({ name, telecom: reached }) =>
    [sayName(name === undefined ? [] : [name]), reached?.[0]?.value].filter(Boolean).join(', '),
  );
  const facts: Fact[] = [
    ...phones.map(({ use, value }) => ({ name: w.phoneUse[use ?? ''] ?? w.phone, value })),
    { name: w.email, value: email ?? w.notRecorded },
    { name: w.address, value: lines || w.notRecorded },
    ...(kin.length === 0 ? [] : [{ name: w.nextOfKin, value: kin.join(' · ') }]),
  ];
  return (
    <Panel title={w.contact} icon="person">
      <Facts facts={facts} />
    </Panel>
  );
}
