/** The door of the chart room. */

export { isServable } from './app-scopes.ts';
export { type BirthDatesInCharts, birthDatesIn } from './birth-dates.ts';
export {
  CARD_CODES,
  type CardCheck,
  checkOf,
  dayBefore,
  expiryOf,
  isCard,
  keptUntil,
  withCheck,
} from './card.ts';
export { ChartStore, type ImportDraft } from './chart-store.ts';
export { CLASSIFIER_VERSION, type ClassifierContext, classify } from './classifier.ts';
export { type Definitions, loadDefinitions } from './definitions.ts';
export { type FhirCoding, type FhirResource, isObject, type JsonObject, valuesAt } from './fhir-resource.ts';
export {
  type FileContent,
  type FileFacts,
  type FileKeeper,
  type FileRoom,
  readFacts,
  type Stretch,
  stretchesOf,
  writeFacts,
} from './file-content.ts';
export { backUpKeys, restoreKeys } from './keys/key-backup.ts';
export { KEYS_CHANNEL, type KeyWork } from './keys/key-work.ts';
export { rotateIndexKey } from './keys/rotate-index.ts';
export { type KeyRotation, rotatePracticeKey } from './keys/rotate-practice-key.ts';
export { type RootRotation, rotateRoot } from './keys/rotate-root.ts';
export { type Shredding, shredChart, shreddings } from './keys/shred-chart.ts';
export { type Ownership, ownerOf, patientReferences } from './owner.ts';
export { type FhirPatch, fhirPathPatch } from './patch/fhir-path-patch.ts';
export { jsonPatch } from './patch/json-patch.ts';
export { parseReference, type Reference } from './reference.ts';
export {
  type JsonLimits,
  parseJson,
  parseResource,
  RESOURCE_LIMITS,
  readResource,
  writeResource,
} from './resource-json.ts';
export type { ResourceType } from './resource-type.ts';
export { COMPARTMENTS, type Compartment, EVERY_TYPE, WITHIN_COMPARTMENT } from './search/compartment.ts';
export { isReference } from './search/include.ts';
export { type IndexTerms, indexTerms } from './search/index-terms.ts';
export { ACCOUNT_SYSTEM, SENT_DIGEST, senderOf } from './search/own-parameters.ts';
export { type Parameter, parametersOf } from './search/parameters.ts';
export { parseSearch, parseSearchOfTypes, type SearchPlan } from './search/search-plan.ts';
export { parseSubset, type Subset, subsetBytes } from './search/subset.ts';
export { markedAmong } from './store/card-marks.ts';
export { type Change, type Changed, ChangeRefused, type Target } from './store/change.ts';
export { destroyDocument } from './store/destroy-document.ts';
export { type DocumentToKeep, documentsToKeep, lastVisits } from './store/documents-to-keep.ts';
export type { ChartFile } from './store/list-chart-files.ts';
export { FIRST_FILE, type FileMark, type KeptFile } from './store/list-files.ts';
export { forgetBlobs, notedAmong, notedBlobs, shreddedBlobs } from './store/noted-blobs.ts';
export type { Draft } from './store/place-resource.ts';
export type { PromisedRoom } from './store/promised-room.ts';
export type { ChangesAsk, ChangesPage } from './store/read-changes.ts';
export type { ExportAsk, ExportPage } from './store/read-export.ts';
export type { StoredFile } from './store/read-file.ts';
export type { HistoryPage } from './store/read-history.ts';
export type { LinesAsk } from './store/read-lines.ts';
export type { Reclassified, ReclassifyOptions } from './store/reclassify.ts';
export { removeOriginal } from './store/remove-original.ts';
export { REVEAL_PURPOSES, type RevealPurpose } from './store/reveal-file.ts';
export type { SearchPage } from './store/search-resources.ts';
export { inVisit, lineOf, type StoreContext } from './store/store-context.ts';
export type { Stored } from './store/stored.ts';
export { WrappedKeys } from './store/wrapped-keys.ts';
export type { Outcome } from './store/write-resources.ts';
export { type NewResource, writeTogether } from './store/write-together.ts';
export { TYPES, typeOf } from './type-registry.ts';
export { assertValid, type Issue, validate } from './validation.ts';
