/** Walks a resource once and stops at the first coding or word of a sensitive topic. */
import { type FhirResource, isObject, type JsonObject } from '../fhir-resource.ts';
import { CodeIndex } from './code-index.ts';
import { decodedText, plainText } from './plain-text.ts';
import { TermScan } from './term-scan.ts';
import type { Topic, TopicSet } from './value-set.ts';

/** Elements that name people, places and machines' business rather than say something about a patient. */
const PASSED_OVER = new Set(
  `resourceType id meta implicitRules language url system version contentType size hash creation linkId
   identifier family given telecom address photo signature contact communication maritalStatus status
   intent use mode priority currency rank sequence serviceProvider managingOrganization custodian insurer
   payor`.split(/\s+/),
);

/** What the desk books by: it says no more than the practitioner who takes part. */
const PASSED_OVER_IN_VISITS = new Set(['serviceCategory', 'serviceType', 'specialty', 'appointmentType']);
const VISITS = new Set(['Appointment', 'AppointmentResponse']);

/** A reference to one of these names somebody or some place; its display is a name. */
const WHO = 'Patient|Practitioner|PractitionerRole|RelatedPerson|Person|Device|Coverage';
const WHERE = 'Organization|Location|HealthcareService';
const WHO_AND_WHERE = new RegExp(`(?:^|/)(?:${WHO}|${WHERE})[/?]`);

/** Text that a note may be attached as; other content is for whoever reads the file. */
const TEXT = /^\s*(?:text\/|application\/(?:[a-z0-9.+-]*\+)?(?:json|rtf|xml|xhtml))/i;

const NEGATIVE_CODES = new Set(['N', 'no', 'No', 'LA32-8', '373067005']);
const NEGATIVE_TEXT = /^\s*(?:no|none|never|nein|keine|nunca|ninguno)\s*\.?\s*$/i;

export class TopicSearch {
  readonly #codes: CodeIndex;
  readonly #terms: TermScan;

  constructor(sets: readonly TopicSet[]) {
    this.#codes = new CodeIndex(sets);
    this.#terms = new TermScan(sets);
  }

  find(resource: FhirResource): Topic | null {
    return this.#inObject(resource, VISITS.has(resource.resourceType));
  }

  #inValue(value: unknown, visit: boolean): Topic | null {
    if (typeof value === 'string') return this.#inText(value);
    if (Array.isArray(value)) {
      for (const item of value) {
        const topic = this.#inValue(item, visit);
        if (topic !== null) return topic;
      }
      return null;
    }
    return isObject(value) ? this.#inObject(value, visit) : null;
  }

  #inObject(value: JsonObject, visit: boolean): Topic | null {
    const special = this.#special(value);
    if (special !== null) return special;
    const silent = isQuestion(value) && !answered(value.answer);
    const named = typeof value.reference === 'string' && WHO_AND_WHERE.test(value.reference);
    for (const key in value) {
      if (PASSED_OVER.has(key) || (visit && PASSED_OVER_IN_VISITS.has(key))) continue;
      // A code is looked up with its system, a reference is followed by whoever resolves it, data is decoded.
      if (key === 'code' || key === 'reference' || key === 'data') {
        if (typeof value[key] === 'string') continue;
      }
      if ((silent && key === 'text') || (named && key === 'display')) continue;
      // An answer that says nothing may still have questions beneath it that were answered.
      const child = silent && key === 'answer' ? itemsOf(value.answer) : value[key];
      if (typeof child !== 'string' && typeof child !== 'object') continue;
      // A name in parts is a person's; a name in one piece may be that of a group of patients.
      if (key === 'name' && typeof child === 'object') continue;
      const topic = this.#inValue(child, visit);
      if (topic !== null) return topic;
    }
    return null;
  }

  #inText(text: string): Topic | null {
    if (text.length < 3) return null;
    const topic = this.#terms.find(text);
    if (topic !== null) return topic;
    const plain = plainText(text);
    return plain === null ? null : this.#terms.find(plain);
  }

  /** What an object says by more than its words: a coding, an attached text, a question known by its code. */
  #special(value: JsonObject): Topic | null {
    const { code, system, data, linkId, questionnaire, valueCode } = value;
    if (typeof code === 'string') {
      const topic = this.#codes.topicOf(typeof system === 'string' ? system : undefined, code);
      if (topic !== null) return topic;
    }
    if (typeof valueCode === 'string') {
      const topic = this.#codes.topicOf(undefined, valueCode);
      if (topic !== null) return topic;
    }
    const contentType = String(value.contentType);
    if (typeof data === 'string' && TEXT.test(contentType)) {
      const topic = this.#inText(decodedText(Buffer.from(data, 'base64'), contentType));
      if (topic !== null) return topic;
    }
    if (typeof linkId === 'string') return this.#codes.topicOfLoincIn(linkId);
    return typeof questionnaire === 'string' ? this.#codes.topicOfLoincIn(questionnaire) : null;
  }
}

function isQuestion(value: JsonObject): boolean {
  return typeof value.linkId === 'string';
}

/**
 * Whether a question of a form was answered with anything but no. A health history asks everyone about HIV
 * and pregnancy: the question, unanswered or answered with no, says nothing of the patient who got it.
 */
function answered(answers: unknown): boolean {
  if (!Array.isArray(answers)) return false;
  return answers.some((answer) => isObject(answer) && !isNegative(answer));
}

function itemsOf(answers: unknown): unknown[] {
  return Array.isArray(answers) ? answers.map((answer) => (isObject(answer) ? answer.item : undefined)) : [];
}

function isNegative(answer: JsonObject): boolean {
  if (answer.valueBoolean === false) return true;
  const coding = answer.valueCoding;
  if (isObject(coding)) return NEGATIVE_CODES.has(String(coding.code));
  return typeof answer.valueString === 'string' && NEGATIVE_TEXT.test(answer.valueString);
}
