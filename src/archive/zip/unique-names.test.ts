/** Names of files in an archive: whatever documents are called, each has one of its own on every system. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KIND_NAMES, kindNamed, STRICT_POLICY } from '../../documents/index.ts';
import { UniqueNames } from './unique-names.ts';

const pdf = kindNamed('pdf', STRICT_POLICY);

test('a name has its date first, then its title, and the extension of what it is', () => {
  const names = new UniqueNames();
  expect(names.next('2024-05-01', 'Letter of Dr. Núñez', pdf)).toBe('2024-05-01 Letter of Dr. Núñez.pdf');
  expect(names.next(null, 'scan.pdf', pdf)).toBe('scan.pdf');
});

test('titles that are the same to any system get numbers', () => {
  const names = new UniqueNames();
  const given = ['Überweisung', 'überweisung', 'U\u0308berweisung', 'ÜBERWEISUNG.pdf'];
  expect(given.map((title) => names.next(null, title, pdf))).toEqual([
    'Überweisung.pdf',
    'überweisung (2).pdf',
    'Überweisung (3).pdf',
    'ÜBERWEISUNG (4).pdf',
  ]);
});

test('a title with a path, a device, a turned direction or nothing in it is harmless', () => {
  const names = new UniqueNames();
  const cases: readonly (readonly [string, string])[] = [
    ['../../etc/passwd', 'etc-passwd.pdf'],
    ['..\\..\\a', 'a.pdf'],
    ['/absolute', 'absolute.pdf'],
    ['CON', '_CON.pdf'],
    ['invoice\u202Efdp.exe', 'invoicefdp.exe.pdf'],
    ['', 'file.pdf'],
    ['....', 'file (2).pdf'],
  ];
  for (const [title, name] of cases) expect(names.next(null, title, pdf)).toBe(name);
});

test('whatever is given, no two names are one to a system that knows neither case nor composition', () => {
  const title = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom('a', 'A', 'á', 'a\u0301', '../a', 'nul', ' a ', 'a (2)', 'ß', 'SS', 'ﬁ', 'fi'),
  );
  const kind = fc.constantFrom(...KIND_NAMES).map((name) => kindNamed(name, STRICT_POLICY));
  fc.assert(
    fc.property(fc.array(fc.tuple(title, kind), { maxLength: 30 }), (given) => {
      const names = new UniqueNames();
      const made = given.map(([one, of]) => names.next('2024-01-01', one, of));
      expect(new Set(made.map((name) => name.normalize('NFD').toUpperCase())).size).toBe(made.length);
      for (const name of made) {
        expect(name).not.toMatch(/[/\\<>:"|?*\p{Cc}\p{Cf}]|^\.|[. ]$/u);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
      }
    }),
  );
});
