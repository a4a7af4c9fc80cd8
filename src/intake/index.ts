/** The door of the intake room. */
export {
  DEPOSIT_BYTES,
  DEPOSIT_STATES,
  type DepositLine,
  type DepositState,
  mediaTypeOf,
  type Receipt,
} from './deposits/deposit.ts';
export { Deposits, type DepositsParts, type OpenedDeposit } from './deposits/deposits.ts';
export { ChartImportStore } from './fhir/chart-import-store.ts';
export { type ImportOptions, type ImportProgress, importSources } from './fhir/import.ts';
export { ImportReport, type Outcome, type Remark, type TypeCounts } from './fhir/import-report.ts';
export type { ImportItem, ImportStore, PutResult } from './fhir/import-store.ts';
export type { DigestOf } from './fhir/prepare-item.ts';
export { endingsOf } from './fhir/source-files.ts';
export type { DeriveId } from './fhir/source-index.ts';
