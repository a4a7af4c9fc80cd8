/** A text, or a small file, that somebody sends in one request (tus 1.0, creation with upload). */

/** The id of the document that it has become. Throws where it was not taken. */
export async function sendText(
  origin: string,
  token: string,
  said: Readonly<Record<string, string>>,
  text: string | Uint8Array<ArrayBuffer>,
): Promise<string> {
  const metadata = Object.entries({ filename: 'sent.txt', ...said }).map(
    ([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`,
  );
  const answer = await fetch(`${origin}/uploads`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'tus-resumable': '1.0.0',
      'content-type': 'application/offset+octet-stream',
      'upload-length': String(Buffer.byteLength(text)),
      'upload-metadata': metadata.join(','),
    },
    body: text,
  });
  const id = answer.headers.get('upload-document')?.slice('DocumentReference/'.length);
  if (id === undefined) throw new Error(`${answer.status}: ${await answer.text()}`);
  return id;
}
