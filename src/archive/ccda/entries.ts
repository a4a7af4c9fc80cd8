/**
 * Entries of C-CDA R2.1 (https://hl7.org/ccdasearch/), by the templates of its Companion Guide. Each refers to
 * its line in the section's text.
 */
import type { Fact } from '../summary/fact.ts';
import { coded, fixed, idOf, interval, quantity, template, time } from './types.ts';
import { el, type Xml } from './xml.ts';

/** Of a fact whose line in the text has that id. */
export type Entry = (fact: Fact, line: string) => Xml;

const said = (line: string) => el('text', {}, el('reference', { value: `#${line}` }));
const status = (code: string) => el('statusCode', { code });
const ENDED: ReadonlySet<string | null> = new Set([
  'resolved',
  'inactive',
  'remission',
  'completed',
  'stopped',
]);
const concern = (fact: Fact) => (ENDED.has(fact.status) ? 'completed' : 'active');

/** A concern act of that template, around what it is about. */
function concernAct(fact: Fact, root: string, until: Fact['until'], about: Xml): Xml {
  return el(
    'entry',
    { typeCode: 'DRIV' },
    el(
      'act',
      { classCode: 'ACT', moodCode: 'EVN' },
      template(root, '2015-08-01'),
      idOf(fact, 'concern'),
      fixed('code', 'CONC', 'act-class'),
      status(concern(fact)),
      interval('effectiveTime', fact.from, until),
      el('entryRelationship', { typeCode: 'SUBJ' }, about),
    ),
  );
}

/** Problem Concern Act (V3) around a Problem Observation (V3). */
export const problem: Entry = (fact, line) => {
  const until = concern(fact) === 'completed' ? fact.until : null;
  return concernAct(fact, '2.16.840.1.113883.10.20.22.4.3', until, problemObservation(fact, line));
};

function problemObservation(fact: Fact, line: string): Xml {
  return el(
    'observation',
    { classCode: 'OBS', moodCode: 'EVN' },
    template('2.16.840.1.113883.10.20.22.4.4', '2015-08-01'),
    idOf(fact),
    el(
      'code',
      { code: '55607006', codeSystem: '2.16.840.1.113883.6.96', displayName: 'Problem' },
      el('translation', { code: '75326-9', codeSystem: '2.16.840.1.113883.6.1', displayName: 'Problem' }),
    ),
    said(line),
    status('completed'),
    interval('effectiveTime', fact.from, fact.until),
    coded('value', fact.what, line, { 'xsi:type': 'CD' }),
  );
}

/** Allergy Concern Act (V3) around an Allergy - Intolerance Observation (V2). */
export const allergy: Entry = (fact, line) =>
  concernAct(fact, '2.16.840.1.113883.10.20.22.4.30', null, allergyObservation(fact, line));

function allergyObservation(fact: Fact, line: string): Xml {
  const substance = el(
    'participant',
    { typeCode: 'CSM' },
    el(
      'participantRole',
      { classCode: 'MANU' },
      el('playingEntity', { classCode: 'MMAT' }, coded('code', fact.what, line)),
    ),
  );
  return el(
    'observation',
    { classCode: 'OBS', moodCode: 'EVN' },
    template('2.16.840.1.113883.10.20.22.4.7', '2014-06-09'),
    idOf(fact),
    fixed('code', 'ASSERTION', 'act-code'),
    said(line),
    status('completed'),
    interval('effectiveTime', fact.from, null),
    el('value', {
      'xsi:type': 'CD',
      code: '419199007',
      codeSystem: '2.16.840.1.113883.6.96',
      displayName: 'Allergy to substance',
    }),
    substance,
  );
}

/** Medication Activity (V2). */
export const medication: Entry = (fact, line) =>
  el(
    'entry',
    { typeCode: 'DRIV' },
    el(
      'substanceAdministration',
      { classCode: 'SBADM', moodCode: 'INT' },
      template('2.16.840.1.113883.10.20.22.4.16', '2014-06-09'),
      idOf(fact),
      said(line),
      status(concern(fact)),
      el(
        'effectiveTime',
        { 'xsi:type': 'IVL_TS' },
        time('low', fact.from),
        fact.until === null ? null : time('high', fact.until),
      ),
      el('doseQuantity', { nullFlavor: 'UNK' }),
      consumable('2.16.840.1.113883.10.20.22.4.23', fact, line),
    ),
  );

/** Immunization Activity (V3). */
export const immunization: Entry = (fact, line) =>
  el(
    'entry',
    { typeCode: 'DRIV' },
    el(
      'substanceAdministration',
      { classCode: 'SBADM', moodCode: 'EVN', negationInd: String(fact.status === 'not-done') },
      template('2.16.840.1.113883.10.20.22.4.52', '2015-08-01'),
      idOf(fact),
      said(line),
      status('completed'),
      time('effectiveTime', fact.from),
      consumable('2.16.840.1.113883.10.20.22.4.54', fact, line),
    ),
  );

function consumable(root: string, fact: Fact, line: string): Xml {
  const material = el('manufacturedMaterial', {}, coded('code', fact.what, line));
  return el(
    'consumable',
    {},
    el('manufacturedProduct', { classCode: 'MANU' }, template(root, '2014-06-09'), material),
  );
}

/** Procedure Activity Procedure (V2). */
export const procedure: Entry = (fact, line) =>
  el(
    'entry',
    { typeCode: 'DRIV' },
    el(
      'procedure',
      { classCode: 'PROC', moodCode: 'EVN' },
      template('2.16.840.1.113883.10.20.22.4.14', '2014-06-09'),
      idOf(fact),
      coded('code', fact.what, line),
      said(line),
      status(
        fact.status === 'not-done' ? 'cancelled' : fact.status === 'in-progress' ? 'active' : 'completed',
      ),
      fact.until === null
        ? time('effectiveTime', fact.from)
        : interval('effectiveTime', fact.from, fact.until),
    ),
  );

/** Encounter Activity (V3). */
export const encounter: Entry = (fact, line) =>
  el(
    'entry',
    { typeCode: 'DRIV' },
    el(
      'encounter',
      { classCode: 'ENC', moodCode: 'EVN' },
      template('2.16.840.1.113883.10.20.22.4.49', '2015-08-01'),
      idOf(fact),
      coded('code', fact.what, line),
      said(line),
      interval('effectiveTime', fact.from, fact.until),
    ),
  );

/** Result Organizer (V3) around a Result Observation (V3). */
export const result: Entry = (fact, line) =>
  organizer(fact, line, {
    classCode: 'BATTERY',
    template: template('2.16.840.1.113883.10.20.22.4.1', '2015-08-01'),
    code: coded('code', fact.what, line),
    observation: template('2.16.840.1.113883.10.20.22.4.2', '2015-08-01'),
  });

/** Vital Signs Organizer (V3) around Vital Sign Observations (V2). */
export const vitalSign: Entry = (fact, line) =>
  organizer(fact, line, {
    classCode: 'CLUSTER',
    template: template('2.16.840.1.113883.10.20.22.4.26', '2015-08-01'),
    code: el(
      'code',
      { code: '46680005', codeSystem: '2.16.840.1.113883.6.96', displayName: 'Vital signs' },
      el('translation', { code: '74728-7', codeSystem: '2.16.840.1.113883.6.1', displayName: 'Vital signs' }),
    ),
    observation: template('2.16.840.1.113883.10.20.22.4.27', '2014-06-09'),
  });

interface Organized {
  readonly classCode: string;
  readonly template: Xml;
  readonly code: Xml;
  readonly observation: Xml;
}

function organizer(fact: Fact, line: string, organized: Organized): Xml {
  const several = fact.parts.filter(({ amount, said: value }) => amount !== null || value !== null);
  const parts = fact.said === null && several.length > 0 ? several : [fact];
  return el(
    'entry',
    { typeCode: 'DRIV' },
    el(
      'organizer',
      { classCode: organized.classCode, moodCode: 'EVN' },
      organized.template,
      idOf(fact, 'organizer'),
      organized.code,
      status('completed'),
      interval('effectiveTime', fact.from, fact.from),
      parts.map((part, at) =>
        el('component', {}, observationOf(fact, part, line, organized.observation, String(at))),
      ),
    ),
  );
}

function observationOf(
  fact: Fact,
  part: Pick<Fact, 'what' | 'amount' | 'said'>,
  line: string,
  templates: Xml,
  at: string,
): Xml {
  const value =
    part.amount !== null
      ? quantity(part.amount)
      : part.said === null
        ? el('value', { 'xsi:type': 'CD', nullFlavor: 'UNK' })
        : el('value', { 'xsi:type': 'ST' }, part.said);
  const { interpretation, range } = fact;
  return el(
    'observation',
    { classCode: 'OBS', moodCode: 'EVN' },
    templates,
    idOf(fact, part === fact ? '' : at),
    coded('code', part.what, line),
    said(line),
    status('completed'),
    time('effectiveTime', fact.from),
    value,
    interpretation === null ? null : fixed('interpretationCode', interpretation, 'interpretation'),
    range === null ? null : el('referenceRange', {}, el('observationRange', {}, el('text', {}, range))),
  );
}

/** Smoking Status - Meaningful Use (V2) for LOINC 72166-2, and Social History Observation (V3). */
export const social: Entry = (fact, line) => {
  const isSmoking = fact.what.coding?.code === '72166-2';
  const templates = isSmoking
    ? template('2.16.840.1.113883.10.20.22.4.78', '2014-06-09')
    : template('2.16.840.1.113883.10.20.22.4.38', '2015-08-01');
  return el('entry', { typeCode: 'DRIV' }, observationOf(fact, fact, line, templates, ''));
};
