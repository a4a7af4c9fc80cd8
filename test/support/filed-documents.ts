/** Files that are put into a chart of the demo for a test, as an app of the practice would file them. */
import { readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { ServedDemo } from './served-demo.ts';
import { sharedData } from './third-party-inputs.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.dcm': 'application/dicom',
  '.html': 'text/html',
  '.jpg': 'image/jpeg',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.xml': 'application/xml',
};

export interface FiledDocument {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** LOINC code of its kind. */
  readonly code?: string;
  /** Where it is not that of its name. */
  readonly contentType?: string;
  /** In the document itself instead of a Binary. */
  readonly within?: boolean;
}

/** The id of the document. */
export async function fileDocument(
  demo: ServedDemo,
  token: string,
  chart: string,
  document: FiledDocument,
): Promise<string> {
  const { name, bytes, code = '51848-0', within = false } = document;
  const contentType = document.contentType ?? TYPES[extname(name)] ?? 'application/octet-stream';
  const patient = { reference: `Patient/${chart}` };
  const post = async (type: string, headers: Readonly<Record<string, string>>, body: BodyInit) => {
    const answer = await fetch(`${demo.origin}/fhir/${type}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, ...headers },
      body,
    });
    if (answer.status !== 201) throw new Error(`${name} was not filed: ${await answer.text()}`);
    await answer.body?.cancel();
    return new RegExp(`${type}/([^/]+)`).exec(answer.headers.get('location') ?? '')![1]!;
  };
  const raw = { 'content-type': contentType, 'x-security-context': patient.reference };
  const content = within
    ? { data: Buffer.from(bytes).toString('base64') }
    : { url: `Binary/${await post('Binary', raw, Buffer.from(bytes))}` };
  const resource = {
    resourceType: 'DocumentReference',
    status: 'current',
    subject: patient,
    date: '2026-01-02T10:00:00Z',
    type: { coding: [{ system: 'http://loinc.org', code }] },
    content: [{ attachment: { contentType, title: name, ...content } }],
  };
  return post('DocumentReference', { 'content-type': 'application/fhir+json' }, JSON.stringify(resource));
}

/** A file of the third-party inputs by its path in `uploads`; null, and said so, where none is there. */
export function uploadedFile(path: string): FiledDocument | null {
  const folder = sharedData('uploads');
  return folder === null ? null : { name: basename(path), bytes: readFileSync(join(folder, path)) };
}
