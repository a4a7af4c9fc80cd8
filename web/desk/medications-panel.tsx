/** What is taken now: as prescribed here, and as the patient says. */
import type { MedicationStatement, Resource } from '@medplum/fhirtypes';
import { useInfiniteQuery } from '@tanstack/react-query';
import { conceptText, isCurrent, medications, medicineOf, statedMedications } from '../client/index.ts';
import { LoadedPages, Panel, Row, Rows, Tag } from '../kit/index.ts';
import styles from './chart-page.module.css';
import { useDeskWords } from './desk-words.ts';
import { Shortened } from './shortened.tsx';

interface Taken {
  readonly id: string;
  readonly name: string;
  readonly dose: string | undefined;
  readonly isOnHold: boolean;
  readonly isStated: boolean;
}

export function MedicationsPanel({ chart }: { readonly chart: string }) {
  const w = useDeskWords();
  const ordered = useInfiniteQuery(medications(chart));
  const stated = useInfiniteQuery(statedMedications(chart));
  return (
    <Panel title={w.medications} icon="pill">
      <LoadedPages query={ordered}>
        {(orders, included) => (
          <LoadedPages query={stated}>
            {(statements) => {
              const taken = [
                ...orders.filter(isCurrent).map((each) => ({
                  id: each.id!,
                  name: medicineOf(each, included as Resource[]),
                  dose: each.dosageInstruction?.[0]?.text,
                  isOnHold: each.status === 'on-hold',
                  isStated: false,
                })),
                ...statements.filter(({ status }) => status === 'active').map(statedAs),
              ];
              const ended = orders.filter((each) => !isCurrent(each)).length;
              return (
                <>
                  {taken.length === 0 ? (
                    <p className={styles.soft}>{w.noMedications}</p>
                  ) : (
                    <Medicines taken={taken} />
                  )}
                  {ended > 0 && <p className={styles.footnote}>{w.ended(ended)}</p>}
                </>
              );
            }}
          </LoadedPages>
        )}
      </LoadedPages>
    </Panel>
  );
}

function statedAs({
  id,
  medicationCodeableConcept,
  medicationReference,
  dosage,
}: MedicationStatement): Taken {
  return {
    id: id!,
    name: conceptText(medicationCodeableConcept) || (medicationReference?.display ?? ''),
    dose: dosage?.[0]?.text,
    isOnHold: false,
    isStated: true,
  };
}

function Medicines({ taken }: { readonly taken: readonly Taken[] }) {
  const w = useDeskWords();
  return (
    <Shortened items={taken} first={8}>
      {(shown) => (
        <Rows>
          {shown.map(({ id, name, dose, isOnHold, isStated }) => (
            <Row
              key={id}
              title={name}
              detail={[dose, isStated ? w.stated : undefined].filter(Boolean).join(' · ')}
              {...(isOnHold ? { side: <Tag tone="attention">{w.onHold}</Tag> } : {})}
            />
          ))}
        </Rows>
      )}
    </Shortened>
  );
}
