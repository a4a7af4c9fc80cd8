/**
 * Where the scanner for malicious files listens. What it is sent are patients' files, and its protocol seals
 * nothing: so it is on this machine, or behind TLS. Pure.
 */
import { isAbsolute } from 'node:path';
import { isLoopback } from './loopback.ts';

export type ScannerAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp' | 'tls'; readonly host: string; readonly port: number };

/** As in `unix:/run/clamav/clamd.ctl`, `tcp:127.0.0.1:3310`, `tls:HOST:PORT`; null for what is none. */
export function readScannerAddress(text: string): ScannerAddress | null {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length);
    return isAbsolute(path) && !path.includes('\0') ? { kind: 'unix', path } : null;
  }
  const match = /^(tcp|tls):(?:\/\/)?(\[[0-9a-f:.]+\]|[a-z0-9.-]+):(\d{1,5})$/i.exec(text);
  if (match === null) return null;
  const [, kind, host, port] = match;
  const isPort = Number(port) > 0 && Number(port) <= 65_535;
  if (!isPort || (kind === 'tcp' && !isLoopback(host!))) return null;
  return { kind: kind as 'tcp' | 'tls', host: host!.replace(/^\[|\]$/g, ''), port: Number(port) };
}
