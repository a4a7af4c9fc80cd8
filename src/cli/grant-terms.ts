/** What a grant given at the command line says, checked before anything is opened. */
import { PosternError } from '../base/errors.ts';
import { type ChartId, type PracticeId, parseId } from '../base/ids.ts';
import { ACTIONS, maskOf, type Section, type SectionMask, sectionsIn } from '../base/section.ts';
import {
  allowedSections,
  holdsPatient,
  isRole,
  type NewGrant,
  ROLES,
  type RoleName,
  roleOf,
} from '../gate/index.ts';
import { type Invocation, instant, required, UsageError } from './command.ts';
import type { Postern } from './open-postern.ts';

/** Throws `UsageError` for terms that no practice could take; `now` is since when, where nothing is said. */
export function grantTerms(invocation: Invocation, now: Date): Omit<NewGrant, 'accountId'> {
  const role = roleNamed(required(invocation, 'role'));
  const startsAt = instant(invocation, 'from') ?? now;
  const endsAt = instant(invocation, 'until') ?? null;
  if (endsAt !== null && endsAt <= now) throw new UsageError('--until is over already');
  if (endsAt !== null && endsAt <= startsAt) throw new UsageError('--until must come after --from');
  return {
    role,
    chartId: chartNamed(invocation, role),
    sections: sectionsNamed(invocation.text('sections'), role),
    startsAt,
    endsAt,
    reason: invocation.text('reason') ?? null,
  };
}

function roleNamed(role: string): RoleName {
  if (isRole(role) && role !== 'break-glass') return role;
  const known = Object.keys(ROLES).filter((each) => each !== 'break-glass');
  throw new UsageError(`--role must be one of ${known.join(', ')}`);
}

function chartNamed(invocation: Invocation, role: RoleName): ChartId | null {
  const text = invocation.text('chart');
  const ofChart = roleOf(role).spans === 'chart';
  if (text === undefined && !ofChart) return null;
  if (text === undefined) {
    throw new UsageError(`The role ${role} is for one record: add --chart with the id of its Patient`);
  }
  if (!ofChart) throw new UsageError(`The role ${role} is for the whole practice: leave --chart out`);
  const chartId = parseId<ChartId>(text);
  if (chartId === null) throw new UsageError('--chart must be the id of a Patient');
  return chartId;
}

function sectionsNamed(text: string | undefined, role: RoleName): SectionMask | null {
  if (text === undefined) return null;
  const opened = sectionsIn(ACTIONS.reduce((mask, each) => mask | allowedSections(roleOf(role), each), 0));
  const named = text.split(/[\s,]+/).filter((each) => each !== '');
  const unknown = named.find((each) => !opened.includes(each as Section));
  if (named.length > 0 && unknown === undefined) return maskOf(...(named as Section[]));
  throw new UsageError(`--sections must be among those that the role ${role} opens: ${opened.join(', ')}`);
}

/** Throws `not-found` where no patient of the practice has that id. */
export async function checkChart(
  { database }: Postern,
  practiceId: PracticeId,
  chartId: ChartId,
): Promise<void> {
  if (await holdsPatient(database.owner, practiceId, chartId)) return;
  throw new PosternError(
    'not-found',
    'No patient of that practice has the id in --chart; the desk and FHIR show it as that of the Patient.',
  );
}
