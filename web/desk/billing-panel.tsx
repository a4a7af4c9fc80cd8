/** Who pays, and what is open. */
import type { Coverage, Invoice, Resource } from '@medplum/fhirtypes';
import { useInfiniteQuery } from '@tanstack/react-query';
import { along, conceptText, coverages, invoices } from '../client/index.ts';
import { LoadedPages, Panel, Row, Rows, Tag, useFormat } from '../kit/index.ts';
import styles from './chart-page.module.css';
import { useDeskWords } from './desk-words.ts';
import { MaskedNumber } from './masked-number.tsx';
import { Shortened } from './shortened.tsx';

export function BillingPanel({ chart }: { readonly chart: string }) {
  const w = useDeskWords();
  const insurance = useInfiniteQuery(coverages(chart));
  const bills = useInfiniteQuery(invoices(chart));
  return (
    <Panel title={w.billing} icon="card">
      <LoadedPages query={insurance} lines={1}>
        {(found, included) => <Insurance found={found} included={included} />}
      </LoadedPages>
      <LoadedPages query={bills} lines={2}>
        {(found) => <Bills found={found} />}
      </LoadedPages>
    </Panel>
  );
}

interface InsuranceProps {
  readonly found: readonly Coverage[];
  readonly included: readonly Resource[];
}

function Insurance({ found, included }: InsuranceProps) {
  const w = useDeskWords();
  const current = found.filter(({ status }) => status === 'active');
  if (current.length === 0) return <p className={styles.soft}>{w.noInsurance}</p>;
  return (
    <Rows>
      {current.map((each) => {
        const payor = along(each.payor[0], included);
        const name = payor?.resourceType === 'Organization' ? payor.name : each.payor[0]?.display;
        const plan = each.class?.find(({ type }) => type.coding?.[0]?.code === 'plan');
        return (
          <Row
            key={each.id}
            title={plan?.name ?? name ?? conceptText(each.type)}
            detail={
              <>
                {plan === undefined || !name ? '' : `${name} · `}
                {each.subscriberId !== undefined && (
                  <MaskedNumber number={each.subscriberId} say={w.member} />
                )}
              </>
            }
          />
        );
      })}
    </Rows>
  );
}

function Bills({ found }: { readonly found: readonly Invoice[] }) {
  const w = useDeskWords();
  const format = useFormat();
  const bills = found.filter(({ status }) => ['issued', 'balanced'].includes(status));
  const open = bills.filter(({ status }) => status === 'issued');
  const sums = new Map<string, number>();
  for (const { totalNet, totalGross } of open) {
    const { value = 0, currency = 'USD' } = totalNet ?? totalGross ?? {};
    sums.set(currency, (sums.get(currency) ?? 0) + value);
  }
  const told = [...sums].map(([currency, sum]) => w.openSum(format.money(sum, currency)));
  return (
    <>
      <h3 className={styles.subhead}>{told.length === 0 ? w.noneOpen : told.join(', ')}</h3>
      {bills.length > 0 && (
        <Shortened items={bills} first={3}>
          {(shown) => (
            <Rows>
              {shown.map(({ id, date, status, lineItem, totalNet, totalGross }) => {
                const { value, currency = 'USD' } = totalNet ?? totalGross ?? {};
                const items = lineItem?.map((each) => conceptText(each.chargeItemCodeableConcept)) ?? [];
                const isOpen = status === 'issued';
                return (
                  <Row
                    key={id}
                    title={value === undefined ? w.notRecorded : format.money(value, currency)}
                    detail={[date === undefined ? '' : format.shortDate(date), [...new Set(items)].join(', ')]
                      .filter(Boolean)
                      .join(' · ')}
                    side={<Tag tone={isOpen ? 'attention' : 'plain'}>{isOpen ? w.open : w.paid}</Tag>}
                  />
                );
              })}
            </Rows>
          )}
        </Shortened>
      )}
    </>
  );
}
