/** Links as those who make them ask for them, and as any client of SMART Health Links opens them. */
import { compactDecrypt } from 'jose';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import type { Answered, Json, Person, ServedPractices } from './served-practices.ts';

export const JSON_BODY = { 'content-type': 'application/json' };

/** The payload of a link (https://docs.smarthealthit.org/smart-health-links/spec#construct-a-shlink-payload). */
export interface Payload {
  readonly url: string;
  readonly exp: number;
  readonly flag?: string;
  readonly key: string;
  readonly label: string;
  readonly v: number;
}

export interface Made {
  readonly id: string;
  readonly link: string;
  readonly payload: Payload;
  /** Where it is opened, as a path. */
  readonly path: string;
}

type Served = Pick<ServedPractices, 'ask'>;

export function askForLink(served: Served, who: Pick<Person, 'token'>, order: object): Promise<Answered> {
  const body = JSON.stringify(order);
  return served.ask(who.token, 'POST', '/links', { headers: JSON_BODY, body });
}

export async function makeLink(served: Served, who: Pick<Person, 'token'>, order: object): Promise<Made> {
  const { status, text, json } = await askForLink(served, who, { label: 'For Dr. Lam', ...order });
  if (status !== 201) throw new Error(`No link was made: ${status} ${text}`);
  return madeOf(json);
}

export function madeOf(json: Json): Made {
  const link = String(json.link);
  const payload = payloadOf(link);
  return { id: String(json.id), link, payload, path: new URL(payload.url).pathname };
}

export function payloadOf(link: string): Payload {
  const encoded = link.slice(link.indexOf('shlink:/') + 'shlink:/'.length);
  return JSON.parse(Buffer.from(encoded, 'base64url').toString()) as Payload;
}

/** Asks for the manifest; nobody is signed in. */
export function openLink(
  served: Served,
  path: string,
  asked: object = {},
  address = '198.51.100.7',
): Promise<Answered> {
  const body = JSON.stringify({ recipient: 'Dr. Lam, Harbour Clinic', ...asked });
  return served.ask(null, 'POST', path, { headers: JSON_BODY, body, address });
}

/** Every file of a manifest as FHIR, fetched where it lies elsewhere. */
export async function filesOf(served: Served, manifest: Json, key: string): Promise<Json[]> {
  const files: Json[] = [];
  for (const file of manifest.files ?? []) {
    const jwe = file.embedded === undefined ? await fetched(served, String(file.location)) : file.embedded;
    files.push(await opened(String(jwe), key));
  }
  return files;
}

export async function fetched(served: Served, location: string): Promise<string> {
  const answer = await served.ask(null, 'GET', new URL(location).pathname);
  if (answer.status !== 200) throw new Error(`The file is not given: ${answer.status}`);
  return answer.text;
}

export async function opened(jwe: string, key: string): Promise<Json> {
  const { plaintext } = await compactDecrypt(jwe, Buffer.from(key, 'base64url'));
  return JSON.parse(Buffer.from(plaintext).toString()) as Json;
}

/** A document of a chart with that content in a file; its id. */
export async function filedDocument(
  served: Pick<ServedPractices, 'deposit'>,
  practice: PracticeId,
  chart: ChartId,
  content: Uint8Array,
  more: object = {},
): Promise<string> {
  const [id, binary] = [newId(), newId()];
  const subject = { reference: `Patient/${chart}` };
  const attachment = { contentType: 'application/pdf', url: `Binary/${binary}`, title: 'Letter' };
  await served.deposit(
    practice,
    {
      resourceType: 'Binary',
      id: binary,
      contentType: 'application/pdf',
      securityContext: subject,
      data: Buffer.from(content).toString('base64'),
    },
    {
      resourceType: 'DocumentReference',
      id,
      status: 'current',
      type: { coding: [{ system: 'http://loinc.org', code: '57133-1' }] },
      subject,
      description: 'A letter to pass on',
      content: [{ attachment }],
      ...more,
    },
  );
  return id;
}
