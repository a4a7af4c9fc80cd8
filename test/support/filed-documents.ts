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
}

/** The id of the document. */
export async function fileDocument(
  demo: ServedDemo,
  token: string,
  chart: string,
  {
    name,
    bytes,
    code = '51848-0',
    contentType = TYPES[extname(name)] ?? 'application/octet-stream',
  }: FiledDocument,
): Promise<string> {
  const post = async (resource: { resourceType: string }): Promise<string> => {
    const answer = await fetch(`${demo.origin}/fhir/${resource.resourceType}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/fhir+json' },
      body: JSON.stringify(resource),
    });
    const said = (await answer.json()) as { id: string };
    if (answer.status !== 201) throw new Error(`${name} was not filed: ${JSON.stringify(said)}`);
    return said.id;
  };
  const patient = { reference: `Patient/${chart}` };
  const filed = await fetch(`${demo.origin}/fhir/Binary`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': contentType,
      'x-security-context': patient.reference,
    },
    body: Buffer.from(bytes),
  });
  if (filed.status !== 201) throw new Error(`${name} was not filed: ${await filed.text()}`);
  const binary = /Binary\/([^/]+)/.exec(filed.headers.get('location') ?? '')?.[1];
  return post({
    resourceType: 'DocumentReference',
    status: 'current',
    subject: patient,
    date: '2026-01-02T10:00:00Z',
    type: { coding: [{ system: 'http://loinc.org', code }] },
    content: [{ attachment: { contentType, url: `Binary/${binary}`, title: name } }],
  } as { resourceType: string });
}

/** A file of the third-party inputs by its path in `uploads`; null, and said so, where none is there. */
export function uploadedFile(path: string): FiledDocument | null {
  const folder = sharedData('uploads');
  return folder === null ? null : { name: basename(path), bytes: readFileSync(join(folder, path)) };
}
