/** The routes of exports. They stand apart from the other interactions: no Bundle asks for them. */
import type { Route } from '../../base/exchange.ts';
import type { Visit } from '../../gate/index.ts';
import type { FhirContext, Interaction } from '../fhir-context.ts';
import { exportFile } from './export-file.ts';
import { exportStatus, removeExport } from './export-status.ts';
import { exportGroup, exportPatients, exportSystem } from './kick-off.ts';

const ROUTES = [
  ['GET', '/fhir/$export', 'begins an export of the practice', exportSystem],
  ['POST', '/fhir/$export', 'begins an export of the practice', exportSystem],
  ['GET', '/fhir/Patient/$export', 'begins an export of all patients', exportPatients],
  ['POST', '/fhir/Patient/$export', 'begins an export of all patients, or of some', exportPatients],
  ['GET', '/fhir/Patient/:id/$export', 'begins an export of a chart', exportPatients],
  ['POST', '/fhir/Patient/:id/$export', 'begins an export of a chart', exportPatients],
  ['GET', '/fhir/Group/:id/$export', 'begins an export of the members of a group', exportGroup],
  ['POST', '/fhir/Group/:id/$export', 'begins an export of members of a group', exportGroup],
  ['GET', '/bulk/:job', 'says how far an export is, and lists its files', exportStatus],
  ['DELETE', '/bulk/:job', 'stops and removes an export', removeExport],
  ['GET', '/bulk/:job/:file', 'gives a file of an export', exportFile],
] as const satisfies readonly (readonly [Route<Visit>['method'], string, string, Interaction])[];

export function bulkRoutes(context: FhirContext): readonly Route<Visit>[] {
  return ROUTES.map(([method, path, summary, interaction]) => ({
    method,
    path,
    summary,
    who: 'session',
    handle: (request, visit) => interaction(context, request, visit),
  }));
}
