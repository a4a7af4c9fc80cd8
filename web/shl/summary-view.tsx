/** A FHIR document in readable form: its sections, and what stands in each, in words and not in codes. */
import type { Bundle, Composition, Patient, Resource } from '@medplum/fhirtypes';
import { conceptText, sayName } from '../client/index.ts';
import { type Fact, Facts, Panel, Row, Rows, useFormat } from '../kit/index.ts';
import styles from './received.module.css';
import { useReceivedWords } from './received-words.ts';
import { saidOf } from './said-of.ts';

export function SummaryView({ bundle }: { readonly bundle: Bundle }) {
  const w = useReceivedWords();
  const format = useFormat();
  const resources = bundle.entry?.flatMap(({ resource }) => (resource === undefined ? [] : [resource])) ?? [];
  const composition = resources.find((each): each is Composition => each.resourceType === 'Composition');
  const patient = resources.find((each): each is Patient => each.resourceType === 'Patient');
  const byReference = new Map(resources.map((each) => [`${each.resourceType}/${each.id}`, each]));
  return (
    <div className={styles.summary}>
      {patient !== undefined && (
        <Panel title={w.patient} icon="person">
          <Facts facts={factsOf(patient)} />
        </Panel>
      )}
      {composition?.section?.map((section, at) => {
        const code = section.code?.coding?.[0]?.code ?? '';
        const entries =
          section.entry?.flatMap(({ reference }) => byReference.get(reference ?? '') ?? []) ?? [];
        return (
          <Panel key={code || `${at}`} title={w.sections[code] ?? section.title ?? ''} icon="health">
            {entries.length === 0 ? <p>{w.nothing}</p> : <Entries entries={entries} />}
          </Panel>
        );
      })}
      <p className={styles.text}>{w.summaryNote}</p>
    </div>
  );

  function factsOf({ name, birthDate, gender }: Patient): Fact[] {
    return [
      { name: w.name, value: sayName(name) },
      { name: w.born, value: birthDate === undefined ? '' : format.date(birthDate) },
      { name: w.gender, value: gender === undefined ? '' : (w.genders[gender] ?? gender) },
      { name: w.made, value: composition?.date === undefined ? '' : format.dayAndTime(composition.date) },
    ].filter(({ value }) => value !== '');
  }
}

function Entries({ entries }: { readonly entries: readonly Resource[] }) {
  const w = useReceivedWords();
  const format = useFormat();
  const rows = entries.map((each) => ({ id: each.id ?? '', at: dateOf(each), resource: each }));
  rows.sort((a, b) => b.at.localeCompare(a.at));
  return (
    <Rows>
      {rows.map(({ id, at, resource }) => (
        <Row
          key={id}
          title={titleOf(resource)}
          detail={saidOf(resource, w, format)}
          side={at === '' ? '' : format.shortDate(at)}
        />
      ))}
    </Rows>
  );
}

/** What a resource may say of itself, whatever its type. */
interface Sayable {
  readonly code?: Parameters<typeof conceptText>[0];
  readonly medicationCodeableConcept?: Parameters<typeof conceptText>[0];
  readonly medicationReference?: { readonly display?: string };
  readonly vaccineCode?: Parameters<typeof conceptText>[0];
  readonly title?: string;
  readonly [name: string]: unknown;
}

function titleOf(resource: Resource): string {
  const said = resource as unknown as Sayable;
  const named = conceptText(said.code ?? said.medicationCodeableConcept ?? said.vaccineCode);
  return named || said.medicationReference?.display || said.title || resource.resourceType;
}

const DATES = [
  'effectiveDateTime',
  'performedDateTime',
  'occurrenceDateTime',
  'onsetDateTime',
  'authoredOn',
  'recordedDate',
  'dateAsserted',
  'issued',
  'created',
];

function dateOf(resource: Resource): string {
  const said = resource as unknown as Sayable;
  const found = DATES.map((name) => said[name]).find((value) => typeof value === 'string');
  return typeof found === 'string' ? found : '';
}
