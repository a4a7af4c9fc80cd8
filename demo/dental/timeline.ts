/** When a dental patient came, comes and for what. Pure planning; nothing is written here. */
import type { Random } from '../random.ts';
import { type ServiceKey, service } from './fee-schedule.ts';
import type { Mouth, Treatment } from './mouth.ts';

export type VisitKind = 'new-patient' | 'recall' | 'scaling' | 'maintenance' | 'treatment' | 'emergency';

export interface PlannedVisit {
  kind: VisitKind;
  day: number;
  treatments: Treatment[];
  services: ServiceKey[];
  /** Who works: the patient's dentist or the hygienist. */
  by: 'dentist' | 'hygienist';
}

export function minutesOf(visit: PlannedVisit): number {
  const keys = [...visit.services, ...visit.treatments.map((treatment) => treatment.service)];
  return Math.min(
    120,
    keys.reduce((sum, key) => sum + service(key).minutes, 0),
  );
}

function checkUp(
  kind: 'new-patient' | 'recall' | 'maintenance',
  day: number,
  ageYears: number,
  films: boolean,
): PlannedVisit {
  const services: ServiceKey[] = [kind === 'new-patient' ? 'exam-comprehensive' : 'exam-periodic'];
  if (kind === 'maintenance') services.push('perio-maintenance');
  else services.push(ageYears < 14 ? 'prophylaxis-child' : 'prophylaxis-adult');
  if (films && ageYears > 5) services.push('bitewings');
  if (ageYears < 16) services.push('fluoride-varnish');
  return { kind, day, treatments: [], services, by: kind === 'new-patient' ? 'dentist' : 'hygienist' };
}

/** Visits so far, oldest first; all on negative days. */
export function pastVisits(mouth: Mouth, ageYears: number, random: Random): PlannedVisit[] {
  const isGumDisease = mouth.kind === 'gum-disease';
  const interval = isGumDisease ? 120 : 183;
  const known = Math.min(random.int(340, 680), Math.max(120, (ageYears - 2) * 300));
  const visits: PlannedVisit[] = [checkUp('new-patient', -known, ageYears, true)];
  if (isGumDisease) {
    for (const offset of [14, 24]) {
      const services: ServiceKey[] = ['scaling-root-planing', 'scaling-root-planing'];
      visits.push({ kind: 'scaling', day: -known + offset, treatments: [], services, by: 'hygienist' });
    }
  }
  let count = 1;
  for (let day = -known + interval; day < -6; day += interval + random.int(-12, 20)) {
    visits.push(checkUp(isGumDisease ? 'maintenance' : 'recall', day, ageYears, count % 2 === 0));
    count += 1;
  }
  visits.push(...treatmentVisits(mouth, -known, random));
  return visits.filter((visit) => visit.day < -2).sort((a, b) => a.day - b.day);
}

/** Later steps on the same tooth wait: a crown three weeks for the root canal, longer for an implant. */
function treatmentVisits(mouth: Mouth, firstDay: number, random: Random): PlannedVisit[] {
  const visits: PlannedVisit[] = [];
  const pace = Math.floor((-firstDay - 40) / (mouth.done.length + 1));
  mouth.done.forEach((treatment, index) => {
    let day = firstDay + 14 + index * pace + random.int(0, Math.floor(pace / 3));
    const before = visits.findLast((visit) => visit.treatments[0]?.tooth === treatment.tooth);
    if (before) day = Math.min(-4, before.day + (treatment.service === 'implant-crown' ? 130 : 21));
    if (treatment.service.startsWith('root-canal')) {
      visits.push({
        kind: 'emergency',
        day: day - 3,
        treatments: [{ service: 'exam-problem', tooth: treatment.tooth, reason: 'pain' }],
        services: ['periapical'],
        by: 'dentist',
      });
    }
    visits.push({ kind: 'treatment', day, treatments: [treatment], services: [], by: 'dentist' });
  });
  return visits;
}

/** What is booked: the next treatment first, then the next check-up. */
export function comingVisits(mouth: Mouth, ageYears: number, index: number, random: Random): PlannedVisit[] {
  const visits: PlannedVisit[] = [];
  const next = mouth.planned[0];
  if (next) {
    visits.push({
      kind: 'treatment',
      day: random.int(1, 16),
      treatments: [next],
      services: [],
      by: 'dentist',
    });
  }
  const isThisWeek = index % 3 === 0 && !next;
  const kind = mouth.kind === 'gum-disease' ? 'maintenance' : 'recall';
  if (isThisWeek || random.chance(0.7)) {
    visits.push(
      checkUp(kind, isThisWeek ? random.int(0, 4) : random.int(24, 170), ageYears, random.chance(0.4)),
    );
  }
  return visits;
}
