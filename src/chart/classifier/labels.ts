/**
 * Security labels, https://hl7.org/fhir/R4/security-labels.html: what the author or sender said outright.
 * They can close a section and never open one: a label `N` on a note about HIV changes nothing.
 */
import type { Section } from '../../base/section.ts';
import { type FhirResource, isObject, valuesAt } from '../fhir-resource.ts';

const CONFIDENTIALITY = /v3[-/]Confidentiality$|2\.16\.840\.1\.113883\.5\.25$/;
const ACT_CODE = /v3[-/]ActCode$|2\.16\.840\.1\.113883\.5\.4$/;

/** Restricted, very restricted, and the older codes that name the topic. */
const CLOSED = new Set(['R', 'V', 'S', 'T', 'C', 'HIV', 'ETH', 'PSY', 'SDV']);

/**
 * The sensitivities of v3-ActCode that concern a patient's health or wish, and the federal rule on addiction.
 */
const SENSITIVE = new Set(
  `ETH GDIS HIV MST SCA SDV SEX SPI BH COGN DVD EMOTDIS MH PSY SUD ETHUD OPIOIDUD STD TBOO VIO SICKLE GENDER
   SSP ADOL CEL DIA DRGIS EMP PDS PHY PRS 42CFRPart2`.split(/\s+/),
);

/** The section that the labels ask for, the strictest of all; null where they ask for none. */
export function sectionOfLabels(resource: FhirResource): Section | null {
  let section: Section | null = null;
  for (const coding of labelsOf(resource)) {
    const code = coding.code;
    if (typeof code !== 'string') continue;
    const system = typeof coding.system === 'string' ? coding.system : '';
    if ((ACT_CODE.test(system) || system === '') && code === 'PSYTHPN') return 'psychotherapy';
    if (isClosing(system, code)) section = 'sensitive';
  }
  return section;
}

function isClosing(system: string, code: string): boolean {
  if (CONFIDENTIALITY.test(system)) return CLOSED.has(code);
  if (ACT_CODE.test(system)) return SENSITIVE.has(code);
  return system === '' && (code === 'R' || code === 'V' || SENSITIVE.has(code));
}

/**
 * Labels of the resource and of what it contains; a consent's provisions label other things and do not count.
 */
function* labelsOf(resource: FhirResource): Generator<{ readonly [key: string]: unknown }> {
  const paths = [
    'meta.security',
    'contained.meta.security',
    'securityLabel.coding',
    'contained.securityLabel.coding',
  ];
  for (const path of paths) {
    for (const coding of valuesAt(resource, path)) if (isObject(coding)) yield coding;
  }
  // Composition.confidentiality is a bare code of the same system.
  if (resource.resourceType === 'Composition') {
    yield { system: 'v3-Confidentiality', code: resource.confidentiality };
  }
}
