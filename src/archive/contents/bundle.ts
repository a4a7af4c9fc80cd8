/**
 * All resources of a chart as one Bundle (https://hl7.org/fhir/R4/bundle.html, type `collection`), spliced
 * from their bytes as they stand. What lies in `files/` comes without its data and says so by the tag
 * SUBSETTED.
 */
import { readResource, type Stored, writeResource } from '../../chart/index.ts';

/** The text of a Bundle while its pages come; each page only when the one before is written. */
export async function* bundleText(
  base: string,
  at: string,
  pages: AsyncIterable<readonly Stored[]>,
): AsyncGenerator<Buffer, void, void> {
  let isFirst = true;
  yield Buffer.from(`{"resourceType":"Bundle","type":"collection","timestamp":${JSON.stringify(at)}`);
  for await (const page of pages) {
    for (const { type, id, content } of page) {
      if (content === null) continue;
      const before = `${isFirst ? ',"entry":[' : ',\n'}{"fullUrl":"${base}/${type}/${id}","resource":`;
      isFirst = false;
      const bytes = type === 'Binary' ? withoutData(content.bytes()) : content.bytes();
      yield Buffer.concat([Buffer.from(before), bytes, Buffer.from('}')]);
    }
  }
  yield Buffer.from(isFirst ? '}\n' : ']}\n');
}

const SUBSETTED = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'SUBSETTED',
} as const;

function withoutData(bytes: Buffer): Buffer {
  const {
    data: _,
    meta,
    ...rest
  } = readResource(bytes.toString()) as ReturnType<typeof readResource> & {
    data?: string;
    meta?: { tag?: readonly object[] };
  };
  const tagged = { ...rest, meta: { ...meta, tag: [...(meta?.tag ?? []), SUBSETTED] } };
  return Buffer.from(writeResource(tagged));
}
