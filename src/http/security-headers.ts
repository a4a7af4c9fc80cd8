/**
 * Headers that every answer carries, errors included. Nothing is kept by browsers or proxies, nothing is
 * framed, sniffed or run. Which scripts of other sites may read an answer: `cross-origin.ts`.
 */
export function securityHeaders(publicUrl: string): Readonly<Record<string, string>> {
  const headers = {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
  if (!publicUrl.startsWith('https:')) return headers;
  return { ...headers, 'strict-transport-security': 'max-age=63072000; includeSubDomains' };
}
