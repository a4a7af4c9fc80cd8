/**
 * The CapabilityStatement, made from the type registry and the compiled search parameters: it says what the
 * routes do and nothing else (https://hl7.org/fhir/R4/capabilitystatement.html).
 */
import { COMPARTMENTS, TYPES } from '../chart/index.ts';
import { SEARCHING, searchOfEveryType, searchOfType } from './search-capability.ts';

const INTERACTIONS = [
  'read',
  'vread',
  'update',
  'patch',
  'delete',
  'history-instance',
  'history-type',
  'create',
  'search-type',
];
const SYSTEM_INTERACTIONS = ['batch', 'transaction', 'history-system', 'search-system'];

export function capabilityStatement(base: string, now: Date): object {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: now.toISOString(),
    kind: 'instance',
    instantiates: [BULK_DATA],
    software: { name: 'Postern' },
    implementation: { description: 'Postern', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'application/json'],
    patchFormat: ['application/json-patch+json', 'application/fhir+json'],
    rest: [
      {
        mode: 'server',
        documentation: `${SEARCHING} ${DEPOSITS}`,
        security: {
          cors: false,
          service: [{ coding: [SMART] }],
          extension: [oauthUris(base)],
          description:
            'A bearer token of a session. A session is in one practice and sees what its grants allow; ' +
            'what it may not see and what does not exist are answered alike.',
        },
        interaction: SYSTEM_INTERACTIONS.map((code) => ({ code })),
        operation: [exportOf('export')],
        resource: [...[...TYPES.keys()].map(resourceOf), AUDIT_EVENT],
        searchParam: searchOfEveryType(),
        compartment: [...COMPARTMENTS].map(
          (type) => `http://hl7.org/fhir/CompartmentDefinition/${type.toLowerCase()}`,
        ),
      },
    ],
  };
}

const SMART = {
  system: 'http://terminology.hl7.org/CodeSystem/restful-security-service',
  code: 'SMART-on-FHIR',
};

/** Where apps are let in, for those that read no smart-configuration (SMART App Launch, conformance). */
function oauthUris(base: string): object {
  const at = (path: string) => new URL(path, base).href;
  return {
    url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris',
    extension: [
      { url: 'authorize', valueUri: at('/oauth/authorize') },
      { url: 'token', valueUri: at('/oauth/token') },
      { url: 'introspect', valueUri: at('/oauth/introspect') },
      { url: 'revoke', valueUri: at('/oauth/revoke') },
    ],
  };
}

const DEPOSITS =
  'POST $deposit takes in what a partner leaves (FHIR in JSON, HL7 v2, C-CDA, X12, DICOM, PDF, images, ' +
  'text), and GET $deposit-status?id= tells it whether that waits. Staff have GET $deposits, ' +
  'GET $open-deposit?id=, POST $file-deposit and POST $discard-deposit.';

const BREAK_GLASS =
  'POST Patient/[id]/$break-glass with Parameters that hold a valueString named reason opens the closed ' +
  'sections of a chart to a clinician for an hour. It is logged as such and alarms the privacy officer.';

const DEFINITIONS = 'http://hl7.org/fhir/OperationDefinition';
const VALIDATE = { name: 'validate', definition: `${DEFINITIONS}/Resource-validate` };
/** https://hl7.org/fhir/uv/bulkdata/STU2/CapabilityStatement-bulk-data.html */
const BULK_DATA = 'http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data';

function exportOf(id: 'export' | 'patient-export' | 'group-export'): object {
  return { name: 'export', definition: `http://hl7.org/fhir/uv/bulkdata/OperationDefinition/${id}` };
}

const OF_PATIENTS = [
  { name: 'everything', definition: `${DEFINITIONS}/Patient-everything` },
  { name: 'match', definition: `${DEFINITIONS}/Patient-match` },
];

/** The access log, which nobody writes. */
const AUDIT_EVENT = {
  type: 'AuditEvent',
  documentation:
    'The access log: of one chart for those whose it is, of the practice for the privacy officer.',
  interaction: [{ code: 'read' }, { code: 'search-type' }],
  versioning: 'no-version',
  readHistory: false,
  updateCreate: false,
  searchParam: [
    { name: 'patient', type: 'reference' },
    { name: 'entity', type: 'reference' },
    { name: 'date', type: 'date' },
    { name: 'agent', type: 'token' },
  ],
};

function operationsOf(type: string): object[] {
  if (type === 'Patient') return [VALIDATE, ...OF_PATIENTS, exportOf('patient-export')];
  return type === 'Group' ? [VALIDATE, exportOf('group-export')] : [VALIDATE];
}

function resourceOf(type: string): object {
  return {
    type,
    interaction: INTERACTIONS.map((code) => ({ code })),
    versioning: 'versioned',
    readHistory: true,
    updateCreate: false,
    conditionalCreate: true,
    conditionalRead: 'full-support',
    conditionalUpdate: true,
    conditionalDelete: 'single',
    ...(type === 'Patient' ? { documentation: BREAK_GLASS } : {}),
    operation: operationsOf(type),
    ...searchOfType(type),
  };
}
