/** Conditions, medications and allergies, each as it is now and as it was. */
import type { AllergyIntolerance, Condition, MedicationRequest, Resource } from '@medplum/fhirtypes';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import {
  allergies,
  conceptText,
  conditions,
  isCurrent,
  isPresent,
  isSevere,
  isWithdrawn,
  medications,
  medicineOf,
  onsetOf,
  reactionsOf,
  whoIs,
} from '../client/index.ts';
import { LoadedPages, Notice, PageHeading, Panel, Row, Rows, Tag, useFormat } from '../kit/index.ts';
import { useChart } from './chart-frame.tsx';
import { NotOpen, PartlyOpen, useOpenness } from './openness.tsx';
import styles from './pages.module.css';
import { useSession } from './portal-frame.tsx';
import { usePortalWords } from './portal-words.ts';

export function HealthPage() {
  const w = usePortalWords();
  const { practice } = useSession();
  const { clinical } = useOpenness();
  return (
    <>
      <PageHeading title={w.pages.health} lead={w.healthLead} within={practice?.name ?? ''} />
      {clinical ? (
        <div className={styles.stack}>
          <PartlyOpen />
          <Conditions />
          <Medications />
          <Allergies />
        </div>
      ) : (
        <NotOpen />
      )}
    </>
  );
}

function Conditions() {
  const w = usePortalWords();
  const query = useInfiniteQuery(conditions(useChart()));
  const row = (condition: Condition) => <ConditionRow key={condition.id} condition={condition} />;
  return (
    <Panel title={w.conditions} icon="health">
      <LoadedPages query={query}>
        {(found) => {
          const shown = found.filter(({ verificationStatus }) => !isWithdrawn(verificationStatus));
          if (shown.length === 0) return <Notice icon="health" title={w.noConditions} />;
          return (
            <NowAndPast
              now={shown.filter(isPresent).map(row)}
              past={shown.filter((each) => !isPresent(each)).map(row)}
              pastTitle={w.past}
            />
          );
        }}
      </LoadedPages>
    </Panel>
  );
}

function ConditionRow({ condition }: { readonly condition: Condition }) {
  const w = usePortalWords();
  const format = useFormat();
  const onset = onsetOf(condition);
  const end = condition.abatementDateTime ?? condition.abatementPeriod?.end;
  const times = [
    onset === undefined ? [] : w.since(format.date(onset)),
    end === undefined ? [] : w.until(format.date(end)),
  ].flat();
  return <Row title={conceptText(condition.code)} detail={times.join(' · ') || undefined} />;
}

function Medications() {
  const w = usePortalWords();
  const query = useInfiniteQuery(medications(useChart()));
  return (
    <Panel title={w.medications} icon="pill">
      <LoadedPages query={query}>
        {(found, included) => {
          const shown = found.filter(({ status }) => status !== 'entered-in-error' && status !== 'draft');
          if (shown.length === 0) {
            return (
              <Notice icon="pill" title={w.noMedications}>
                {w.noMedicationsText}
              </Notice>
            );
          }
          const row = (each: MedicationRequest) => (
            <MedicationRow key={each.id} request={each} included={included} />
          );
          return (
            <NowAndPast
              now={shown.filter(isCurrent).map(row)}
              past={shown.filter((each) => !isCurrent(each)).map(row)}
              pastTitle={w.stopped}
            />
          );
        }}
      </LoadedPages>
    </Panel>
  );
}

interface MedicationRowProps {
  readonly request: MedicationRequest;
  readonly included: readonly Resource[];
}

function MedicationRow({ request, included }: MedicationRowProps) {
  const w = usePortalWords();
  const format = useFormat();
  const { authoredOn, dosageInstruction, requester, status } = request;
  const by = whoIs(requester, included);
  const dosage = dosageInstruction?.map(({ text }) => text).filter(Boolean) ?? [];
  return (
    <Row
      title={medicineOf(request, included)}
      detail={
        <>
          {isCurrent(request) && dosage.map((text) => <p key={text}>{text}</p>)}
          {authoredOn !== undefined && <p>{w.prescribed(by, format.date(authoredOn))}</p>}
        </>
      }
      side={status === 'on-hold' ? <Tag tone="attention">{w.onHold}</Tag> : undefined}
    />
  );
}

function Allergies() {
  const w = usePortalWords();
  const query = useInfiniteQuery(allergies(useChart()));
  return (
    <Panel title={w.allergies} icon="allergy">
      <LoadedPages query={query}>
        {(found) => {
          const shown = found.filter(({ verificationStatus }) => !isWithdrawn(verificationStatus));
          if (shown.length === 0) {
            return (
              <Notice icon="allergy" title={w.noAllergies}>
                {w.noAllergiesText}
              </Notice>
            );
          }
          return (
            <Rows>
              {shown.map((each) => (
                <AllergyRow key={each.id} allergy={each} />
              ))}
            </Rows>
          );
        }}
      </LoadedPages>
    </Panel>
  );
}

function AllergyRow({ allergy }: { readonly allergy: AllergyIntolerance }) {
  const w = usePortalWords();
  const format = useFormat();
  const reactions = reactionsOf(allergy);
  return (
    <Row
      title={conceptText(allergy.code)}
      detail={reactions.length === 0 ? undefined : w.reaction(format.list(reactions))}
      side={isSevere(allergy) ? <Tag tone="alert">{w.severe}</Tag> : undefined}
    />
  );
}

interface NowAndPastProps {
  readonly now: readonly ReactNode[];
  readonly past: readonly ReactNode[];
  readonly pastTitle: string;
}

function NowAndPast({ now, past, pastTitle }: NowAndPastProps) {
  const w = usePortalWords();
  return (
    <>
      {now.length > 0 && past.length > 0 && <h3 className={styles.subhead}>{w.now}</h3>}
      {now.length > 0 && <Rows>{now}</Rows>}
      {past.length > 0 && (
        <>
          <h3 className={styles.subhead}>{pastTitle}</h3>
          <Rows>{past}</Rows>
        </>
      )}
    </>
  );
}
