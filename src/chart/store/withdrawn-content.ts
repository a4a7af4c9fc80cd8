/**
 * Documents that hold their content themselves and were withdrawn: it may be somebody else's. Whoever may not
 * write there is told that it was withdrawn, in each of its versions without what it held, as the file of one
 * that has a file opens for them no more (`files-of-documents.ts`).
 */
import type { Transaction } from '../../db/index.ts';
import type { Visit } from '../../gate/index.ts';
import { Opened } from '../../seal/index.ts';
import { type FhirResource, isObject, type JsonObject, valuesAt } from '../fhir-resource.ts';
import { readResource, writeResource } from '../resource-json.ts';
import { MASKED } from './card-marks.ts';
import type { Stored } from './stored.ts';

/** Those that have to be asked about: few, since content mostly stands in files. */
export function holdingContent({ scope }: Visit, some: readonly Stored[]): readonly Stored[] {
  return some.filter(({ type, content }) => {
    if (type !== 'DocumentReference' || content === null || !content.bytes().includes('"data"')) return false;
    const { section, chartId, author } = content.origin;
    return !scope.allows('write', section, chartId, author, type);
  });
}

/** Each of them, without what was withdrawn. `suspects` as `holdingContent` answers. */
export async function withoutWithdrawn(
  asking: Pick<Transaction, 'query'>,
  { scope }: Visit,
  some: readonly Stored[],
  suspects: readonly Stored[],
): Promise<readonly Stored[]> {
  if (suspects.length === 0) return some;
  const { rows } = await asking.query<{ id: string }>({
    name: 'withdrawn-documents',
    text: `
      select r.id
      from postern.resource r
      where r.practice_id = $1
        and r.id = any($2::uuid[])
        and r.type = 'DocumentReference'
        and r.withheld`,
    values: [scope.practiceId, suspects.map(({ id }) => id)],
  });
  const withdrawn = new Set(rows.map(({ id }) => id));
  return some.map((one) => (suspects.includes(one) && withdrawn.has(one.id) ? withoutContent(one) : one));
}

function withoutContent(stored: Stored): Stored {
  const opened = stored.content!;
  const resource = readResource(opened.bytes().toString());
  const { meta, contained: _, ...rest } = resource as FhirResource & { contained?: unknown };
  const content = valuesAt(resource, 'content').filter(isObject).map(withoutData);
  const security = [...valuesAt(isObject(meta) ? meta : {}, 'security'), MASKED];
  const less = { ...rest, meta: { ...(isObject(meta) ? meta : {}), security }, content };
  return { ...stored, content: new Opened(Buffer.from(writeResource(less as FhirResource)), opened.origin) };
}

function withoutData(one: JsonObject): object {
  if (!isObject(one.attachment)) return one;
  const { data: _, ...attachment } = one.attachment as { readonly data?: unknown };
  return { ...one, attachment };
}
