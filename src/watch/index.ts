/** The door of the watch. */
export { Desk, type DeskParts } from './disclosure/desk.ts';
export { readReceipt } from './disclosure/receipt.ts';
export { ReportMail, type ReportMailParts } from './disclosure/report-mail.ts';
export {
  acknowledgeReport,
  findReport,
  listReports,
  type ReportLine,
  recipientNow,
  type SealedReport,
  sealReportsTo,
} from './disclosure/reports.ts';
export { disclosureRoutes } from './disclosure/routes.ts';
export { type Circumstances, faultsBefore, faultsWithin, openingFault } from './production/careful.ts';
export { FAULT_CHECKS, type Fault, type FaultCheck, refusalOf } from './production/fault.ts';
export { isProduction } from './production/production.ts';
