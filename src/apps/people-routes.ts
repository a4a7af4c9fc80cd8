/** Routes by which a practice says which resource stands for somebody. */
import { PosternError } from '../base/errors.ts';
import { type Answer, jsonAnswer, type Route, type RoutedRequest } from '../base/exchange.ts';
import type { Visit } from '../gate/index.ts';
import { readJson } from './json-content.ts';
import {
  type PeopleParts,
  saidPractitioners,
  saidRelatedPersons,
  sayPractitioner,
  sayRelatedPerson,
} from './people.ts';

const DONE: Answer = { status: 204, headers: {}, body: null };

export function peopleRoutes(parts: PeopleParts): readonly Route<Visit>[] {
  return [
    {
      method: 'GET',
      path: '/staff/practitioners',
      summary: 'says which Practitioner each is who works here',
      who: 'session',
      handle: async (_request, visit) => jsonAnswer(200, { people: await saidPractitioners(parts, visit) }),
    },
    {
      method: 'GET',
      path: '/family/related-persons',
      summary: 'says which RelatedPerson each is who acts for a patient',
      who: 'session',
      handle: async ({ query }, visit) => {
        const chart = new URLSearchParams(query).get('chart') ?? '';
        return jsonAnswer(200, { people: await saidRelatedPersons(parts, visit, chart) });
      },
    },
    {
      method: 'PUT',
      path: '/staff/:account/practitioner',
      summary: 'says which Practitioner somebody is who works here',
      who: 'session',
      handle: async (request, visit) => {
        const { id } = await readAsked(request);
        await sayPractitioner(parts, visit, request.params.account ?? '', id);
        return DONE;
      },
    },
    {
      method: 'PUT',
      path: '/family/:id/related-person',
      summary: 'says which RelatedPerson somebody is who acts for a patient',
      who: 'session',
      handle: async (request, visit) => {
        const { id, chart } = await readAsked(request);
        await sayRelatedPerson(parts, visit, { grant: request.params.id ?? '', chart, id });
        return DONE;
      },
    },
  ];
}

/** `id` is null where nobody is meant any more. */
async function readAsked(request: RoutedRequest): Promise<{ id: string | null; chart: string }> {
  const { id, chart = '' } = await readJson(request);
  if ((id !== null && typeof id !== 'string') || typeof chart !== 'string') {
    throw new PosternError('invalid', 'id must be the id of a resource, or null.');
  }
  return { id, chart };
}
