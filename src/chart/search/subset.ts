/**
 * Parts of resources, https://hl7.org/fhir/R4/search.html#summary and #elements: what was left out is told by
 * a tag, and what every resource of a type must have is always kept.
 */
import { PosternError } from '../../base/errors.ts';
import { type FhirResource, isObject, type JsonObject } from '../fhir-resource.ts';
import { copyExactness, readResource, writeResource } from '../resource-json.ts';
import { summaryOf } from './summary-elements.ts';

/** Elements by name; null for all of them. */
export type Subset =
  | { readonly kind: 'summary' | 'text' | 'data' }
  | { readonly kind: 'elements'; readonly names: ReadonlySet<string> };

const SUBSETTED = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
  display: 'subsetted',
};

const ALWAYS = new Set(['resourceType', 'id', 'meta', 'implicitRules', 'modifierExtension']);

/** Null where all is asked. `summary` is the value of `_summary`. Throws `invalid` for what is none. */
export function parseSubset(summary: string, elements: string | null): Subset | null {
  if (elements !== null && elements !== '') {
    if (summary !== 'false' && summary !== 'count') {
      throw new PosternError('invalid', 'Ask for _summary or for _elements.');
    }
    const names = elements.split(',').map((name) => name.trim().replace(/^[A-Z][A-Za-z]*\./, ''));
    if (!names.every((name) => /^[a-z][A-Za-z0-9]{0,63}$/.test(name))) {
      throw new PosternError('invalid', '_elements takes names of elements with commas between.');
    }
    return { kind: 'elements', names: new Set(names) };
  }
  switch (summary) {
    case 'false':
    case 'count':
      return null;
    case 'true':
      return { kind: 'summary' };
    case 'text':
    case 'data':
      return { kind: summary };
    default:
      throw new PosternError('invalid', '_summary takes true, text, data, count or false.');
  }
}

/** The JSON of that part of a resource; numbers as they were written. */
export function subsetBytes(bytes: Buffer, subset: Subset): Buffer {
  const resource = readResource(bytes.toString());
  return Buffer.from(writeResource(subsetOf(resource, subset)));
}

export function subsetOf(resource: FhirResource, subset: Subset): FhirResource {
  const summary = summaryOf(resource.resourceType);
  const kept = (path: string): boolean => {
    switch (subset.kind) {
      case 'data':
        return path !== 'text';
      case 'text':
        return path === 'text' || summary.mandatory.has(path);
      case 'summary':
        return summary.elements.has(path) || summary.mandatory.has(path);
      case 'elements':
        return isNamed(path, subset.names) || summary.mandatory.has(path);
    }
  };
  const nested = subset.kind === 'summary' ? summary.nested : NONE;
  const part = pruned(resource, '', kept, nested);
  const meta: JsonObject = isObject(resource.meta) ? resource.meta : {};
  const tags = Array.isArray(meta.tag) ? meta.tag : [];
  part.meta = { ...meta, tag: [...tags, SUBSETTED] };
  return part as FhirResource;
}

/** What names of a choice end in: the types it takes in R4, https://hl7.org/fhir/R4/datatypes.html#open. */
const CHOSEN = new RegExp(
  `^([a-z][A-Za-z]*?)(${[
    'Address|Age|Annotation|Attachment|Base64Binary|Boolean|Canonical|Code|CodeableConcept',
    'Coding|ContactDetail|ContactPoint|Contributor|Count|DataRequirement|Date|DateTime|Decimal',
    'Distance|Dosage|Duration|Expression|HumanName|Id|Identifier|Instant|Integer|Markdown|Meta',
    'Money|Oid|ParameterDefinition|Period|PositiveInt|Quantity|Range|Ratio|Reference',
    'RelatedArtifact|SampledData|Signature|String|Time|Timing|TriggerDefinition|UnsignedInt|Uri',
    'Url|UsageContext|Uuid',
  ].join('|')})$`,
);

/** By its own name, or as one of its choices by the name of all of them: `value` names `valueQuantity`. */
function isNamed(path: string, names: ReadonlySet<string>): boolean {
  const stem = CHOSEN.exec(path)?.[1];
  return names.has(path) || (stem !== undefined && names.has(stem));
}

const NONE: ReadonlySet<string> = new Set();

function pruned(
  value: object,
  above: string,
  kept: (path: string) => boolean,
  nested: ReadonlySet<string>,
): Record<string, unknown> {
  const part: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(value)) {
    // What a primitive says beside its value goes with it.
    const path = above + (name.startsWith('_') ? name.slice(1) : name);
    if (!(above === '' && ALWAYS.has(name)) && !kept(path)) continue;
    part[name] = nested.has(path) ? prunedAll(child, `${path}.`, kept, nested) : child;
  }
  copyExactness(value, part);
  return part;
}

function prunedAll(
  child: unknown,
  above: string,
  kept: (path: string) => boolean,
  nested: ReadonlySet<string>,
): unknown {
  if (Array.isArray(child)) return child.map((one) => prunedAll(one, above, kept, nested));
  return isObject(child) ? pruned(child, above, kept, nested) : child;
}
