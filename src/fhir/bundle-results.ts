/** What came of the entries of a batch or transaction, spliced from what was stored. */
export interface EntryResult {
  readonly status: number;
  readonly fullUrl?: string | undefined;
  readonly location?: string | undefined;
  readonly etag?: string | undefined;
  /** An instant. */
  readonly lastModified?: string | undefined;
  /** The bytes of a resource, as they go out. */
  readonly resource?: Uint8Array | null;
  /** The bytes of an OperationOutcome. */
  readonly outcome?: Uint8Array | null;
}

export function resultsBytes(
  type: 'batch-response' | 'transaction-response',
  results: readonly EntryResult[],
): Buffer {
  const parts: Uint8Array[] = [];
  let text = `{"resourceType":"Bundle","type":"${type}"${results.length === 0 ? '' : ',"entry":['}`;
  results.forEach((result, index) => {
    const { fullUrl, resource, outcome, status, location, etag, lastModified } = result;
    text += index === 0 ? '{' : ',{';
    if (fullUrl !== undefined) text += `"fullUrl":${JSON.stringify(fullUrl)},`;
    if (resource != null) {
      parts.push(Buffer.from(`${text}"resource":`), resource);
      text = ',';
    }
    // Undefined members are left out.
    const response = JSON.stringify({ status: String(status), location, etag, lastModified });
    text += `"response":${response}`;
    if (outcome != null) {
      parts.push(Buffer.from(`${text.slice(0, -1)},"outcome":`), outcome);
      text = '}';
    }
    text += '}';
  });
  parts.push(Buffer.from(`${text}${results.length === 0 ? '' : ']'}}`));
  return Buffer.concat(parts);
}
