/**
 * One chart in each practice that belongs to nobody and that no role may open. Every string in it carries a
 * mark found nowhere else, so that a leak through any door can be recognised in whatever it leaks into.
 */

import type { Calendar } from './calendar.ts';
import type { ResourceBook } from './chart-pen.ts';
import { ChartPen } from './chart-pen.ts';
import type { DemoPractice } from './demo-practice.ts';
import { attachFile, DOCUMENT_TYPES, writeNote } from './documents.ts';
import { Random } from './random.ts';
import { concept, hl7, quantity } from './terminology.ts';

const MARK = /cnry-[0-9a-f]{16}/g;
export const CANARY_KEY = 'canary';

export function writeCanary(
  book: ResourceBook,
  calendar: Calendar,
  slug: string,
  practitioner: string,
): void {
  const random = new Random(`canary/${slug}`);
  const mark = () => `cnry-${random.hex(16)}`;
  const pen = new ChartPen(book, CANARY_KEY, calendar, random, { section: 'canary' });
  const at = calendar.instant(-90, 11, 15);
  writeNobody(pen, slug, mark);
  pen.write({
    resourceType: 'Condition',
    clinicalStatus: hl7('condition-clinical', 'active', 'Active'),
    code: concept('icd10', 'R69', 'Illness, unspecified', mark()),
    subject: pen.patient,
    note: [{ text: `The condition of nobody: ${mark()}.` }],
  });
  pen.write({
    resourceType: 'Observation',
    status: 'final',
    code: { ...concept('loinc', '8867-4', 'Heart rate'), text: mark() },
    subject: pen.patient,
    effectiveDateTime: at,
    valueQuantity: quantity(61, 'beats/min', '/min'),
    note: [{ text: mark() }],
  });
  writeNote(pen, {
    title: mark(),
    type: DOCUMENT_TYPES.progressNote,
    text: `Nobody was seen today. Whoever reads this sentence has read what no role may open: ${mark()}.`,
    at,
    practitioner,
  });
  attachFile(
    pen,
    {
      title: mark(),
      type: DOCUMENT_TYPES.labReport,
      contentType: 'text/plain',
      bytes: Buffer.from(`A file of the chart of nobody, marked ${mark()}.\n`),
      at,
    },
    { key: 'canary-file' },
  );
}

function writeNobody(pen: ChartPen, slug: string, mark: () => string): void {
  pen.write(
    {
      resourceType: 'Patient',
      active: true,
      identifier: [{ system: `https://${slug}.example/chart-number`, value: mark() }],
      name: [{ use: 'official', family: mark(), given: [mark()] }],
      telecom: [
        { system: 'phone', value: mark(), use: 'mobile' },
        { system: 'email', value: `${mark()}@example.org` },
      ],
      gender: 'unknown',
      birthDate: '1951-05-17',
      address: [{ line: [`1 ${mark()} Street`], city: mark(), postalCode: mark(), country: 'US' }],
    },
    { key: CANARY_KEY },
  );
}

/** Every mark of a practice's canary chart, those inside notes and files included. */
export function canaryMarks(practice: DemoPractice): string[] {
  const marks = new Set<string>();
  for (const { resource, chart } of practice.resources) {
    if (chart !== CANARY_KEY) continue;
    const json = JSON.stringify(resource);
    const encoded = [...json.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)].map((match) => match[1] ?? '');
    const texts = [json, ...encoded.map((data) => Buffer.from(data, 'base64').toString('utf8'))];
    for (const text of texts) for (const mark of text.match(MARK) ?? []) marks.add(mark);
  }
  return [...marks];
}
