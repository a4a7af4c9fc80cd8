/** Names of files: what anybody may send, and what comes out of it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KIND_NAMES, kindNamed, STRICT_POLICY } from '../kinds/file-kind.ts';
import { contentDisposition } from './content-disposition.ts';
import { safeName } from './file-name.ts';

const pdf = kindNamed('pdf', STRICT_POLICY);
const jpeg = kindNamed('jpeg', STRICT_POLICY);

test('an ordinary name stays what it is', () => {
  for (const name of [
    'Überweisung Dr. Núñez.pdf',
    '検査結果.pdf',
    'x-ray 2024-05-01 (left).pdf',
    "O'Neill & Co.pdf",
  ])
    expect(safeName(name, pdf)).toBe(name);
  expect(safeName('Photo.JPEG', jpeg)).toBe('Photo.jpeg');
});

test('the extension follows the kind, and what was claimed stays before it', () => {
  expect(safeName('invoice.pdf.exe', pdf)).toBe('invoice.pdf.exe.pdf');
  expect(safeName('page.html', kindNamed('page', STRICT_POLICY))).toBe('page.html.bin');
  expect(safeName('images.zip', kindNamed('archive', STRICT_POLICY))).toBe('images.zip');
  expect(safeName('scan', pdf)).toBe('scan.pdf');
});

test('paths, null bytes, turned letters, devices and hidden names are made harmless', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['../../etc/passwd', 'passwd.pdf'],
    ['..\\..\\windows\\system32\\a.pdf', 'a.pdf'],
    ['C:\\fakepath\\a.pdf', 'a.pdf'],
    ['a.pdf\0.exe', 'a.pdf.exe.pdf'],
    ['a\r\nSet-Cookie: x=y.pdf', 'aSet-Cookie_ x=y.pdf'],
    ['invoice\u202Efdp.exe', 'invoicefdp.exe.pdf'],
    ['CON', '_CON.pdf'],
    ['nul.pdf', '_nul.pdf'],
    ['com¹.tar.pdf', '_com¹.tar.pdf'],
    ['.htaccess', 'htaccess.pdf'],
    ['  ... ', 'file.pdf'],
    ['', 'file.pdf'],
    ['/', 'file.pdf'],
    ['a. . .pdf', 'a.pdf'],
    ['a\uD800b.pdf', 'a\uFFFDb.pdf'],
    ['a\u200Bb\u{E0041}c.pdf', 'abc.pdf'],
  ];
  for (const [given, expected] of cases) expect(safeName(given, pdf), JSON.stringify(given)).toBe(expected);
});

const anyName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '..',
          '/',
          '\\',
          '\0',
          '\u202E',
          'CON',
          '.',
          ' ',
          '"',
          '%',
          ';',
          "'",
          '\r\n',
          '.pdf',
          'é',
          '🦷',
        ),
        fc.string({ unit: 'binary', maxLength: 8 }),
        fc.string({ unit: 'grapheme', maxLength: 8 }),
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join('')),
);
const anyKind = fc.constantFrom(...KIND_NAMES).map((name) => kindNamed(name, STRICT_POLICY));

test('whatever is sent comes out as a name that any system keeps, and comes out of itself again', () => {
  fc.assert(
    fc.property(anyName, anyKind, (given, kind) => {
      const name = safeName(given, kind);
      expect(safeName(name, kind)).toBe(name);
      expect(name).not.toMatch(/[/\\<>:"|?*\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(name).not.toMatch(/^[. ]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)\.|^\.bin$/i);
      expect(Buffer.byteLength(name)).toBeLessThan(220);
      expect(kind.extensions).toContain(name.split('.').at(-1));
      expect(name.length).toBeGreaterThan(kind.extension.length + 1);
    }),
  );
});

test('the header is one that every reader takes apart the same way, and gives the name in full', () => {
  expect(contentDisposition(pdf, 'a b.pdf')).toBe('inline; filename="a b.pdf"');
  expect(contentDisposition(pdf, 'a b.pdf', { download: true })).toBe('attachment; filename="a b.pdf"');
  expect(contentDisposition(pdf, 'Größe "100%".pdf')).toBe(
    'inline; filename="Gro_e _100__.pdf"; filename*=UTF-8\'\'Gr%C3%B6%C3%9Fe%20_100%25_.pdf',
  );
  expect(contentDisposition(kindNamed('ccda', STRICT_POLICY), 'x.xml')).toMatch(/^attachment;/);
  expect(contentDisposition(kindNamed('page', { ...STRICT_POLICY, pages: 'inert' }), 'x.html')).toBe(
    'attachment; filename="x.html.bin"',
  );
  fc.assert(
    fc.property(anyName, anyKind, (given, kind) => {
      const header = contentDisposition(kind, given);
      const parts =
        /^(inline|attachment); filename="([ !#$&-:<-[\]-~]+)"(?:; filename\*=UTF-8''([\w!#$&+.^`|~%-]+))?$/;
      const [, way, plain, full] = parts.exec(header) ?? [];
      const name = safeName(given, kind);
      expect(way, header).toBe(kind.opensInBrowser ? 'inline' : 'attachment');
      expect(full === undefined ? plain : decodeURIComponent(full)).toBe(name);
      expect(kind.extensions).toContain(plain!.split('.').at(-1));
      expect(new Headers({ 'content-disposition': header }).get('content-disposition')).toBe(header);
    }),
  );
});
