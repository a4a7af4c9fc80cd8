/** Whole charts as one zip: what is in it, for whom, and how it goes out. */
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { maskOf } from '../../src/base/section.ts';
import { readResource } from '../../src/chart/index.ts';
import {
  type ArchiveDesk,
  CLINICAL,
  FINANCIAL,
  openArchiveDesk,
  SENSITIVE,
} from '../support/archive-desk.ts';
import { blobsOf, sendFile } from '../support/file-requests.ts';
import { pdfText } from '../support/pdf-text.ts';
import type { ZipEntry } from '../support/read-zip.ts';
import type { Person, ServedPractices } from '../support/served-practices.ts';
import { sharedData } from '../support/third-party-inputs.ts';

const PDF = '%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n';

let desk: ArchiveDesk;
let served: ServedPractices;
beforeAll(async () => {
  desk = await openArchiveDesk();
  ({ served } = desk);
});
afterAll(() => served.close());

interface Entry {
  readonly fullUrl: string;
  readonly resource: { readonly resourceType: string; readonly id: string };
}

const textOf = (entries: Map<string, ZipEntry>, name: string) => entries.get(name)!.bytes.toString();
const bundleOf = (entries: Map<string, ZipEntry>) =>
  readResource(textOf(entries, 'fhir/bundle.json')) as unknown as { entry: Entry[] };

/** Everything that anybody can read in it. */
async function saidIn(entries: Map<string, ZipEntry>): Promise<string> {
  const { pages } = await pdfText(entries.get('summary.pdf')!.bytes);
  return [...entries.values()].map(({ name, bytes }) => `${name} ${bytes}`).join(' ') + pages.join(' ');
}

/** What the asker reads of the chart, one request for each type, as the truth that a zip is held against. */
async function readable(who: Person): Promise<string[]> {
  const ids: string[] = [];
  for (const type of new Set(['Binary', ...TYPES])) {
    const { json } = await served.ask(who.token, 'GET', `/fhir/${type}?_count=200&_elements=id`);
    for (const { resource } of (json.entry ?? []) as unknown as Entry[]) ids.push(`${type}/${resource.id}`);
  }
  return ids.sort();
}

const TYPES = [
  'Patient',
  'Condition',
  'Observation',
  'AllergyIntolerance',
  'MedicationRequest',
  'Immunization',
  'Procedure',
  'Encounter',
  'DocumentReference',
  'Account',
];

async function archiveOf(who: Person): Promise<Map<string, ZipEntry>> {
  const location = await desk.made(who);
  const entries = await desk.entries(who, location);
  expect((await served.ask(who.token, 'DELETE', location)).status).toBe(204);
  return entries;
}

describe('what is in it', () => {
  test('is everything that a patient reads of their chart, in each of its forms', async () => {
    await desk.document('../../Letter "of" CON.pdf', PDF);
    const entries = await archiveOf(desk.patient);
    const bundle = bundleOf(entries);
    expect(served.store.validate(bundle as never)).toEqual([]);
    const inBundle = bundle.entry.map(({ resource }) => `${resource.resourceType}/${resource.id}`);
    expect(inBundle.sort()).toEqual(await readable(desk.patient));
    for (const name of ['c-cda/summary.xml', 'summary.pdf']) {
      const said = name.endsWith('.pdf')
        ? (await pdfText(entries.get(name)!.bytes)).pages.join(' ')
        : textOf(entries, name);
      for (const word of [
        CLINICAL,
        SENSITIVE,
        'Atorvastatin',
        'Tdap',
        'Filling',
        'Check-up',
        'Never smoked',
      ]) {
        expect([name, said.includes(word)]).toEqual([name, true]);
      }
    }
    expect(textOf(entries, 'files/2023-10-12 A note.txt')).toBe('All is well.');
    expect(textOf(entries, 'files/2024-05-01 Letter _of_ CON.pdf')).toBe(PDF);
    expect(textOf(entries, 'index.html')).not.toMatch(/<script|<img|https?:\/\/(?!www\.w3)/i);
    expect(textOf(entries, 'README.txt')).toContain('fhir/bundle.json');
  });

  test('is less by what is closed to a proxy, in all of its parts', async () => {
    await desk.document('Closed scan', `${SENSITIVE} as a file`, {
      type: {
        coding: [{ system: 'http://snomed.info/sct', code: '86406008', display: SENSITIVE }],
        text: SENSITIVE,
      },
      meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] },
    });
    const sections = maskOf('administrative', 'clinical');
    const proxy = await served.person(desk.practice, { role: 'proxy', chartId: desk.chart, sections });
    const entries = await archiveOf(proxy);
    const ids = bundleOf(entries).entry.map(({ resource }) => `${resource.resourceType}/${resource.id}`);
    expect(ids.sort()).toEqual(await readable(proxy));
    const said = await saidIn(entries);
    expect(said).toContain(CLINICAL);
    for (const word of [SENSITIVE, FINANCIAL, 'Closed scan']) expect(said).not.toContain(word);
    const all = await saidIn(await archiveOf(desk.patient));
    for (const word of [SENSITIVE, FINANCIAL, 'Closed scan']) expect(all).toContain(word);
  });

  test('names of documents lead nowhere, and the table of them begins no formula', async () => {
    await desk.document('=HYPERLINK("http://evil")', 'one');
    await desk.document('..\\..\\..\\boot', 'two');
    await desk.document('NUL', 'three');
    await desk.document('nul', 'four');
    await desk.document('<script>alert(1)</script>\u202Efdp.exe', 'five');
    const entries = await archiveOf(desk.patient);
    const names = [...entries.keys()];
    for (const name of names)
      expect(name).toMatch(/^(?:(?:fhir|c-cda|files)\/)?[^/\\<>:"|?*\p{Cc}\p{Cf}]+$/u);
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    expect(textOf(entries, 'files/index.csv')).toContain(`"'=HYPERLINK(""http://evil"")"`);
    expect(textOf(entries, 'index.html')).not.toMatch(/<script|\u202e/);
  });

  test('a PDF has its tags, its language, and letters for every name', async () => {
    const entries = await archiveOf(desk.patient);
    const pdf = await pdfText(entries.get('summary.pdf')!.bytes);
    expect(pdf).toMatchObject({ isTagged: true, language: 'en' });
    expect(pdf.roles).toEqual(expect.arrayContaining(['H1', 'H2', 'P', 'Table', 'TR', 'TH', 'TD']));
    const [first = ''] = pdf.pages;
    for (const part of ['Zoë', '李', 'Nguyễn']) expect(first.replaceAll(/\s+/g, '')).toContain(part);
  });

  test('a C-CDA document names the templates that samples of HL7 name', async () => {
    const xml = textOf(await archiveOf(desk.patient), 'c-cda/summary.xml');
    const used = new Set([...xml.matchAll(/<templateId root="([\d.]+)"/g)].map(([, root]) => root!));
    expect(used.size).toBeGreaterThan(20);
    const folder = sharedData('ccda');
    if (folder === null) return;
    const samples = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.xml'))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('');
    expect([...used].filter((root) => !samples.includes(`"${root}"`))).toEqual([]);
  });
});

test('a file that does not open is left out and named, and the rest comes', async () => {
  const before = new Set(await blobsOf(served));
  await desk.document('Broken scan', 'x'.repeat(5000));
  const [blob] = (await blobsOf(served)).filter((path) => !before.has(path));
  await writeFile(blob!, Buffer.alloc(5000));
  const entries = await archiveOf(desk.patient);
  expect([...entries.keys()].some((name) => name.includes('Broken scan'))).toBe(false);
  expect(textOf(entries, 'index.html')).toContain('Broken scan');
  expect(textOf(entries, 'files/index.csv')).toContain('could not be opened');
  expect(textOf(entries, 'files/2024-05-01 Letter _of_ CON.pdf')).toBe(PDF);
});

test('the photo of a card is in none', async () => {
  const type = { coding: [{ system: 'http://loinc.org', code: '53245-7' }], text: 'Photo identification' };
  await desk.document('Driving licence', PDF.replace('trailer', '% cnry-face\ntrailer'), { type });
  const entries = await archiveOf(desk.patient);
  expect(await saidIn(entries)).not.toContain('cnry-face');
  expect(textOf(entries, 'index.html')).toContain('The photo of a card is not in here');
});

describe('how it goes out', () => {
  let location: string;
  beforeAll(async () => {
    location = await desk.made(desk.doctor);
  });
  const fetched = (headers = {}, method = 'GET') =>
    sendFile(served, desk.doctor, method, `${location}/record.zip`, headers);

  test('whole, in parts and by its headers alone', async () => {
    const whole = await fetched();
    const zip = await whole.bytes();
    expect(whole.headers).toMatchObject({
      'content-type': 'application/zip',
      'content-length': String(zip.length),
      'accept-ranges': 'bytes',
      'content-disposition': expect.stringMatching(
        /^attachment; filename="health-record-\d{4}-\d\d-\d\d\.zip"$/,
      ),
    });
    const part = await fetched({ range: 'bytes=100-299' });
    expect([part.status, (await part.bytes()).equals(zip.subarray(100, 300))]).toEqual([206, true]);
    const still = await fetched({ range: 'bytes=0-3', 'if-range': whole.headers.etag! });
    expect([still.status, (await still.bytes()).length]).toEqual([206, 4]);
    expect((await fetched({}, 'HEAD')).headers['content-length']).toBe(String(zip.length));
  });

  test('odd ranges get the whole or nothing', async () => {
    const { length } = await (await fetched()).bytes();
    for (const range of [`bytes=${length}-`, 'bytes=99999999999999-']) {
      const { status, headers } = await fetched({ range });
      expect([status, headers['content-range']]).toEqual([416, `bytes */${length}`]);
    }
    for (const range of ['bytes=0-1,3-4', 'bytes=5-1', 'lines=0-1', 'bytes=-', `bytes=0-${'9'.repeat(40)}`]) {
      expect([range, (await fetched({ range })).status]).toEqual([range, 200]);
    }
  });

  test('with lines that say who began, what was read, how much is in it, and how much went out', async () => {
    await (await fetched()).bytes();
    const id = location.split('/').at(-1)!;
    const { rows } = await served.database.owner.query<{
      said: string;
      entries: [string, string, string, number][];
    }>(
      `select action || ' ' || outcome as said, entries from postern.access_line
       where account_id = $1 and entries::text like $2 order by at`,
      [desk.doctor.accountId, `%${id}%`],
    );
    const said = rows.map((row) => row.said);
    expect([...new Set(said)].sort()).toEqual([
      'archive-end ok',
      'archive-file closed',
      'archive-file ok',
      'archive-start ok',
    ]);
    const end = rows.find((row) => row.said === 'archive-end ok')!;
    expect(end.entries.map(([chart, type]) => [chart, type])).toEqual(
      ['Archive', 'ArchiveResources', 'ArchiveFiles'].map((type) => [desk.chart, type]),
    );
    expect(end.entries[1]![3]).toBeGreaterThan(10);
  });
});

describe('who may not', () => {
  test('an app, though it reads the chart', async () => {
    const narrowing = { scope: 'patient/*.rs', chart: desk.chart } as never;
    const app = await served.app(desk.practice, narrowing, { role: 'patient', chartId: desk.chart });
    const { status } = await served.ask(app.token, 'POST', '/archives', { body: { chart: desk.chart } });
    expect([403, 404]).toContain(status);
  });

  test('whoever reads a chart and may not pass it on is told what whoever names nothing is', async () => {
    for (const role of ['nurse', 'carer', 'front-desk'] as const) {
      const held = role === 'carer' ? { role, chartId: desk.chart } : { role };
      const { token } = await served.person(desk.practice, held);
      const hidden = await served.ask(token, 'POST', '/archives', { body: { chart: desk.chart } });
      const absent = await served.ask(token, 'POST', '/archives', { body: { chart: newId() } });
      expect([role, hidden.status, hidden.text]).toEqual([role, 404, absent.text]);
    }
  });

  test('odd questions are answered by what is wrong with them', async () => {
    for (const body of ['', '[]', '{"chart":7}', '{"chart":"x","language":"xx"}']) {
      const headers = { 'content-type': 'application/json' };
      const { status } = await served.ask(desk.doctor.token, 'POST', '/archives', { body, headers });
      expect([body, status]).toEqual([body, 400]);
    }
  });
});

test('asking twice is asking once', async () => {
  const first = await desk.begin(desk.patient);
  expect(await desk.begin(desk.patient)).toBe(first);
  expect((await served.ask(desk.patient.token, 'DELETE', first)).status).toBe(204);
});

test('what it takes in the store counts for the practice as long as it is there', async () => {
  const held = async () => {
    const { rows } = await served.database.owner.query<{ bytes: string }>(
      `select coalesce(sum(n.bytes), 0) as bytes
       from (
         select u.practice_id, u.bytes from postern.file_use u
         union all
         select c.practice_id, c.bytes from postern.file_use_change c) n
       where n.practice_id = $1`,
      [desk.practice],
    );
    return Number(rows[0]!.bytes);
  };
  const before = await held();
  const location = await desk.made(desk.patient);
  expect(await held()).toBeGreaterThan(before);
  await served.ask(desk.patient.token, 'DELETE', location);
  expect(await held()).toBe(before);
});
