/**
 * Making a link: what it holds is read in the session of whoever makes it, sealed under the key that goes
 * into the link, and once more under the chart's. The key of the link is in the answer and nowhere else.
 */
import { notFound, PosternError } from '../base/errors.ts';
import { newId, type ResourceId } from '../base/ids.ts';
import { SECTIONS } from '../base/section.ts';
import { inVisit, lineOf, type PromisedRoom, type Stretch } from '../chart/index.ts';
import type { Visit } from '../gate/index.ts';
import { appendLine, type LineEntry } from '../ledger/index.ts';
import { LinkKey, sealedSize } from '../seal/index.ts';
import { documentSource } from './document-source.ts';
import { newAddress, readAddress, writeLink } from './link-address.ts';
import type { LinkOrder } from './link-order.ts';
import type { LinkParts } from './link-parts.ts';
import { type LinkTerms, linkMac, type NewLinkFile, passcodeMac, putLink } from './link-rows.ts';
import { FHIR_JSON, type LinkSource, MOST_BYTES, strictest, tooMuch } from './link-source.ts';
import { standingNow } from './makers-visit.ts';
import { placeToSeal, sealFile, sealLabel } from './sealed-link.ts';
import { summarySource } from './summary-source.ts';

export interface MadeLink {
  readonly id: ResourceId;
  /** Opens what it holds, and is nowhere else. */
  readonly link: string;
  readonly expiresAt: Date;
}

const DAY_MS = 86_400_000;

/**
 * Authority: `share` on each section that something of is sent, and a touch. Throws `step-up`, not-found for
 * what is not there or not theirs, `not-processable` for what may not go out, `too-large`, `no-room`,
 * `conflict` where too many links of theirs stand.
 */
export async function makeLink(parts: LinkParts, visit: Visit, order: LinkOrder): Promise<MadeLink> {
  // An app passes nothing on.
  if (visit.scope.client !== null) throw notFound();
  await parts.gate.assertFresh(visit);
  const sources = await sourcesOf(parts, visit, order);
  // What it keeps counts with the practice's files, from before its first byte.
  const room = await parts.store.promiseRoom(visit, sealedLength(sources));
  const making: Making = { id: newId<ResourceId>(), key: new LinkKey(), order, sources, room };
  const written: Written[] = [];
  try {
    for (const source of sources) written.push(await writeFile(parts, visit, making, source, written));
    return await put(parts, visit, making, written);
  } catch (error) {
    for (const { stretches } of written) await parts.files.drop(visit.scope.practiceId, stretches);
    throw error;
  } finally {
    await room.giveBack();
  }
}

interface Making {
  readonly id: ResourceId;
  readonly key: LinkKey;
  readonly order: LinkOrder;
  readonly sources: readonly LinkSource[];
  readonly room: PromisedRoom;
}

/** What it comes to as JWE (RFC 7516), about. */
function sealedLength(sources: readonly LinkSource[]): number {
  return sources.reduce((sum, { bytes }) => sum + Math.ceil((bytes * 4) / 3) + 1024, 0);
}

async function put(
  { context, clock, publicUrl, keychain }: LinkParts,
  visit: Visit,
  { id, key, order, sources }: Making,
  written: readonly Written[],
): Promise<MadeLink> {
  const { practiceId, accountId } = visit.scope;
  const { chartId } = order;
  const section = strictest(sources.map((source) => source.section));
  const place = await placeToSeal(context, visit, { chartId, section, id });
  const keys = await keychain.of(practiceId);
  const address = newAddress(practiceId);
  const terms: LinkTerms = {
    id,
    address_hash: readAddress(address)!.hash,
    account_id: accountId,
    chart_id: chartId,
    section: SECTIONS[section],
    passcode: order.passcode === null ? null : passcodeMac(keys, id, order.passcode),
    most: order.most,
    expires_at: new Date(Math.floor((clock.now().getTime() + order.days * DAY_MS) / 1000) * 1000),
  };
  const sealed = sealLabel(visit, place, order.label);
  const row = { ...terms, mac: linkMac(keys, terms), failures: 0, key_version: place.keyVersion, sealed };
  await inVisit(context, visit, async (tx, current) => {
    const all = sources.flatMap((source) => source.sources);
    const standing = await standingNow(tx, current, chartId, all);
    if (!all.every((source) => standing.has(source.id))) throw notFound();
    const rows = written.map(({ row: file }) => file);
    if (!(await putLink(tx, row, rows))) {
      throw new PosternError(
        'conflict',
        'Many links of yours stand already, or have ended within the hour: end one, or wait.',
      );
    }
    await appendLine(tx as never, lineOf(current, 'link-make', entriesOf(order, id, sources)));
  });
  const told = { publicUrl, address, key: key.reveal(), expiresAt: terms.expires_at, label: order.label };
  const link = writeLink({ ...told, isGuarded: order.passcode !== null });
  return { id, link, expiresAt: terms.expires_at };
}

async function sourcesOf(parts: LinkParts, visit: Visit, order: LinkOrder): Promise<LinkSource[]> {
  const sources: LinkSource[] = [];
  const { store, publicUrl, clock } = parts;
  if (order.summary) {
    sources.push(await summarySource({ store, publicUrl, now: clock.now() }, visit, order.chartId));
  }
  for (const document of order.documents) {
    sources.push(await documentSource(parts, visit, order.chartId, document));
    if (sources.reduce((sum, { bytes }) => sum + bytes, 0) > MOST_BYTES) throw tooMuch();
  }
  return sources;
}

interface Written {
  readonly row: NewLinkFile;
  readonly stretches: readonly Stretch[];
}

async function writeFile(
  { context, files }: LinkParts,
  visit: Visit,
  { id: link, key, order, room }: Making,
  source: LinkSource,
  before: readonly Written[],
): Promise<Written> {
  const { chartId } = order;
  const id = newId<ResourceId>();
  const { section } = source;
  const place = await placeToSeal(context, visit, { chartId, section, id });
  const chartsKey = visit.scope.keys.newContentKey({ chartId, section, author: null }, 'Link');
  const stretches: Stretch[] = [];
  try {
    await files.append(visit, chartsKey, key.seal(source.content(), FHIR_JSON), {
      signal: new AbortController().signal,
      onStretch: async (stretch) => {
        stretches.push(stretch);
        await room.cover(lengthOf([...before.flatMap((one) => one.stretches), ...stretches]));
      },
    });
    const bytes = lengthOf(stretches);
    const { sources } = source;
    const sealed = sealFile(visit, place, chartsKey, {
      link,
      contentType: FHIR_JSON,
      bytes,
      stretches,
      sources,
    });
    const blobs = stretches.map(({ name }) => name);
    return {
      row: {
        id,
        section: SECTIONS[section],
        key_version: place.keyVersion,
        sealed,
        blobs,
        bytes: stretches.reduce((sum, one) => sum + sealedSize(one.bytes), 0),
      },
      stretches,
    };
  } catch (error) {
    await files.drop(visit.scope.practiceId, stretches);
    throw error;
  }
}

function lengthOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** The link, and the documents by name; of a summary, that it is one of the patient. */
function entriesOf(order: LinkOrder, id: ResourceId, sources: readonly LinkSource[]): LineEntry[] {
  const { chartId } = order;
  const documents = sources.flatMap(({ sources: some }) =>
    some.filter(({ type }) => type === 'DocumentReference' || type === 'Patient'),
  );
  return [
    [chartId, 'Link', id, null],
    ...documents.map((one): LineEntry => [chartId, one.type, one.id, one.version]),
  ];
}
