/** The medical history form, as the patient (or a parent) filled it in, and what the practice made of it. */
import type { Questionnaire, QuestionnaireResponse, QuestionnaireResponseItem } from '@medplum/fhirtypes';
import { ALLERGIES, type AllergyKey, writeAllergy } from '../allergies.ts';
import type { ChartPen, ResourceBook } from '../chart-pen.ts';
import { medicine, medicineConcept } from '../medications.ts';
import { coding, concept, hl7 } from '../terminology.ts';
import { ILLNESSES, type IllnessKey, illness } from './history-catalog.ts';

export interface HistorySpec {
  illnesses: readonly IllnessKey[];
  allergies: readonly AllergyKey[];
  smoker?: 'never' | 'former' | 'current';
  worry?: string;
}

const FORM = 'https://postern.example/form/medical-history';
const TITLE = 'Medical history';

export function writeHistoryForm(book: ResourceBook): void {
  book.add<Questionnaire>(
    null,
    {
      resourceType: 'Questionnaire',
      url: FORM,
      status: 'active',
      title: TITLE,
      subjectType: ['Patient'],
      item: [
        {
          linkId: 'illnesses',
          text: 'Have you ever had any of these?',
          type: 'group',
          item: Object.entries(ILLNESSES).map(([linkId, { question }]) => ({
            linkId,
            text: question,
            type: 'choice',
          })),
        },
        { linkId: 'medicines', text: 'Which medicines do you take?', type: 'string', repeats: true },
        { linkId: 'allergies', text: 'What are you allergic to?', type: 'string', repeats: true },
        { linkId: 'tobacco', text: 'Do you smoke or chew tobacco?', type: 'string' },
        { linkId: 'worry', text: 'Is there anything about dental care that worries you?', type: 'text' },
      ],
    },
    { key: 'medical-history-form' },
  );
}

const TOBACCO = { never: 'No, never', former: 'Not any more', current: 'Yes, most days' } as const;

function answers(spec: HistorySpec): QuestionnaireResponseItem[] {
  const text = (linkId: string, question: string, values: readonly string[]): QuestionnaireResponseItem => ({
    linkId,
    text: question,
    answer: values.map((valueString) => ({ valueString })),
  });
  const medicines = spec.illnesses.flatMap((key) =>
    illness(key).medicines.map((name) => medicine(name).product),
  );
  const items: QuestionnaireResponseItem[] = [];
  if (spec.illnesses.length > 0) {
    items.push({
      linkId: 'illnesses',
      text: 'Have you ever had any of these?',
      item: spec.illnesses.map((key) => ({
        linkId: key,
        text: illness(key).question,
        answer: [{ valueCoding: coding('icd10', illness(key).code, illness(key).display) }],
      })),
    });
  }
  items.push(text('medicines', 'Which medicines do you take?', medicines.length > 0 ? medicines : ['None']));
  const allergies = spec.allergies.map((key) => `${ALLERGIES[key].display}: ${ALLERGIES[key].reaction}`);
  items.push(
    text('allergies', 'What are you allergic to?', allergies.length > 0 ? allergies : ['Nothing I know of']),
  );
  items.push(text('tobacco', 'Do you smoke or chew tobacco?', [TOBACCO[spec.smoker ?? 'never']]));
  if (spec.worry)
    items.push(text('worry', 'Is there anything about dental care that worries you?', [spec.worry]));
  return items;
}

/** `source` is the reference of who filled the form in; `author` the key of their account. */
export function writeMedicalHistory(
  pen: ChartPen,
  spec: HistorySpec,
  when: { day: number; dentist: string; source: string; author: string },
): void {
  const { calendar } = pen;
  pen.write<QuestionnaireResponse>(
    {
      resourceType: 'QuestionnaireResponse',
      questionnaire: FORM,
      status: 'completed',
      subject: pen.patient,
      authored: calendar.instant(when.day, 8, 5 + pen.random.int(0, 40)),
      source: { reference: when.source },
      item: answers(spec),
    },
    { author: when.author },
  );
  for (const key of spec.allergies) writeAllergy(pen, key, when.day, when.dentist);
  for (const key of spec.illnesses) writeIllness(pen, key, when);
}

function writeIllness(pen: ChartPen, key: IllnessKey, when: { day: number; dentist: string }): void {
  const { code, display, question, heed, medicines } = illness(key);
  const author = { author: when.dentist };
  const reason = pen.write(
    {
      resourceType: 'Condition',
      clinicalStatus: hl7('condition-clinical', 'active', 'Active'),
      verificationStatus: hl7('condition-ver-status', 'confirmed', 'Confirmed'),
      category: [hl7('condition-category', 'problem-list-item', 'Problem List Item')],
      code: concept('icd10', code, display, key === 'hiv' ? display : question),
      subject: pen.patient,
      recordedDate: pen.calendar.date(when.day),
      note: [{ text: heed }],
    },
    author,
  );
  for (const name of medicines) {
    pen.write(
      {
        resourceType: 'MedicationStatement',
        status: 'active',
        medicationCodeableConcept: medicineConcept(name),
        subject: pen.patient,
        dateAsserted: pen.calendar.date(when.day),
        informationSource: pen.patient,
        reasonReference: [reason],
        dosage: [{ text: medicine(name).directions }],
      },
      author,
    );
  }
}
