/** The door of the client: everything the pages ask of the server, typed. */
export { askAhead } from './ahead.ts';
export { ApiError, type Failure, failureOf, waitOf } from './api-error.ts';
export {
  type AppAsked,
  type AppReceipt,
  appReceipt,
  askForApp,
  closeSharedApp,
  decideApp,
  endPracticeApp,
  type PracticeApps,
  practiceApps,
  practiceForApps,
  type RequestedApp,
  type SharedApp,
} from './app-requests.ts';
export {
  type ConnectedApp,
  connectedAppsQuery,
  disconnectApp,
  type LaunchableApp,
  launchApp,
  launchableAppsQuery,
  leaveAppLess,
} from './apps.ts';
export {
  accessLog,
  allergies,
  appointments,
  chartPatient,
  conditions,
  documents,
  medications,
  observation,
  observations,
  observationsLike,
} from './chart-queries.ts';
export { type AppAnswer, type AppQuestion, answerApp, appQuestion } from './consent.ts';
export {
  accessLines,
  allAppointments,
  coverages,
  encounters,
  invoices,
  plannedTreatment,
  procedures,
  recentResults,
  statedMedications,
} from './desk-queries.ts';
export {
  CeremonyError,
  type CeremonyFailure,
  dropCeremony,
  fillsPasskeys,
} from './doors/ceremonies.ts';
export {
  acceptInvitation,
  type Invited,
  lookAtInvitation,
  type ProofOutcome,
  proveInvitation,
} from './doors/invited.ts';
export {
  confirmAddress,
  makeAddressFirst,
  type OwnAddress,
  type OwnAddresses,
  ownAddressesQuery,
  proposeAddress,
  removeAddress,
  writeIn,
} from './doors/own-addresses.ts';
export {
  addPasskey,
  type CodeAppOffer,
  confirmCodeApp,
  factorsQuery,
  newRecoveryCodes,
  type OwnFactors,
  type OwnPasskey,
  offerCodeApp,
  type PassphraseProblem,
  removePasskey,
  removePassphrase,
  renamePasskey,
  setPassphrase,
} from './doors/own-factors.ts';
export {
  endOtherSessions,
  endSession,
  type OwnSession,
  ownSessionsQuery,
  type TouchWays,
  toPractice,
  touchByPasskey,
  touchByPassphrase,
  waysToTouch,
} from './doors/own-sessions.ts';
export {
  askForRecovery,
  beginRecovery,
  finishRecovery,
  type RecoveryState,
  stopRecovery,
} from './doors/recovery.ts';
export {
  endSignOnProvider,
  joinSignOn,
  type OwnSignOn,
  ownSignOnQuery,
  partSignOn,
  type SignOnAsked,
  type SignOnProvider,
  setSignOnProvider,
  signOnAddress,
  signOnProvidersQuery,
} from './doors/sign-on.ts';
export { sendCode, sendPassphrase, signInByPasskey } from './doors/signing-in.ts';
export {
  type AccessAsked,
  type ActingFor,
  acceptOffer,
  changeAccess,
  endAccess,
  type FamilyPerson,
  type FamilyRecord,
  familyOfChart,
  giveAccess,
  needsTouch,
  type OfferMade,
  offerAccess,
  ownFamily,
  registerFamily,
  type StandingOffer,
  takeOfferBack,
} from './family-queries.ts';
export { type Decimal, type FhirBundle, type Page, parseFhir } from './fhir-json.ts';
export {
  approveDestroying,
  type DueDocument,
  dueDocuments,
  endHold,
  type FileApart,
  type FileHandling,
  type FileLimit,
  filesApart,
  type HeldRecord,
  heldRecords,
  holdRecord,
  holdsOf,
  type KeepingRule,
  type KeepingRules,
  keepingRules,
  type PracticeFileRules,
  practiceFileRules,
  releaseApart,
  removeApart,
  setKeepingRules,
  setPracticeFileRules,
} from './file-rule-queries.ts';
export {
  type Archive,
  archiveAddress,
  archivesQuery,
  beginArchive,
  isUnderWay,
  removeArchive,
} from './files/archives.ts';
export { REVEAL_PURPOSES, type RevealPurpose, revealCard } from './files/card-reveal.ts';
export { type CardLook, checkCard } from './files/check-card.ts';
export { consents, noteConsent, revokeConsent } from './files/consent-queries.ts';
export {
  amendDocument,
  type DocumentVersion,
  documentVersions,
  earlierDocuments,
  newerDocument,
  type Saved,
  type SentChange,
  saveDocument,
  saveDocuments,
  standingDocument,
  WAITING_DOCUMENTS,
  waitingCount,
  waitingDocuments,
} from './files/document-changes.ts';
export { type EndingCard, endingCards, settleEndingCard } from './files/ending-cards.ts';
export { binaryOf, documentOf, fileOf } from './files/file-queries.ts';
export {
  bytesAt,
  bytesOfBase64,
  type FileSource,
  removeOriginal,
  sourceOfBytes,
} from './files/file-source.ts';
export {
  type OpenedLink,
  openReceivedLink,
  type ReadLink,
  type ReceivedLink,
  readReceivedLink,
} from './files/received-link.ts';
export {
  type FileToSend,
  isHashed,
  type SendingTold,
  type SendingTrouble,
  SentFile,
} from './files/sent-file.ts';
export { askForTouchBy } from './fresh-touch.ts';
export {
  type HandedOver,
  handOverRecovery,
  type Invitation,
  type InvitationAsked,
  type Invitations,
  invitations,
  invite,
  takeInvitationBack,
  takeRecoveryBack,
  type WaitingRecovery,
  waitingRecoveries,
} from './invitation-queries.ts';
export {
  endLink,
  type LinkAsked,
  type LinkState,
  linksOf,
  type MadeLink,
  makeLink,
  type SentLink,
} from './link-queries.ts';
export { type PatientOrder, patientList, type Sought, soughtBy } from './patient-search.ts';
export {
  practitioners,
  relatedPersons,
  type SaidPeople,
  saidPractitioners,
  saidRelatedPersons,
  sayPractitioner,
  sayRelatedPerson,
} from './people-queries.ts';
export {
  type PracticeSettings,
  practiceSettings,
  type StandingSettings,
  setPractice,
} from './practice-queries.ts';
export { type AccessVisit, accessVisits, peopleIn } from './record/access-visits.ts';
export { CARD_KINDS, type CardKind, type KeptCard, keptCards, standingOf, today } from './record/cards.ts';
export {
  CONSENT_KINDS,
  type ConsentKind,
  type ConsentSaid,
  type SignedConsent,
  signedConsents,
} from './record/consents.ts';
export { DOCUMENT_KINDS, kindOfCode } from './record/document-kinds.ts';
export {
  type Changeable,
  changed,
  type Difference,
  type DocumentChange,
  type DocumentState,
  dayOn,
  differences,
  documentState,
  folderName,
  folderOf,
  noteOn,
  replacedBy,
  waitingFrom,
  withdrawnReason,
  writtenBy,
} from './record/document-order.ts';
export {
  ALL_DOCUMENTS,
  chartOfDocument,
  type DocumentOrder,
  type DocumentsSought,
  endedDocuments,
  foldersOf,
  isCard,
  isEverything,
  kindKey,
  type ListedDocument,
  listed,
  listedDocuments,
  soughtDocuments,
} from './record/documents.ts';
export {
  along,
  chartNumber,
  codeIn,
  conceptText,
  documentName,
  documentType,
  givenName,
  isCurrent,
  isPresent,
  isSevere,
  isWithdrawn,
  listName,
  medicineOf,
  onsetOf,
  reactionsOf,
  sayName,
  whoIs,
} from './record/names.ts';
export {
  type Measurement,
  type Named,
  type Range,
  type Reading,
  type Series,
  type Standing,
  seriesOf,
} from './record/series.ts';
export {
  type Mouth,
  mouthOf,
  stateOf,
  type ToothNote,
  type ToothState,
  toothNumber,
  toothOf,
} from './record/teeth.ts';
export { plainUnit } from './record/units.ts';
export {
  type ChartReach,
  opensFiles,
  type PracticeName,
  practiceHere,
  type Session,
  type SignedIn,
  sessionQuery,
  signIn,
  signOut,
  stayAwake,
} from './session.ts';
export {
  endRole,
  type GrantReview,
  giveRole,
  grantReview,
  leavePractice,
  type ReviewedGrant,
  type StaffPerson,
  type StaffRole,
  staffList,
} from './staff-queries.ts';
