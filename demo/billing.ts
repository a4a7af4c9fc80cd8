/** Money: coverage, and for each billed visit a claim, the insurer's answer and an invoice for the rest. */
import type { Claim, ClaimItem, ClaimResponse, CodeableConcept, Coverage, Invoice } from '@medplum/fhirtypes';
import type { ChartPen, ReferenceTo } from './chart-pen.ts';
import type { Resident } from './people/household.ts';
import { dollars, hl7 } from './terminology.ts';

export interface InsurancePlan {
  /** Key of the insurer's Organization. */
  insurer: string;
  plan: string;
  /** Share that the insurer pays of what is not preventive. */
  share: number;
}

export interface BilledService {
  service: CodeableConcept;
  fee: number;
  preventive: boolean;
  tooth?: CodeableConcept;
  surfaces?: CodeableConcept[];
}

export interface BilledVisit {
  /** Days from today, negative. */
  day: number;
  kind: 'oral' | 'professional';
  practitioner: string;
  encounter: string;
  services: readonly BilledService[];
  diagnoses: readonly CodeableConcept[];
  plan: InsurancePlan | null;
  coverage: ReferenceTo<Coverage> | null;
}

export function insure<Profile>(
  pen: ChartPen,
  resident: Resident<Profile>,
  plan: InsurancePlan,
  startedDaysAgo: number,
): ReferenceTo<Coverage> {
  const number = `${plan.insurer.slice(0, 3).toUpperCase()}${pen.random.int(10_000_000, 99_999_999)}`;
  const holder = resident.guardian ?? `Patient/${pen.chart}`;
  return pen.write<Coverage>({
    resourceType: 'Coverage',
    status: 'active',
    subscriberId: number,
    policyHolder: { reference: holder },
    beneficiary: pen.patient,
    relationship: hl7('subscriber-relationship', resident.guardian ? 'child' : 'self'),
    period: { start: pen.calendar.date(-startedDaysAgo) },
    payor: [{ reference: `Organization/${plan.insurer}` }],
    class: [{ type: hl7('coverage-class', 'plan'), value: plan.plan, name: plan.plan }],
  });
}

export function bill(pen: ChartPen, visit: BilledVisit): void {
  const total = visit.services.reduce((sum, { fee }) => sum + fee, 0);
  let paid = 0;
  if (visit.plan && visit.coverage) {
    const claim = pen.write<Claim>(claimFor(pen, visit, visit.plan, visit.coverage, total));
    const isAnswered = visit.day < -12;
    const amounts = visit.services.map(
      ({ fee, preventive }) => fee * (preventive ? 1 : (visit.plan?.share ?? 0)),
    );
    if (isAnswered) {
      paid = amounts.reduce((sum, amount) => sum + amount, 0);
      pen.write<ClaimResponse>(answerTo(pen, visit, visit.plan, claim, amounts, paid));
    } else {
      return;
    }
  }
  const owed = Math.round((total - paid) * 100) / 100;
  if (owed > 0) writeInvoice(pen, visit, total, paid, owed);
}

function claimItem(visit: BilledVisit, service: BilledService, index: number, date: string): ClaimItem {
  return {
    sequence: index + 1,
    productOrService: service.service,
    servicedDate: date,
    ...(visit.diagnoses.length > 0 ? { diagnosisSequence: [1] } : {}),
    ...(service.tooth ? { bodySite: service.tooth } : {}),
    ...(service.surfaces?.length ? { subSite: service.surfaces } : {}),
    unitPrice: dollars(service.fee),
    net: dollars(service.fee),
    encounter: [{ reference: visit.encounter }],
  };
}

function claimFor(
  pen: ChartPen,
  visit: BilledVisit,
  plan: InsurancePlan,
  coverage: ReferenceTo<Coverage>,
  total: number,
): Claim {
  const date = pen.calendar.date(visit.day);
  return {
    resourceType: 'Claim',
    status: 'active',
    type: hl7('claim-type', visit.kind),
    use: 'claim',
    patient: pen.patient,
    created: pen.calendar.date(Math.min(0, visit.day + 1)),
    billablePeriod: { start: date, end: date },
    insurer: { reference: `Organization/${plan.insurer}` },
    provider: { reference: `Practitioner/${visit.practitioner}` },
    priority: hl7('processpriority', 'normal'),
    ...(visit.diagnoses.length > 0
      ? {
          diagnosis: visit.diagnoses.map((diagnosis, index) => ({
            sequence: index + 1,
            diagnosisCodeableConcept: diagnosis,
          })),
        }
      : {}),
    insurance: [{ sequence: 1, focal: true, coverage }],
    item: visit.services.map((service, index) => claimItem(visit, service, index, date)),
    total: dollars(total),
  };
}

function answerTo(
  pen: ChartPen,
  visit: BilledVisit,
  plan: InsurancePlan,
  claim: ReferenceTo<Claim>,
  amounts: readonly number[],
  paid: number,
): ClaimResponse {
  const answered = Math.min(0, visit.day + pen.random.int(8, 12));
  return {
    resourceType: 'ClaimResponse',
    status: 'active',
    type: hl7('claim-type', visit.kind),
    use: 'claim',
    patient: pen.patient,
    created: pen.calendar.date(answered),
    insurer: { reference: `Organization/${plan.insurer}` },
    requestor: { reference: 'Organization/practice' },
    request: claim,
    outcome: 'complete',
    disposition: 'Paid under the terms of the plan.',
    item: amounts.map((amount, index) => ({
      itemSequence: index + 1,
      adjudication: [
        { category: hl7('adjudication', 'submitted'), amount: dollars(visit.services[index]?.fee ?? 0) },
        { category: hl7('adjudication', 'benefit'), amount: dollars(amount) },
      ],
    })),
    payment: {
      type: hl7('ex-paymenttype', 'complete'),
      date: pen.calendar.date(answered),
      amount: dollars(paid),
    },
  };
}

function writeInvoice(pen: ChartPen, visit: BilledVisit, total: number, paid: number, owed: number): void {
  const isSettled = visit.day < -40 && !pen.random.chance(0.08);
  pen.write<Invoice>({
    resourceType: 'Invoice',
    status: isSettled ? 'balanced' : 'issued',
    subject: pen.patient,
    recipient: pen.patient,
    date: pen.calendar.date(Math.min(0, visit.day + 14)),
    issuer: { reference: 'Organization/practice' },
    lineItem: visit.services.map((service, index) => ({
      sequence: index + 1,
      chargeItemCodeableConcept: service.service,
      priceComponent: [{ type: 'base', amount: dollars(service.fee) }],
    })),
    totalNet: dollars(owed),
    totalGross: dollars(total),
    note: [
      {
        text: isSettled
          ? 'Paid in full. Thank you.'
          : `Your plan paid ${paid.toFixed(2)} of ${total.toFixed(2)} USD; payable within 30 days.`,
      },
    ],
  });
}
