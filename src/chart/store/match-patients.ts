/**
 * Who is meant by what is known of somebody (https://hl7.org/fhir/R4/patient-operation-match.html): patients
 * within reach, found by their numbers, birth and names through the index, and scored. Whoever is not in
 * reach is not there.
 */
import { PosternError } from '../../base/errors.ts';
import type { ResourceId } from '../../base/ids.ts';
import type { Visit } from '../../gate/index.ts';
import type { LineEntry } from '../../ledger/index.ts';
import { type FhirResource, isObject, valuesAt } from '../fhir-resource.ts';
import { type Grade, gradeOf, likeness } from '../likeness.ts';
import { skimResource } from '../resource-json.ts';
import { parseSearch } from '../search/search-plan.ts';
import { fold } from '../search/text-fold.ts';
import { collectPage } from './collect-hits.ts';
import { Damage, noteDamage } from './damage.ts';
import { Budget, type Hit } from './search-run.ts';
import { askingInVisit, lineOf, type StoreContext } from './store-context.ts';
import type { Stored } from './stored.ts';

export interface PatientMatch {
  readonly stored: Stored;
  /** From 0 to 1. */
  readonly score: number;
  readonly grade: Grade;
}

export interface PatientMatches {
  readonly matches: readonly PatientMatch[];
  /** Whether some who may be meant do not open and are left out; an incident says so. */
  readonly incomplete: boolean;
}

/** Patients that one of the searches looks at. */
const CANDIDATES = 200;
/** Values of one kind that are searched for. */
const MOST_VALUES = 5;

/**
 * The likeliest first, at most `count`; with `onlyCertain`, the one who is certain, or nobody. Throws
 * `invalid` where nothing is known that people are found by. Authority: `read`; the line names who is given
 * back.
 */
export async function matchPatients(
  context: StoreContext,
  visit: Visit,
  patient: FhirResource,
  { count, onlyCertain }: { count: number; onlyCertain: boolean },
): Promise<PatientMatches> {
  const searches = searchesFor(patient);
  if (searches.length === 0) {
    throw new PosternError('invalid', 'Say a name, a date of birth, a phone number or an identifier.', {
      expression: ['Parameters.parameter.resource'],
    });
  }
  const damage = new Damage();
  const { found, scope } = await askingInVisit(context, visit, async (asking, current) => {
    const hits = new Map<ResourceId, Hit>();
    const run = { context, tx: asking, visit: current, budget: new Budget(), damage, trusting: false };
    for (const search of searches) {
      const query = new URLSearchParams([search, ['_count', String(CANDIDATES)]]);
      const plan = parseSearch('Patient', query, { now: context.clock.now(), ownBases: context.ownBases });
      for (const hit of await collectPage(run, { plan, links: [] })) hits.set(hit.row.id, hit);
    }
    return { found: [...hits.values()], scope: current.scope };
  });
  const scored = found
    .flatMap(({ row, stored }) => {
      const score = likeness(patient, skimResource(stored.content!.bytes().toString()));
      const grade = gradeOf(score);
      return grade === null
        ? []
        : [{ row, match: { stored, score: Math.round(score * 1000) / 1000, grade } }];
    })
    .sort((one, other) => other.match.score - one.match.score || (one.row.id < other.row.id ? -1 : 1));
  const certain = scored.filter(({ match }) => match.grade === 'certain');
  // Among those who do not open there may be another who is certain.
  const only = certain.length === 1 && !damage.met ? certain : [];
  const given = onlyCertain ? only : scored.slice(0, count);
  const entries = given.map(
    ({ row, match }): LineEntry => [row.chart_id, 'Patient', row.id, match.stored.version],
  );
  await context.lines.write(lineOf({ ...visit, scope }, 'match', entries));
  if (damage.met) await noteDamage(context, scope.practiceId, damage);
  return { matches: given.map(({ match }) => match), incomplete: damage.met };
}

/** What finds whoever could be meant; the score says how likely each is. */
function searchesFor(patient: FhirResource): [name: string, value: string][] {
  const texts = (path: string) =>
    valuesAt(patient, path)
      .filter((value): value is string => typeof value === 'string' && value.trim() !== '')
      .slice(0, MOST_VALUES);
  const searches: [string, string][] = [];
  for (const identifier of valuesAt(patient, 'identifier').slice(0, MOST_VALUES)) {
    if (!isObject(identifier) || typeof identifier.value !== 'string' || identifier.value === '') continue;
    const system = typeof identifier.system === 'string' ? `${escaped(identifier.system)}|` : '';
    searches.push(['identifier', `${system}${escaped(identifier.value)}`]);
  }
  const [birth] = texts('birthDate');
  if (birth !== undefined && /^\d{4}(-\d\d(-\d\d)?)?$/.test(birth)) searches.push(['birthdate', birth]);
  for (const telecom of valuesAt(patient, 'telecom').slice(0, MOST_VALUES)) {
    if (!isObject(telecom) || typeof telecom.value !== 'string' || telecom.value.trim() === '') continue;
    searches.push([telecom.system === 'email' ? 'email' : 'phone', escaped(telecom.value)]);
  }
  // Names are misspelt at their ends more often than at their beginnings.
  for (const family of texts('name.family')) searches.push(['family', escaped(beginningOf(family))]);
  for (const given of texts('name.given')) searches.push(['given', escaped(beginningOf(given))]);
  return searches.filter(([, value]) => value !== '');
}

function beginningOf(name: string): string {
  return fold(name).slice(0, 3).trim();
}

/** What separates alternatives stands for itself. */
function escaped(text: string): string {
  return text.replace(/[\\,|$]/g, '\\$&');
}
