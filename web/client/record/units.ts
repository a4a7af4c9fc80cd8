/** Units as people read them. */

const RAISED: Readonly<Record<string, string>> = { 2: '²', 3: '³', 6: '⁶', 9: '⁹', 12: '¹²' };

/** A unit as it is printed: laboratories send `10*3/uL` and `m2` (UCUM) where people read 10³/µL and m². */
export function plainUnit(unit: string): string {
  if (unit === '1') return '';
  return unit
    .replace(/\[[^\]]*\]|\{[^}]*\}/g, '')
    .replace(/10[*^](\d+)/g, (text, power: string) => (power in RAISED ? `10${RAISED[power]}` : text))
    .replace(/m2$/, 'm²')
    .replace(/(?<![A-Za-z])u(?=L|g|mol|U\b)/g, 'µ');
}
