/** Care in the `sensitive` section: problems, prescriptions, scores, laboratory work, visits, notes. */
import type { Condition, Observation } from '@medplum/fhirtypes';
import type { ChartPen } from '../chart-pen.ts';
import { DOCUMENT_TYPES, writeNote } from '../documents.ts';
import { concept, hl7 } from '../terminology.ts';
import { LabTrends } from './lab-trends.ts';
import { writePanel } from './labs.ts';
import { prescribe } from './medication-orders.ts';
import { SESSIONS, writeSessions } from './psychotherapy.ts';
import { writeScore } from './scores.ts';
import {
  OWN_NOTES,
  type SensitiveKey,
  type SensitiveProblem,
  sensitiveProblem,
} from './sensitive-problems.ts';
import { bookAhead, holdVisit, type MedicalContext } from './visit-context.ts';

export function writeSensitiveCare(context: MedicalContext): void {
  const { pen, resident, psychiatrist, doctor } = context;
  for (const key of resident.member.profile.sensitive) {
    writeCourse(context, key);
    if (!pen.random.chance(0.7)) continue;
    const clinician = sensitiveProblem(key).seenBy === 'psychiatrist' ? psychiatrist : doctor;
    bookAhead(context, clinician, pen.random.int(2, 40), 'Follow-up visit');
  }
  const sessions = SESSIONS[resident.key];
  if (sessions) writeSessions(pen, sessions, psychiatrist.key);
}

function writeCourse(context: MedicalContext, key: SensitiveKey): void {
  const { pen, resident } = context;
  const problem = sensitiveProblem(key);
  const clinician = problem.seenBy === 'psychiatrist' ? context.psychiatrist : context.doctor;
  const notes = OWN_NOTES[resident.key]?.[key] ?? problem.notes;
  const interval = 70;
  const firstDay = -notes.length * interval - pen.random.int(5, 60);
  const authored = { author: clinician.key };
  const condition = pen.write<Condition>(
    {
      resourceType: 'Condition',
      clinicalStatus: hl7('condition-clinical', key === 'chlamydia' ? 'resolved' : 'active'),
      verificationStatus: hl7('condition-ver-status', 'confirmed', 'Confirmed'),
      category: [hl7('condition-category', 'problem-list-item', 'Problem List Item')],
      code: concept('icd10', problem.code, problem.display),
      subject: pen.patient,
      onsetDateTime: pen.calendar.date(firstDay - pen.random.int(10, 60)),
      recordedDate: pen.calendar.date(firstDay),
      recorder: { reference: `Practitioner/${clinician.key}` },
    },
    authored,
  );
  for (const medicine of problem.medicines) {
    // An antibiotic does not tell by its code what it is for.
    prescribe(pen.as({ section: 'sensitive' }), medicine, {
      day: firstDay + 3,
      practitioner: clinician.key,
      reason: condition,
    });
  }
  const trends = new LabTrends(
    [key],
    resident.member.age,
    resident.member.gender === 'female',
    resident.random.fork(key),
  );
  notes.forEach((text, index) => {
    const progress = notes.length === 1 ? 0 : index / (notes.length - 1);
    writeVisit(context, { key, problem, text, day: firstDay + index * interval, progress, trends });
  });
  if (key === 'chlamydia') writeSwabs(pen.as(authored), firstDay - 6);
}

interface SensitiveVisit {
  key: SensitiveKey;
  problem: SensitiveProblem;
  text: string;
  day: number;
  progress: number;
  trends: LabTrends;
}

function writeVisit(context: MedicalContext, visit: SensitiveVisit): void {
  const { pen, resident, agenda } = context;
  const { problem, progress, day } = visit;
  const clinician = problem.seenBy === 'psychiatrist' ? context.psychiatrist : context.doctor;
  const authored = { author: clinician.key };
  for (const panel of problem.panels) {
    const isMale = resident.member.gender === 'male';
    const draw = { day: pen.calendar.workday(day - 5), elapsed: progress, isMale, orderedBy: clinician.key };
    writePanel(pen, visit.trends, panel, draw, authored);
  }
  const { encounter, slot, at } = holdVisit(context, {
    day,
    minutes: problem.seenBy === 'psychiatrist' ? 50 : 30,
    clinician,
    service: problem.seenBy === 'psychiatrist' ? 'psychiatry' : 'follow-up',
    description: 'Follow-up visit',
    reason: [problem.code, problem.display],
    isVirtual: problem.seenBy === 'psychiatrist' && pen.random.chance(0.25),
    section: 'sensitive',
  });
  const score = problem.score
    ? writeScore(pen, problem.score, progress, {
        at,
        encounter: encounter.reference,
        practitioner: clinician.key,
      })
    : null;
  const title = OWN_NOTES[resident.key] ? 'Confidential visit' : problem.reason;
  writeNote(
    pen,
    {
      title,
      type: DOCUMENT_TYPES.progressNote,
      text: `${visit.text.replace('{score}', String(score ?? ''))}\n\n${clinician.name}`,
      at: agenda.endOf(slot),
      practitioner: clinician.key,
      encounter: encounter.reference,
      labels: [problem.label],
    },
    { section: 'sensitive' },
  );
}

const SWABS = [
  [
    '21613-5',
    'Chlamydia trachomatis DNA [Presence] in Specimen by NAA with probe detection',
    'Chlamydia',
    true,
  ],
  [
    '24111-7',
    'Neisseria gonorrhoeae DNA [Presence] in Specimen by NAA with probe detection',
    'Gonorrhea',
    false,
  ],
  ['56888-1', 'HIV 1+2 Ab+HIV1 p24 Ag [Presence] in Serum or Plasma by Immunoassay', 'HIV screening', false],
] as const;

function writeSwabs(pen: ChartPen, day: number): void {
  for (const [loinc, display, name, isFound] of SWABS) {
    pen.write<Observation>({
      resourceType: 'Observation',
      status: 'final',
      category: [hl7('observation-category', 'laboratory', 'Laboratory')],
      code: concept('loinc', loinc, display, name),
      subject: pen.patient,
      effectiveDateTime: pen.calendar.instant(pen.calendar.workday(day), 11, 10),
      performer: [{ reference: 'Organization/laboratory' }],
      valueCodeableConcept: { text: isFound ? 'Detected' : 'Not detected' },
      interpretation: [
        hl7('v3-ObservationInterpretation', isFound ? 'POS' : 'NEG', isFound ? 'Positive' : 'Negative'),
      ],
    });
  }
}
