/** `files/index.csv`: what each file is, for programs and for whoever sorts them. */
import { kindNamed, STRICT_POLICY } from '../../documents/index.ts';
import type { ArchiveWords } from '../words/archive-words.ts';
import { csvOf } from './csv.ts';
import { absenceOf, type ListedFile } from './listed-file.ts';

export function fileIndex(words: ArchiveWords, files: readonly ListedFile[]): string {
  const { name, title, date, kind, bytes, about } = words.file;
  const head = [name, title, date, kind, bytes, 'SHA-256', about, 'FHIR'];
  return csvOf([head, ...files.map((file) => rowOf(words, file))]);
}

function rowOf(words: ArchiveWords, file: ListedFile): (string | number)[] {
  const { source } = file;
  const held = source.from === 'resource' ? `${source.type}/${source.id}` : `Binary/${source.id}`;
  return [
    absenceOf(file, words) ?? file.name,
    file.title,
    file.date ?? '',
    kindNamed(file.kind, STRICT_POLICY).mediaType,
    file.bytes,
    file.sha256 ?? '',
    file.about ?? '',
    held,
  ];
}
