/**
 * A Continuity of Care Document of C-CDA R2.1 (https://hl7.org/ccdasearch/, US Realm Header V3 and CCD V3):
 * what other practices' software reads. Only what the asker may read is in it, and what nobody wrote down is
 * said to be unknown.
 */
import type { JsonObject } from '../../chart/index.ts';
import type { ArchiveOrder } from '../archive-order.ts';
import { textOf } from '../contents/attachments.ts';
import type { ChartSummary, Person } from '../summary/chart-summary.ts';
import type { ArchiveWords } from '../words/archive-words.ts';
import { sectionsOf } from './sections.ts';
import { fixed, stamp, template, time } from './types.ts';
import { el, type Xml } from './xml.ts';

export interface DocumentContent {
  readonly summary: ChartSummary;
  readonly order: Pick<ArchiveOrder, 'at' | 'chart' | 'language'>;
  /** Of this document: a UUID. */
  readonly id: string;
}

export function ccdaOf(words: ArchiveWords, content: DocumentContent): string {
  const { summary, order, id } = content;
  const patient = summary.patient;
  const namespaces = {
    xmlns: 'urn:hl7-org:v3',
    'xmlns:sdtc': 'urn:hl7-org:sdtc',
    'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
  };
  const document = el(
    'ClinicalDocument',
    namespaces,
    el('realmCode', { code: 'US' }),
    el('typeId', { root: '2.16.840.1.113883.1.3', extension: 'POCD_HD000040' }),
    template('2.16.840.1.113883.10.20.22.1.1', '2015-08-01'),
    template('2.16.840.1.113883.10.20.22.1.2', '2015-08-01'),
    el('id', { root: id }),
    fixed('code', '34133-9', 'loinc', 'Summarization of Episode Note'),
    el('title', {}, words.title(patient?.name ?? '—')),
    time('effectiveTime', order.at),
    fixed('confidentialityCode', 'R', 'confidentiality'),
    el('languageCode', { code: LANGUAGE[order.language] }),
    recordTarget(patient, order.chart),
    author(summary, order.at),
    custodian(summary),
    serviceEvent(order.at, patient),
    el('component', {}, el('structuredBody', {}, sectionsOf(words, summary))),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${document.xml}\n`;
}

const LANGUAGE = { en: 'en-US', es: 'es-US', de: 'de-DE' } as const;

const GENDER: Readonly<Record<string, string>> = { male: 'M', female: 'F', other: 'UN' };

function recordTarget(patient: Person | null, chart: string): Xml {
  const gender = GENDER[patient?.gender ?? ''];
  const language = patient?.language ?? null;
  return el(
    'recordTarget',
    {},
    el(
      'patientRole',
      {},
      el('id', { root: chart }),
      (patient?.identifiers ?? []).map(({ system, value }) =>
        // Numbers under an address, which is no root in CDA, stand under the chart's.
        el('id', {
          root: OID.exec(system)?.[1] ?? chart,
          extension: value,
          assigningAuthorityName: system === '' ? null : system,
        }),
      ),
      address(patient?.address ?? null),
      telecoms(patient),
      el(
        'patient',
        {},
        nameOf(patient),
        gender === undefined
          ? el('administrativeGenderCode', { nullFlavor: 'UNK' })
          : fixed('administrativeGenderCode', gender, 'gender'),
        time('birthTime', patient?.birthDate ?? null),
        el('raceCode', { nullFlavor: 'UNK' }),
        el('ethnicGroupCode', { nullFlavor: 'UNK' }),
        language === null
          ? null
          : el('languageCommunication', {}, el('languageCode', { code: language }), PREFERRED),
      ),
    ),
  );
}

const OID = /^urn:oid:([0-2](?:\.\d+)+)$/;
const PREFERRED = el('preferenceInd', { value: 'true' });

function nameOf(patient: Person | null): Xml {
  if (patient === null) return el('name', { nullFlavor: 'UNK' });
  const { given, family, name } = patient;
  if (given.length === 0 || family === null) return el('name', {}, name);
  return el(
    'name',
    { use: 'L' },
    given.map((one) => el('given', {}, one)),
    el('family', {}, family),
  );
}

function address(of: JsonObject | null): Xml {
  if (of === null) return el('addr', { nullFlavor: 'UNK' });
  const lines = Array.isArray(of.line) ? of.line.flatMap((line) => textOf(line) ?? []) : [];
  const part = (name: string, value: unknown) => {
    const text = textOf(value);
    return text === null ? null : el(name, {}, text);
  };
  return el(
    'addr',
    { use: 'HP' },
    lines.length === 0
      ? el('streetAddressLine', { nullFlavor: 'UNK' })
      : lines.map((line) => el('streetAddressLine', {}, line)),
    part('city', of.city) ?? el('city', { nullFlavor: 'UNK' }),
    part('state', of.state),
    part('postalCode', of.postalCode),
    part('country', of.country),
  );
}

const SCHEMES: Readonly<Record<string, string>> = {
  phone: 'tel:',
  fax: 'fax:',
  sms: 'tel:',
  email: 'mailto:',
};
const USES: Readonly<Record<string, string>> = { home: 'HP', work: 'WP', mobile: 'MC' };

function telecoms(patient: Person | null): Xml {
  const known = (patient?.telecom ?? []).filter(({ system }) => SCHEMES[system] !== undefined);
  if (known.length === 0) return el('telecom', { nullFlavor: 'UNK' });
  return known.map(({ system, value, use }) => {
    const said = system === 'email' ? value : value.replace(/[^\d+().-]/g, '');
    return el('telecom', { value: `${SCHEMES[system]}${said}`, use: USES[use ?? ''] });
  });
}

/** Made by a program out of the practice's records. */
function author(summary: ChartSummary, at: string): Xml {
  return el(
    'author',
    {},
    time('time', at),
    el(
      'assignedAuthor',
      {},
      el('id', { nullFlavor: 'NI' }),
      UNKNOWN_ADDRESS,
      UNKNOWN_TELECOM,
      el(
        'assignedAuthoringDevice',
        {},
        el('manufacturerModelName', {}, 'Postern'),
        el('softwareName', {}, 'Postern'),
      ),
      el('representedOrganization', {}, ...organization(summary)),
    ),
  );
}

const UNKNOWN_ADDRESS = el('addr', { nullFlavor: 'UNK' });
const UNKNOWN_TELECOM = el('telecom', { nullFlavor: 'UNK' });

function organization({ practice }: ChartSummary): Xml[] {
  const name = practice === null ? el('name', { nullFlavor: 'UNK' }) : el('name', {}, practice);
  return [el('id', { nullFlavor: 'NI' }), name, UNKNOWN_TELECOM, UNKNOWN_ADDRESS];
}

function custodian(summary: ChartSummary): Xml {
  const held = el('representedCustodianOrganization', {}, ...organization(summary));
  return el('custodian', {}, el('assignedCustodian', {}, held));
}

/** Care from the patient's birth until now: the record is whole. */
function serviceEvent(at: string, patient: Person | null): Xml {
  const from = stamp(patient?.birthDate ?? null);
  const low = el('low', from === null ? { nullFlavor: 'UNK' } : { value: from });
  const span = el('effectiveTime', {}, low, time('high', at));
  return el('documentationOf', {}, el('serviceEvent', { classCode: 'PCPR' }, span));
}
