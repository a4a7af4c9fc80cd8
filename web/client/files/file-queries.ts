/** What is asked about the files of a chart. */
import type { Attachment, DocumentReference } from '@medplum/fhirtypes';
import { queryOptions } from '@tanstack/react-query';
import { ApiError } from '../api-error.ts';
import { ofChart } from '../chart-queries.ts';
import { bytesOfBase64, type FileSource, openBinary, sourceOfBytes } from './file-source.ts';

/** One document of a chart, with who wrote it. */
export function documentOf(chart: string, id: string) {
  return ofChart<DocumentReference>('DocumentReference', chart, {
    _id: id,
    _include: 'DocumentReference:author',
  });
}

/** The id of the Binary that an attachment names; null where it names none of this practice. */
export function binaryOf({ url }: Attachment): string | null {
  return /^Binary\/([A-Za-z0-9\-.]{1,64})$/.exec(url ?? '')?.[1] ?? null;
}

/** The content of an attachment: what it holds itself, or the Binary that it names. */
export function fileOf(document: string, part: number, attachment: Attachment) {
  return queryOptions({
    queryKey: ['file', document, part, attachment.url ?? ''],
    queryFn: async ({ signal }): Promise<FileSource> => {
      const binary = binaryOf(attachment);
      if (binary !== null) return openBinary(binary, attachment.contentType ?? '', signal);
      if (attachment.data === undefined) throw new ApiError('refused', 404);
      return sourceOfBytes(bytesOfBase64(attachment.data), attachment.contentType ?? '');
    },
    // Bytes of a file are let go with the page that shows them.
    gcTime: 0,
  });
}
