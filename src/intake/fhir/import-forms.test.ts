import { join } from 'node:path';
import { expect, test } from 'vitest';
import { file, folder, freshImport, patient, run } from '../../../test/support/import-folder.ts';

freshImport();

test.each([
  ['[]', 'The file is JSON, and neither a resource nor a bundle.'],
  ['null', 'The file is JSON, and neither a resource nor a bundle.'],
  ['"str"', 'The file is JSON, and neither a resource nor a bundle.'],
  ['[{"resourceType":"Patient"}', 'The content is not JSON, or it was cut off.'],
  ['', 'The file is empty.'],
  [' \n', 'The file is empty.'],
  ['\ufeff<Patient xmlns="http://hl7.org/fhir"/>', 'The file is XML or HTML. Postern reads FHIR as JSON.'],
  [Buffer.from('\ufeff{}', 'utf16le'), 'The file is in UTF-16. Save it as UTF-8.'],
  [Buffer.from('{}', 'utf16le'), 'The file is in UTF-16. Save it as UTF-8.'],
] as const)('a file of %j is told what it is', async (content, reason) => {
  await file('a.json', content);
  expect((await run()).failures).toEqual([{ file: join(folder, 'a.json'), path: '', reason }]);
});

test('NDJSON of another kind is one failure, and without a line a warning', async () => {
  await file('a.ndjson', Buffer.from('{"resourceType":"Patient"}\n{"resourceType":"Patient"}\n', 'utf16le'));
  await file('b.ndjson', '<html>\n<body>\n</body>\n');
  await file('c.ndjson', '\n\n');
  const report = await run();
  expect(report.failures.map(({ reason }) => reason)).toEqual([
    'The file is in UTF-16. Save it as UTF-8.',
    'The file is XML or HTML. Postern reads FHIR as JSON.',
  ]);
  expect(report.warnings).toEqual([
    { file: join(folder, 'c.ndjson'), path: '', reason: 'The file holds nothing to import.' },
  ]);
});

test('where nothing is found to read, it says what is there instead', async () => {
  await expect(run()).rejects.toThrow(
    'Nothing ends in .json, .ndjson or .jsonl (or .gz after it); there is no file.',
  );
  for (const name of ['a.xml', 'b.XML', 'c.csv', 'README']) await file(name, '');
  await expect(run()).rejects.toThrow('there are only others: 2 .xml, 1 .csv, 1 without an ending.');
});

test('a source of no name is no source', async () => {
  await file('p.json', patient('p'));
  await run({ source: ' ' });
  expect((await run()).types).toMatchObject({ Patient: { unchanged: 1 } });
});
