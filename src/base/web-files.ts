/** The web apps as they were built: bytes in memory, so that no request ever names a file on the disk. */

export interface WebFile {
  readonly type: string;
  readonly bytes: Uint8Array;
  /** The same packed, where that is smaller (RFC 7932, RFC 1952). */
  readonly brotli: Uint8Array | null;
  readonly gzip: Uint8Array | null;
}

/** The apps, each one page that its script fills. */
export const WEB_APPS = ['door', 'portal', 'desk', 'account', 'consent', 'developer', 'shl'] as const;
export type WebApp = (typeof WEB_APPS)[number];

export interface WebFiles {
  readonly pages: Readonly<Record<WebApp, WebFile>>;
  /** Documents of the disclosure desk, which its server fills: `{{title}}`, `{{body}}`. */
  readonly disclosure: Readonly<Record<'page' | 'form', WebFile>>;
  /** By a name that holds a digest of the content. */
  readonly assets: ReadonlyMap<string, WebFile>;
}
