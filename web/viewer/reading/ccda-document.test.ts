import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sharedData } from '../../../test/support/third-party-inputs.ts';
import { readCcda } from './ccda-document.ts';
import { textOf } from './xml-tree.ts';

const DOCUMENT = `<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3">
  <title>Summary</title><effectiveTime value="20260102101500-0600"/>
  <recordTarget><patientRole><patient>
    <name><given>Ana</given><given>Maria</given><family>Ruiz</family></name><birthTime value="19800203"/>
  </patient></patientRole></recordTarget>
  <author><assignedAuthor><assignedPerson><name>Dr. Ode</name></assignedPerson></assignedAuthor></author>
  <author><assignedAuthor><assignedPerson><name>Dr. Ode</name></assignedPerson></assignedAuthor></author>
  <custodian><assignedCustodian><representedCustodianOrganization><name>Elm Practice</name>
  </representedCustodianOrganization></assignedCustodian></custodian>
  <component><structuredBody>
    <component><section><title>Allergies</title><text><paragraph>Penicillin</paragraph></text>
      <component><section><code displayName="Reactions"/></section></component>
    </section></component>
  </structuredBody></component>
</ClinicalDocument>`;

test('says about whom, by whom, when and from where a document is, and what stands in it', () => {
  const document = readCcda(DOCUMENT)!;
  expect(document).toMatchObject({
    title: 'Summary',
    patient: 'Ana Maria Ruiz',
    born: '1980-02-03',
    written: '2026-01-02',
    authors: ['Dr. Ode'],
    from: 'Elm Practice',
    file: null,
  });
  const [allergies] = document.sections;
  expect([allergies!.title, textOf(allergies!.text)]).toEqual(['Allergies', 'Penicillin']);
  expect(allergies!.sections).toEqual([{ title: 'Reactions', text: undefined, sections: [] }]);
});

test('hands out a file that stands in the place of sections', () => {
  const body =
    '<nonXMLBody><text mediaType="application/pdf" representation="B64">JVBE\n Ri0=</text></nonXMLBody>';
  const text = `<ClinicalDocument><component>${body}</component></ClinicalDocument>`;
  expect(readCcda(text)?.file).toEqual({ mediaType: 'application/pdf', data: 'JVBERi0=' });
});

test('says nothing of what is none', () => {
  expect(readCcda('<Patient/>')).toBeNull();
  expect(readCcda('<ClinicalDocument>')).toBeNull();
});

const folder = sharedData('ccda/hl7_documents');

test.skipIf(folder === null)('reads the documents that HL7 gives as examples', () => {
  const names = readdirSync(folder!).filter((name) => name.endsWith('.xml'));
  expect(names.length).toBeGreaterThan(5);
  const told = names.map((name) => [name, readCcda(readFileSync(join(folder!, name), 'utf8'))] as const);
  const whole = told.filter(([, document]) => document !== null);
  expect(whole.length).toBeGreaterThan(names.length / 2);
  const ccd = whole.find(([name]) => name.startsWith('Documents_CCD'))![1]!;
  expect(ccd.sections.length).toBe(7);
  expect(ccd.patient).not.toBe('');
});
