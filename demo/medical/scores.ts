/** Questionnaires that follow a course: PHQ-9 with its nine answers, GAD-7 and AUDIT-C as totals (LOINC). */
import type { Observation } from '@medplum/fhirtypes';
import type { ChartPen } from '../chart-pen.ts';
import type { Random } from '../random.ts';
import { concept, hl7 } from '../terminology.ts';

export type ScoreKey = 'phq-9' | 'gad-7' | 'audit-c';

const SCORES = {
  'phq-9': {
    loinc: '44261-6',
    display: 'Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]',
    name: 'PHQ-9 total',
    start: 18,
    end: 4,
  },
  'gad-7': {
    loinc: '70274-6',
    display: 'Generalized anxiety disorder 7 item (GAD-7) total score [Reported.PHQ]',
    name: 'GAD-7 total',
    start: 15,
    end: 5,
  },
  'audit-c': { loinc: '75626-2', display: 'Total score [AUDIT-C]', name: 'AUDIT-C total', start: 11, end: 2 },
} as const;

/** The nine PHQ-9 items in order, by what they ask. */
const PHQ_ITEMS = [
  ['44250-9', 'Little interest or pleasure in doing things'],
  ['44255-8', 'Feeling down, depressed, or hopeless'],
  ['44259-0', 'Trouble falling or staying asleep, or sleeping too much'],
  ['44254-1', 'Feeling tired or having little energy'],
  ['44251-7', 'Poor appetite or overeating'],
  ['44258-2', 'Feeling bad about yourself'],
  ['44252-5', 'Trouble concentrating on things'],
  ['44253-3', 'Moving or speaking slowly, or being fidgety or restless'],
  ['44260-8', 'Thoughts that you would be better off dead, or of hurting yourself'],
] as const;

/** Spreads a total over nine answers of 0 to 3; the last question stays at 0. */
function answersFor(total: number, random: Random): number[] {
  const answers = PHQ_ITEMS.map(() => 0);
  for (let left = total; left > 0; ) {
    const item = random.int(0, 7);
    if ((answers[item] ?? 3) < 3) {
      answers[item] = (answers[item] ?? 0) + 1;
      left -= 1;
    }
  }
  return answers;
}

/** Writes the score of one visit and returns it; `progress` is 0 at the first visit, 1 at the last. */
export function writeScore(
  pen: ChartPen,
  key: ScoreKey,
  progress: number,
  visit: { at: string; encounter: string; practitioner: string },
): number {
  const { loinc, display, name, start, end } = SCORES[key];
  const total = Math.max(0, Math.round(start + (end - start) * progress ** 0.8 + pen.random.normal(0, 0.7)));
  const answers = key === 'phq-9' ? answersFor(total, pen.random) : [];
  const observation: Observation = {
    resourceType: 'Observation',
    status: 'final',
    category: [hl7('observation-category', 'survey', 'Survey')],
    code: concept('loinc', loinc, display, name),
    subject: pen.patient,
    encounter: { reference: visit.encounter },
    effectiveDateTime: visit.at,
    performer: [{ reference: `Practitioner/${visit.practitioner}` }],
    valueInteger: total,
  };
  if (answers.length > 0) {
    observation.component = PHQ_ITEMS.map(([code, question], index) => ({
      code: concept('loinc', code, question),
      valueInteger: answers[index] ?? 0,
    }));
  }
  pen.write<Observation>(observation, { author: visit.practitioner });
  return total;
}
