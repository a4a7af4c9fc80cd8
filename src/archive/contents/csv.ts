/**
 * Tables as text (RFC 4180), for programs that reckon with what they open: what would begin a formula there
 * is made text by an apostrophe (OWASP, "CSV Injection").
 */

const FORMULA = /^[\s\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r|%]/u;

/** With a byte order mark, so that letters are read as they are. */
export function csvOf(rows: readonly (readonly (string | number)[])[]): string {
  return `\ufeff${rows.map((row) => `${row.map(cellOf).join(',')}\r\n`).join('')}`;
}

function cellOf(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = value.replace(/[\r\n]+/g, ' ');
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
