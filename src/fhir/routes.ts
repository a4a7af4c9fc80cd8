/** The routes of the FHIR API: one list, from which the server and the attack suite are made. */
import type { Answer, Route, RoutedRequest } from '../base/exchange.ts';
import { COMPARTMENTS, TYPES, WITHIN_COMPARTMENT } from '../chart/index.ts';
import type { Visit } from '../gate/index.ts';
import { amendDocument, documentChanges } from './amend.ts';
import { readAuditEvent, searchAuditEvents } from './audit-events.ts';
import { bundleInteraction, type TabledRoute } from './batch.ts';
import { breakGlass } from './break-glass.ts';
import { bulkRoutes } from './bulk/bulk-routes.ts';
import { capabilityStatement } from './capability.ts';
import { checkCard } from './check-card.ts';
import {
  depositStatus,
  discardDeposit,
  fileDeposit,
  leaveDeposit,
  listDeposits,
  openDeposit,
} from './deposits.ts';
import { everything } from './everything.ts';
import type { FhirContext, Interaction } from './fhir-context.ts';
import { history, systemHistory, typeHistory } from './history.ts';
import { match } from './match.ts';
import { answerType } from './media-type.ts';
import { prettyAnswer } from './pretty.ts';
import { previewRoute } from './preview.ts';
import { read, vread } from './read.ts';
import { revealRoute } from './reveal.ts';
import { search, searchByPost, systemSearch, systemSearchByPost } from './search.ts';
import { refuseSubscription } from './subscriptions.ts';
import { validate } from './validate.ts';
import { create, patch, remove, update } from './write.ts';

const INTERACTIONS = [
  ['GET', '/fhir/:type/:id', 'reads a resource', read],
  ['GET', '/fhir/:type/:id/_history/:version', 'reads one version of a resource', vread],
  ['GET', '/fhir/:type/:id/_history', 'lists the versions of a resource', history],
  ['GET', '/fhir/:type/_history', 'lists the versions of the resources of a type', typeHistory],
  ['POST', '/fhir/:type', 'makes a resource', create],
  ['PUT', '/fhir/:type/:id', 'makes a new version of a resource', update],
  ['PATCH', '/fhir/:type/:id', 'changes parts of a resource', patch],
  ['DELETE', '/fhir/:type/:id', 'deletes a resource', remove],
  ['PUT', '/fhir/:type', 'makes a new version of the only resource that fits, or makes one', update],
  ['PATCH', '/fhir/:type', 'changes parts of the only resource that fits', patch],
  ['DELETE', '/fhir/:type', 'deletes the only resource that fits', remove],
  ['GET', '/fhir/:type', 'searches resources of a type', search],
  ['POST', '/fhir/:type/_search', 'searches with its parameters in a form', searchByPost],
  ['POST', '/fhir/:type/$validate', 'says what is wrong with a resource', validate],
  [
    'POST',
    '/fhir/:type/:id/$validate',
    'says what is wrong with a change of a resource, or with it',
    validate,
  ],
] as const satisfies readonly (readonly [Route<Visit>['method'], string, string, Interaction])[];

const IN_COMPARTMENTS = [
  ['GET', '/fhir/:compartment/:id/:type', 'searches what goes with a patient or an encounter', search],
  [
    'POST',
    '/fhir/:compartment/:id/:type/_search',
    'searches what goes with a patient or an encounter, with a form',
    searchByPost,
  ],
] as const satisfies readonly (readonly [Route<Visit>['method'], string, string, Interaction])[];

/** What is asked of no type, and operations. */
const OPERATIONS = [
  ['GET', '/fhir/_history', 'lists the versions of all resources', systemHistory],
  ['GET', '/fhir', 'searches the types that _type names', systemSearch],
  ['POST', '/fhir/_search', 'searches the types that _type names, with a form', systemSearchByPost],
  [
    'POST',
    '/fhir/Patient/:id/$break-glass',
    'opens the closed sections of a chart to a clinician for an hour',
    breakGlass,
  ],
  ['POST', '/fhir/DocumentReference/:id/$amend', 'changes what one sent, while it waits', amendDocument],
  ['GET', '/fhir/DocumentReference/:id/$changes', 'says who changed a document, and when', documentChanges],
  ['GET', '/fhir/Patient/$everything', 'reads every chart in reach', everything],
  ['POST', '/fhir/Patient/$everything', 'reads every chart in reach', everything],
  ['GET', '/fhir/Patient/:id/$everything', 'reads a whole chart', everything],
  ['POST', '/fhir/Patient/:id/$everything', 'reads a whole chart', everything],
  ['POST', '/fhir/Patient/:id/$check-card', 'notes that somebody looked at a card at the desk', checkCard],
  ['POST', '/fhir/Patient/$match', 'finds patients by what is known of somebody', match],
  ['GET', '/fhir/AuditEvent', 'searches the access log', searchAuditEvents],
  ['GET', '/fhir/AuditEvent/:id', 'reads a line of the access log', readAuditEvent],
  ['POST', '/fhir/Subscription', 'refuses a subscription', refuseSubscription],
  ['GET', '/fhir/Subscription', 'says that there are no subscriptions', refuseSubscription],
  ['POST', '/fhir/$deposit', 'takes in what a partner leaves', leaveDeposit],
  ['GET', '/fhir/$deposit-status', 'tells a partner whether its deposit waits', depositStatus],
  ['GET', '/fhir/$deposits', 'lists deposits', listDeposits],
  ['GET', '/fhir/$open-deposit', 'opens a deposit', openDeposit],
  ['POST', '/fhir/$file-deposit', 'files a deposit into a chart', fileDeposit],
  ['POST', '/fhir/$discard-deposit', 'discards a deposit', discardDeposit],
] as const satisfies readonly (readonly [Route<Visit>['method'], string, string, Interaction])[];

const TABLE: readonly (TabledRoute & { readonly summary: string })[] = [
  ...OPERATIONS.map(([method, path, summary, interaction]) => ({ method, path, summary, interaction })),
  ...INTERACTIONS.map(([method, path, summary, interaction]) => ({
    method,
    path,
    summary,
    interaction,
    only: { type: TYPES },
  })),
  ...IN_COMPARTMENTS.map(([method, path, summary, interaction]) => ({
    method,
    path,
    summary,
    interaction,
    only: { compartment: COMPARTMENTS, type: WITHIN_COMPARTMENT },
  })),
];

export function fhirRoutes(context: FhirContext): readonly Route<Visit>[] {
  const bundle = {
    method: 'POST',
    summary: 'does what a batch or a transaction says',
    interaction: bundleInteraction(TABLE),
  } as const;
  // Some clients end the base with a slash.
  const bundles = [
    { ...bundle, path: '/fhir' },
    { ...bundle, path: '/fhir/' },
  ];
  const routes = [...bundles, ...TABLE].map(
    ({ interaction, ...route }): Route<Visit> => ({
      ...route,
      who: 'session',
      handle: async (request, visit) => prettyAnswer(request, await interaction(context, request, visit)),
    }),
  );
  return [
    metadataRoute(context),
    ...routes,
    previewRoute(context),
    revealRoute(context),
    ...bulkRoutes(context),
  ];
}

function metadataRoute({ base, clock }: FhirContext): Route<Visit> {
  // Compiling the search parameters takes a moment, so the statement waits for the first who asks.
  let statement: Buffer | null = null;
  return {
    method: 'GET',
    path: '/fhir/metadata',
    summary: 'says what the API offers',
    who: 'anyone',
    handle: async (request: RoutedRequest): Promise<Answer> => {
      const contentType = answerType(request);
      statement ??= Buffer.from(JSON.stringify(capabilityStatement(base, clock.now())));
      const answer = { status: 200, headers: { 'content-type': contentType }, body: statement };
      return prettyAnswer(request, answer);
    },
  };
}
