/** Types of the front office: who the patient is, visits, messages, tasks; and money. */
import {
  chartOrPracticeType,
  chartType,
  inheritedType,
  instant,
  practiceType,
  rosterType,
  type TypeEntry,
} from '../resource-type.ts';

export const ADMINISTRATIVE_TYPES: Readonly<Record<string, TypeEntry>> = {
  // Patient.link names the same person's other records.
  Patient: { owner: { kind: 'self' }, section: 'administrative', at: null, namesOthers: true },
  RelatedPerson: chartType('administrative', 'patient'),
  // An appointment without a patient is time that the practice keeps for itself.
  Appointment: chartOrPracticeType(
    'administrative',
    'participant.actor',
    'administrative',
    instant('date', 'start'),
  ),
  AppointmentResponse: inheritedType('administrative', 'appointment', instant(null, 'start')),
  Basic: chartOrPracticeType('administrative', 'subject', 'administrative', instant('created', 'created')),
  Communication: chartOrPracticeType(
    'administrative',
    'subject',
    'administrative',
    instant('sent', 'sent', 'received'),
  ),
  CommunicationRequest: chartOrPracticeType(
    'administrative',
    'subject',
    'administrative',
    instant('authored', 'authoredOn', 'occurrence'),
  ),
  Consent: chartType('administrative', 'patient', instant('date', 'dateTime')),
  Contract: chartOrPracticeType('financial', 'subject', 'administrative', instant('issued', 'issued')),
  EnrollmentRequest: chartType('financial', 'candidate', instant(null, 'created')),
  EnrollmentResponse: inheritedType('financial', 'request', instant(null, 'created')),
  MeasureReport: chartOrPracticeType('clinical', 'subject', 'administrative', instant('date', 'date')),
  SupplyDelivery: chartOrPracticeType(
    'administrative',
    'patient',
    'administrative',
    instant(null, 'occurrence'),
  ),
  SupplyRequest: chartOrPracticeType(
    'administrative',
    'deliverTo',
    'administrative',
    instant('date', 'authoredOn'),
  ),
  Task: chartOrPracticeType('administrative', 'for', 'administrative', instant('authored-on', 'authoredOn')),
  Group: rosterType('administrative'),
  Person: rosterType('administrative'),
};

export const FINANCIAL_TYPES: Readonly<Record<string, TypeEntry>> = {
  Account: chartType('financial', 'subject', instant('period', 'servicePeriod')),
  ChargeItem: chartType('financial', 'subject', instant('occurrence', 'occurrence', 'enteredDate')),
  Claim: chartType('financial', 'patient', instant('created', 'created')),
  ClaimResponse: chartType('financial', 'patient', instant('created', 'created')),
  Coverage: chartType('financial', 'beneficiary', instant(null, 'period')),
  CoverageEligibilityRequest: chartType('financial', 'patient', instant('created', 'created')),
  CoverageEligibilityResponse: chartType('financial', 'patient', instant('created', 'created')),
  ExplanationOfBenefit: chartType('financial', 'patient', instant('created', 'created')),
  Invoice: chartType('financial', 'subject', instant('date', 'date')),
  // One payment settles many patients' claims and names none of them.
  PaymentNotice: practiceType('financial', instant('created', 'created')),
  PaymentReconciliation: practiceType('financial', instant('created', 'created')),
};
