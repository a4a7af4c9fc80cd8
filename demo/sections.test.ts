import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Section } from '../src/base/section.ts';
import { type DemoPractice, generateDemo } from './index.ts';

const [, medical] = generateDemo({ today: new Date('2026-03-18T12:00:00Z') }) as [DemoPractice, DemoPractice];

type Classify = (resource: object) => { section: Section };

/** The classifier of the record store, where that room is there already. */
async function loadClassifier(): Promise<Classify | null> {
  const door = new URL('../src/chart/index.ts', import.meta.url);
  if (!existsSync(door)) return null;
  const room = (await import(door.href)) as { classify?: Classify };
  return room.classify ?? null;
}

const classify = await loadClassifier();
if (classify === null)
  console.warn('SKIPPED: the section classifier is not there, sections by code are not checked');

/** Codes that are sensitive whoever looks at them: system suffix, code. */
const SENSITIVE_CODES: readonly [what: string, type: string, code: string][] = [
  ['HIV viral load', 'Observation', '20447-9'],
  ['CD4 count', 'Observation', '24467-3'],
  ['chlamydia test', 'Observation', '21613-5'],
  ['PHQ-9', 'Observation', '44261-6'],
  ['AUDIT-C', 'Observation', '75626-2'],
  ['HIV', 'Condition', 'B20'],
  ['opioid dependence', 'Condition', 'F11.21'],
  ['alcohol dependence', 'Condition', 'F10.20'],
  ['depression', 'Condition', 'F33.1'],
  ['contraception', 'Condition', 'Z30.41'],
  ['buprenorphine', 'MedicationRequest', '1819'],
  ['dolutegravir', 'MedicationRequest', '1433868'],
  ['sertraline', 'MedicationRequest', '36437'],
];

function carriers(type: string, code: string): DemoPractice['resources'] {
  return medical.resources.filter(
    ({ resource }) => resource.resourceType === type && JSON.stringify(resource).includes(`"code":"${code}"`),
  );
}

describe('the sensitive material of the medical practice', () => {
  it.each(SENSITIVE_CODES)('holds %s', (_, type, code) => {
    expect(carriers(type, code).length).toBeGreaterThan(0);
  });

  it.runIf(classify)('is told by its codes alone, without an author’s choice or a label', () => {
    for (const [what, type, code] of SENSITIVE_CODES) {
      for (const { resource, key } of carriers(type, code)) {
        const { meta: _, ...bare } = resource;
        expect(classify?.(bare).section, `${what} ${key}`).toBe('sensitive');
      }
    }
  });

  it.runIf(classify)('leaves the rest of the medicine open to those who treat', () => {
    const open = medical.resources.filter(
      ({ resource, section }) => section === undefined && classify?.(resource).section === 'clinical',
    );
    expect(open.length).toBeGreaterThan(1500);
  });

  it.runIf(classify)('keeps every trace of the teenager’s confidential care out of her open sections', () => {
    const told = /contracept|chlamydia|doxycycline|levonorgestrel|boyfriend|confidential/i;
    for (const { resource, section, chart, key } of medical.resources) {
      if (chart !== 'noor-haddad' || section === 'sensitive') continue;
      const text = JSON.stringify(resource, (name, value) =>
        name === 'data' ? Buffer.from(String(value), 'base64').toString() : value,
      );
      if (told.test(text)) expect(classify?.(resource).section, key).toBe('sensitive');
    }
  });
});

describe('psychotherapy notes', () => {
  const notes = medical.resources.filter(({ section }) => section === 'psychotherapy');

  it('are the psychiatrist’s own and carry HL7’s label', () => {
    const psychiatrist = medical.people.find(({ roles }) => roles.includes('psychiatrist'));
    expect(notes.length).toBeGreaterThan(10);
    for (const { author, resource } of notes) {
      expect(author).toBe(psychiatrist?.key);
      expect(resource.meta?.security?.map(({ code }) => code)).toEqual(['V', 'PSYTHPN']);
    }
  });

  it.runIf(classify)('are told as such by the classifier', () => {
    for (const { resource } of notes) expect(classify?.(resource).section).toBe('psychotherapy');
  });
});
