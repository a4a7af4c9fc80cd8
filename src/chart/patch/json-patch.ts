/**
 * JSON Patch (RFC 6902, https://hl7.org/fhir/R4/http.html#patch), applied by a library that is kept off
 * everything but the document's own members: a pointer may name nothing that objects inherit.
 */
import jsonPatchLibrary, { type Operation } from 'fast-json-patch';
import { PosternError } from '../../base/errors.ts';
import type { FhirResource } from '../fhir-resource.ts';
import { isObject } from '../fhir-resource.ts';
import {
  keepNumberText,
  numberText,
  readResource,
  settleExactness,
  writeResource,
} from '../resource-json.ts';

const MOST_OPERATIONS = 500;
const LONGEST_POINTER = 1000;
const NAMES: ReadonlySet<unknown> = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);
/** Those that may put something where nothing is. */
const MAKES: ReadonlySet<string> = new Set(['add', 'move', 'copy']);

/**
 * The patch that a list of operations is. Throws `invalid` for what is no such list. The patch changes the
 * resource that it is given, and throws `not-processable` where an operation does not fit it.
 */
export function jsonPatch(operations: unknown): (resource: FhirResource) => FhirResource {
  if (!Array.isArray(operations)) throw malformed('must be a list of operations');
  if (operations.length === 0 || operations.length > MOST_OPERATIONS) {
    throw malformed(`has from one to ${MOST_OPERATIONS} operations`);
  }
  operations.forEach(expectOperation);
  // What an operation brings becomes part of the document; whoever patches anew needs it as it came.
  const text = writeResource(operations as never);
  return (resource) => {
    const whole = applyOperations({ resource }, readResource(text) as never);
    return whole.resource as FhirResource;
  };
}

/** For a document under the name `resource`, so that the document itself can be replaced like a part. */
function applyOperations(holder: { resource: unknown }, operations: readonly Operation[]) {
  operations.forEach((operation, index) => {
    const at = atResource(operation);
    try {
      expectReachable(holder, at.path, MAKES.has(at.op));
      if ('from' in at) expectReachable(holder, at.from, false);
      jsonPatchLibrary.applyOperation(holder, at, true, true, true, index);
    } catch (error) {
      if (error instanceof PosternError) throw error;
      // The library's own words hold the document.
      const text = `Operation ${index + 1} of the patch does not fit the resource.`;
      throw new PosternError('not-processable', text, { cause: new Error((error as Error).name) });
    }
    if (operation.op === 'add' || operation.op === 'replace') {
      const { parent, name } = parentOf(holder, at.path);
      if (!Array.isArray(parent)) keepNumberText(parent, name, numberText(operation, 'value'));
    }
  });
  settleExactness(holder);
  if (!isObject(holder.resource) || typeof holder.resource.resourceType !== 'string') {
    throw new PosternError('not-processable', 'The patch leaves no resource.');
  }
  return holder;
}

function atResource(operation: Operation): Operation {
  const path = `/resource${operation.path}`;
  return 'from' in operation
    ? { ...operation, path, from: `/resource${operation.from}` }
    : { ...operation, path };
}

function expectOperation(operation: unknown, index: number): void {
  const which = `operation ${index + 1}`;
  if (!isObject(operation) || !NAMES.has(operation.op))
    throw malformed(`${which} has no op that RFC 6902 has`);
  const { op, path, from } = operation;
  if (!isPointer(path)) throw malformed(`${which} has no path that is a JSON Pointer`);
  if ((op === 'move' || op === 'copy') && !isPointer(from)) {
    throw malformed(`${which} has no from that is a JSON Pointer`);
  }
  const valued = op === 'add' || op === 'replace' || op === 'test';
  if (valued && operation.value === undefined) throw malformed(`${which} has no value`);
}

function isPointer(text: unknown): text is string {
  return typeof text === 'string' && text.length <= LONGEST_POINTER && /^(?:\/(?:[^~/]|~[01])*)*$/.test(text);
}

/** Every part of the way is a member of its own, and the last could be one. */
function expectReachable(document: object, pointer: string, mayBeNew: boolean): void {
  const names = namesOf(pointer);
  let value: unknown = document;
  for (const [at, name] of names.entries()) {
    const last = at === names.length - 1;
    if (typeof value !== 'object' || value === null) throw new Error('Nothing is there');
    if (Array.isArray(value)) {
      const fits =
        /^(?:0|[1-9]\d{0,8})$/.test(name) && Number(name) < value.length + (last && mayBeNew ? 1 : 0);
      if (!fits && !(name === '-' && last && mayBeNew)) throw new Error('Nothing is there');
    } else if (!Object.hasOwn(value, name) && !(last && mayBeNew && !(name in value))) {
      throw new Error('Nothing is there');
    }
    value = (value as Record<string, unknown>)[name];
  }
}

function parentOf(document: object, pointer: string): { parent: object; name: string } {
  const names = namesOf(pointer);
  const name = names.pop()!;
  const parent = names.reduce<unknown>((value, each) => (value as Record<string, unknown>)[each], document);
  return { parent: parent as object, name };
}

function namesOf(pointer: string): string[] {
  const names = pointer.slice(1).split('/');
  return names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function malformed(what: string): PosternError {
  return new PosternError('invalid', `A JSON Patch ${what}.`);
}
