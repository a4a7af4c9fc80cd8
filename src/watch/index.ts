/** The door of the watch. */
export { Desk, type DeskParts } from './disclosure/desk.ts';
export { readReceipt } from './disclosure/receipt.ts';
export { ReportMail, type ReportMailParts, sendTestMail } from './disclosure/report-mail.ts';
export {
  acknowledgeReport,
  findReport,
  listReports,
  type ReportLine,
  recipientNow,
  removeReport,
  type SealedReport,
  sealReportsTo,
} from './disclosure/reports.ts';
export { disclosureRoutes } from './disclosure/routes.ts';
export { type IncidentMailParts, IncidentMails } from './incidents/incident-mails.ts';
export { type Circumstances, faultsBefore, faultsWithin, openingFault } from './production/careful.ts';
export { FAULT_CHECKS, type Fault, type FaultCheck, refusalOf } from './production/fault.ts';
export { identityInside, liesWithin } from './production/place-faults.ts';
export { isProduction } from './production/production.ts';
export { type CanaryResource, carrierOf, sampleOf } from './prove/canary-resource.ts';
export { catalogLines, EXPECTED_CATALOG } from './prove/catalog.ts';
export { editionOf } from './prove/edition.ts';
export { CHECKS, type CheckName, type CheckResult, type ProveFinding } from './prove/finding.ts';
export { isKnownRoute } from './prove/known-routes.ts';
export { ProvedOpening } from './prove/opening.ts';
export type { Asking } from './prove/outside.ts';
export { type ProveOptions, type ProveParts, type ProveReport, prove } from './prove/prove.ts';
export { type Aim, RECORD_WAYS, type Way } from './prove/record-ways.ts';
