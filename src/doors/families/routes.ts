/** What is asked about families, staff, reviews and what a practice sets. Everything needs a session. */
import { notFound, PosternError } from '../../base/errors.ts';
import { jsonAnswer, type Route, type RoutedRequest } from '../../base/exchange.ts';
import type { AccountId, ChartId, GrantId } from '../../base/ids.ts';
import { administers, isFamilyRole, type PracticeSettings, type Visit } from '../../gate/index.ts';
import { ownRoute } from '../door-routes.ts';
import { type Asked, DONE, readAsked, textIn } from '../json-exchange.ts';
import { idIn, sectionsIn, untilIn } from './asked.ts';
import { assertInPerson, Family } from './family.ts';
import type { SharingParts } from './family-parts.ts';
import { REVIEWED, type Reviewed, reviewGrants } from './reviews.ts';
import { Staff } from './staff.ts';

export function familyRoutes(parts: SharingParts): readonly Route<Visit>[] {
  return [...ofFamily(parts), ...ofStaff(parts), ...ofPractice(parts)];
}

function ofFamily(parts: SharingParts): Route<Visit>[] {
  const family = new Family(parts);
  return [
    ownRoute(
      'GET',
      '/family',
      'says who can see a record, and whose are open to whoever asks',
      async (visit, r) => {
        const chart = new URLSearchParams(r.query).get('chart');
        return jsonAnswer(200, await family.describe(visit, chart === null ? null : idIn<ChartId>(chart)));
      },
    ),
    ownRoute(
      'POST',
      '/family',
      'gives somebody access to a record, or offers it by a code',
      async (visit, r) => {
        const asked = await readAsked(r);
        const chartId = idIn<ChartId>(asked.chart);
        const access = { sections: sectionsIn(asked), until: untilIn(asked) };
        if (asked.role !== undefined) {
          const id = await family.register(visit, { ...access, chartId, ...registered(asked) });
          return jsonAnswer(201, { id });
        }
        if (asked.account === undefined) return jsonAnswer(201, await family.offer(visit, chartId, access));
        return jsonAnswer(201, {
          id: await family.give(visit, chartId, idIn<AccountId>(asked.account), access),
        });
      },
    ),
    ownRoute('POST', '/family/accept', 'takes what a code offers', async (visit, r) => {
      return jsonAnswer(201, { id: await family.accept(visit, textIn(await readAsked(r), 'code', 40)) });
    }),
    ownRoute('DELETE', '/family/offers/:offer', 'takes an offer back', async (visit, { params }) => {
      assertInPerson(visit);
      const taken = await parts.gate.offers.takeBack(visit, idIn<GrantId>(params.offer));
      return taken ? DONE : gone();
    }),
    ownRoute(
      'PATCH',
      '/family/:grant',
      'changes what somebody is given, and until when',
      async (visit, r) => {
        const asked = await readAsked(r);
        const access = { sections: sectionsIn(asked), until: untilIn(asked) };
        return jsonAnswer(200, { id: await family.change(visit, idIn<GrantId>(r.params.grant), access) });
      },
    ),
    ownRoute('DELETE', '/family/:grant', 'ends what somebody was given', async (visit, { params }) => {
      await family.end(visit, idIn<GrantId>(params.grant));
      return DONE;
    }),
  ];
}

function registered(asked: Asked) {
  const role = textIn(asked, 'role', 20);
  const reason = textIn(asked, 'reason', 500);
  if (!isFamilyRole(role)) throw new PosternError('invalid', 'role must be parent, guardian or carer.');
  if (reason.trim().length < 5) throw new PosternError('invalid', 'Say in reason what you were shown.');
  return { role, reason, email: textIn(asked, 'email', 254) };
}

function ofStaff(parts: SharingParts): Route<Visit>[] {
  const staff = new Staff(parts);
  const account = ({ params }: RoutedRequest) => idIn<AccountId>(params.account);
  return [
    ownRoute('GET', '/staff', 'lists who works here, and as what', async (visit) =>
      jsonAnswer(200, await staff.list(visit)),
    ),
    ownRoute(
      'POST',
      '/staff/:account/roles',
      'gives a role, or changes one into another',
      async (visit, r) => {
        const asked = await readAsked(r);
        const { instead } = asked;
        const id = await staff.give(visit, account(r), {
          role: textIn(asked, 'role', 40),
          until: untilIn(asked),
          instead: instead === undefined || instead === null ? null : idIn<GrantId>(instead),
        });
        return jsonAnswer(201, { id });
      },
    ),
    ownRoute('DELETE', '/staff/:account/roles/:grant', 'ends a role', async (visit, r) => {
      await staff.end(visit, account(r), idIn<GrantId>(r.params.grant));
      return DONE;
    }),
    ownRoute(
      'POST',
      '/staff/:account/leave',
      'ends everything that somebody holds here',
      async (visit, r) => {
        const { keepOwnRecord } = await readAsked(r);
        await staff.leave(visit, account(r), keepOwnRecord === true);
        return DONE;
      },
    ),
    ownRoute(
      'GET',
      '/reviews/grants',
      'says who can reach what, since when, and when they last did',
      async (visit, r) => {
        const query = new URLSearchParams(r.query);
        const of = query.get('of') ?? 'staff';
        if (!Object.hasOwn(REVIEWED, of)) {
          throw new PosternError('invalid', `of must be one of ${Object.keys(REVIEWED).join(', ')}.`);
        }
        return jsonAnswer(200, await reviewGrants(parts, visit, of as Reviewed, query.get('after')));
      },
    ),
  ];
}

function ofPractice({ gate }: SharingParts): Route<Visit>[] {
  const told = ({ setAt: _, ...settings }: Awaited<ReturnType<typeof gate.settings.of>>) => settings;
  return [
    ownRoute('GET', '/practice/settings', 'says what the practice has set', async ({ scope }) =>
      jsonAnswer(200, told(await gate.settings.of(scope.practiceId))),
    ),
    ownRoute('PUT', '/practice/settings', 'sets it anew', async (visit, r) => {
      assertInPerson(visit);
      if (!administers(visit.scope)) return gone();
      const { version, ...settings } = await readAsked(r);
      await gate.assertFresh(visit);
      if (typeof version !== 'number' || !Number.isInteger(version) || version < 0) {
        throw new PosternError('invalid', 'version must be the one that GET told.');
      }
      const set = await gate.settings.set(visit, settings as unknown as PracticeSettings, version);
      return jsonAnswer(200, told(set));
    }),
  ];
}

function gone(): never {
  throw notFound();
}
