/**
 * Binaries as FHIR tells of them, with their data (https://hl7.org/fhir/R4/binary.html), put together from
 * their row and their file where JSON is what is asked for.
 */
import { PosternError } from '../../base/errors.ts';
import type { Visit } from '../../gate/index.ts';
import { Opened } from '../../seal/index.ts';
import type { FileContent } from '../file-content.ts';
import { readResource, writeResource } from '../resource-json.ts';
import { markedAmong, masked, maskedAmong } from './card-marks.ts';
import { type FileRow, openFile } from './draft-files.ts';
import { askingInVisit, type StoreContext } from './store-context.ts';
import { KEY_JOIN, ROW_COLUMNS, type Stored } from './stored.ts';
import { holdingContent, withoutWithdrawn } from './withdrawn-content.ts';

/** Bytes of files that one answer in JSON holds at most; text of data is a third longer. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Throws `not-acceptable` for what is too large to be told in JSON. */
export async function completeOne(context: StoreContext, visit: Visit, stored: Stored): Promise<Stored> {
  const [one] = await completed(context, visit, [stored], () => {
    throw new PosternError(
      'not-acceptable',
      `This file is larger than ${MOST_BYTES} bytes. Ask for it as it is, not in JSON.`,
    );
  });
  return one!;
}

/**
 * Each of them complete; photos of cards come without their data, and labelled as masked; what is more than
 * an answer holds comes without data and says so by the tag SUBSETTED.
 */
export async function completeAll(
  context: StoreContext,
  visit: Visit,
  some: readonly Stored[],
): Promise<readonly Stored[]> {
  return completed(context, visit, some, subsetted);
}

/** The same for what keeps a copy: photos of cards come masked also where the session was shown one. */
export async function completeCopies(
  context: StoreContext,
  visit: Visit,
  some: readonly Stored[],
): Promise<readonly Stored[]> {
  return completed(context, visit, some, subsetted, markedAmong);
}

async function completed(
  context: StoreContext,
  visit: Visit,
  given: readonly Stored[],
  tooLarge: (stored: Stored) => Stored,
  hiddenAmong = maskedAmong,
): Promise<readonly Stored[]> {
  const suspects = holdingContent(visit, given);
  const some =
    suspects.length === 0
      ? given
      : await askingInVisit(context, visit, (asking, current) =>
          withoutWithdrawn(asking, current, given, suspects),
        );
  const binaries = some.filter(({ type, content }) => type === 'Binary' && content !== null);
  if (binaries.length === 0) return some;
  return askingInVisit(context, visit, async (asking, current) => {
    const { rows } = await asking.query<FileRow>({
      name: 'files-of-versions',
      text: `
        select ${ROW_COLUMNS}, r.file
        from unnest($2::uuid[], $3::integer[]) n (id, version)
          cross join lateral (
            select * from postern.resource c
            where c.practice_id = $1 and c.id = n.id and c.version = n.version
            union all
            select * from postern.resource_version v
            where v.practice_id = $1 and v.id = n.id and v.version = n.version
          ) r ${KEY_JOIN}
        where r.file is not null`,
      values: [
        current.scope.practiceId,
        binaries.map(({ id }) => id),
        binaries.map(({ version }) => version),
      ],
    });
    const hidden = await hiddenAmong(
      asking,
      binaries.map(({ id }) => id),
    );
    const files = new Map(rows.map((row) => [`${row.id}/${row.version}`, openFile(current, row)]));
    let left = MOST_BYTES;
    const made: Stored[] = [];
    for (const stored of some) {
      const file = stored.type === 'Binary' ? files.get(`${stored.id}/${stored.version}`) : undefined;
      if (stored.type === 'Binary' && stored.content !== null && hidden.has(stored.id))
        made.push(masked(stored));
      else if (file == null) made.push(stored);
      else if (file.facts.bytes > left) made.push(tooLarge(stored));
      else {
        left -= file.facts.bytes;
        made.push(await withData(context, current, stored, file));
      }
    }
    return made;
  });
}

async function withData(
  context: StoreContext,
  visit: Visit,
  stored: Stored,
  file: FileContent,
): Promise<Stored> {
  const content = stored.content!;
  const bytes = content.bytes();
  const data = await context.files.data(visit, file);
  const end = Buffer.from(`,"data":"${data.toString('base64')}"}`);
  return { ...stored, content: new Opened(Buffer.concat([bytes.subarray(0, -1), end]), content.origin) };
}

const SUBSETTED = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
} as const;

/** What came out of `completeAll` without its data. */
const withoutTheirs = new WeakSet<Stored>();

export function isSubsetted(stored: Stored): boolean {
  return withoutTheirs.has(stored);
}

function subsetted(stored: Stored): Stored {
  const content = stored.content!;
  const { meta, ...rest } = readResource(content.bytes().toString()) as ReturnType<typeof readResource> & {
    meta?: { tag?: readonly object[] };
  };
  const tagged = { ...rest, meta: { ...meta, tag: [...(meta?.tag ?? []), SUBSETTED] } };
  const less = { ...stored, content: new Opened(Buffer.from(writeResource(tagged)), content.origin) };
  withoutTheirs.add(less);
  return less;
}
