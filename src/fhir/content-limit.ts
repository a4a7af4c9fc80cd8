/**
 * How much of what is sent is read. Who writes nothing anywhere does not make the server parse and validate
 * megabytes; a little is read all the same, so that what it names beyond reach is noticed.
 */
import { RESOURCE_LIMITS } from '../chart/index.ts';
import type { Visit } from '../gate/index.ts';
import type { FhirContext } from './fhir-context.ts';

const NEVER_WRITERS_BYTES = 256 * 1024;

/** In bytes. */
export async function contentLimit({ store }: Pick<FhirContext, 'store'>, visit: Visit): Promise<number> {
  return (await store.writesAnything(visit)) ? RESOURCE_LIMITS.bytes : NEVER_WRITERS_BYTES;
}
