/**
 * Lines of the access log as a person reads them: who came, when, and what was looked at. Lines of one person
 * that follow one another closely are one visit.
 */
import type { AuditEvent } from '@medplum/fhirtypes';

export interface AccessVisit {
  readonly id: string;
  /** Null for the practice's own programs, and for who is there no more. */
  readonly who: string | null;
  /** In person; what an app of theirs did is not. */
  readonly isYou: boolean;
  /** Whether an app looked, which that person let in. */
  readonly byApp: boolean;
  /** Whether it was opened by a link: then `who` is what somebody said, who has no account. */
  readonly byLink: boolean;
  /** First and last line, as instants. */
  readonly from: string;
  readonly to: string;
  readonly kind: 'looked' | 'changed';
  /** How many resources of each type, the most first. */
  readonly types: readonly (readonly [type: string, count: number])[];
  /** Whose access it was about, besides their own. */
  readonly people: readonly string[];
}

const CLOSE_MS = 30 * 60_000;
/** Entries that say how much is in a zip of a whole record, and name nothing that was looked at. */
const COUNTS: ReadonlySet<string> = new Set(['ArchiveResources', 'ArchiveFiles']);

/** Visits, newest first, of events that come newest first. Those that were refused opened nothing. */
export function accessVisits(events: readonly AuditEvent[], ownAccount: string): AccessVisit[] {
  const open: { events: AuditEvent[]; key: string; since: number }[] = [];
  const latest = new Map<string, (typeof open)[number]>();
  for (const event of events) {
    if ((event.outcome ?? '0') !== '0' || event.entity === undefined) continue;
    // Who was given access is told by itself, and not among everything that was written then.
    const key = `${whoOf(event)} ${kindOf(event)} ${isOfApp(event)} ${isAboutAccess(event)}`;
    const at = Date.parse(event.recorded!);
    const visit = latest.get(key);
    if (visit !== undefined && visit.since - at <= CLOSE_MS) {
      visit.events.push(event);
      visit.since = at;
    } else {
      const begun = { events: [event], key, since: at };
      latest.set(key, begun);
      open.push(begun);
    }
  }
  return open.map((visit) => visitOf(visit.events, ownAccount));
}

function visitOf(events: readonly AuditEvent[], ownAccount: string): AccessVisit {
  const newest = events[0]!;
  const seen = new Set(
    events.flatMap(
      ({ entity }) =>
        entity?.flatMap(({ what }) => (what?.reference ? [addressOf(what.reference)] : [])) ?? [],
    ),
  );
  const counts = new Map<string, number>();
  for (const address of seen) {
    const type = address.split('/')[0]!;
    if (COUNTS.has(type)) continue;
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return {
    id: newest.id!,
    who: newest.agent?.[0]?.name ?? null,
    isYou: accountOf(newest) === ownAccount && !isOfApp(newest),
    byApp: isOfApp(newest),
    byLink: isByLink(newest),
    from: events.at(-1)!.recorded!,
    to: newest.recorded!,
    kind: kindOf(newest),
    types: [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])),
    people: [...new Set(events.flatMap((event) => peopleIn(event, ownAccount)))],
  };
}

/**
 * Names of those whom a line is about, but for whoever it says did it and whoever reads it; who is there no
 * more has none.
 */
export function peopleIn({ agent, entity }: AuditEvent, reader?: string): string[] {
  const known = [agent?.[0]?.who?.identifier?.value, reader];
  const about = entity?.filter(({ what }) => !known.includes(what?.identifier?.value)) ?? [];
  return [...new Set(about.flatMap(({ what }) => (what?.identifier && what.display) || []))];
}

/** Without the version: the same thing seen twice was one thing. */
function addressOf(reference: string): string {
  return reference.split('/').slice(0, 2).join('/');
}

/** Whoever opened a link has no account; two who say that they are others are two. */
function whoOf(event: AuditEvent): string {
  return isByLink(event) ? `by a link: ${event.agent?.[0]?.name ?? ''}` : accountOf(event);
}

function isByLink({ subtype }: AuditEvent): boolean {
  return subtype?.[0]?.code === 'link-open';
}

function accountOf({ agent }: AuditEvent): string {
  return agent?.[0]?.who?.identifier?.value ?? '';
}

/** The purpose of a session that an app got by a person's consent. */
function isOfApp({ purposeOfEvent }: AuditEvent): boolean {
  return purposeOfEvent?.[0]?.text === 'app';
}

/** Giving and ending access runs something (`E`), as looking does, and changes who reaches the record. */
const CHANGES = new Set([
  'grant',
  'end-grant',
  'take-offer',
  'invite',
  'invite-used',
  'invite-end',
  'link-make',
  'link-end',
]);

function isAboutAccess({ subtype }: AuditEvent): boolean {
  return CHANGES.has(subtype?.[0]?.code?.split(':')[0] ?? '');
}

function kindOf(event: AuditEvent): 'looked' | 'changed' {
  if (isAboutAccess(event)) return 'changed';
  const { action } = event;
  return action === 'C' || action === 'U' || action === 'D' ? 'changed' : 'looked';
}
