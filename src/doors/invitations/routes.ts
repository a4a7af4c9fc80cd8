/** What is asked about invitations: by the desk, and by who brings a code. */
import type { BrowserSessions } from '../../base/browser-sessions.ts';
import { jsonAnswer, type Route } from '../../base/exchange.ts';
import type { Visit } from '../../gate/index.ts';
import { arrivalRoutes, ownRoute } from '../door-routes.ts';
import { DONE, readAsked } from '../json-exchange.ts';
import { described, type InvitationDesk } from './invitation-desk.ts';
import type { Invited } from './invited.ts';
import { letterAnswer } from './letter.ts';

export interface InvitationRouteParts {
  readonly browsers: BrowserSessions;
  readonly desk: InvitationDesk;
  readonly invited: Invited;
}

export function invitationRoutes({ browsers, desk, invited }: InvitationRouteParts): readonly Route<Visit>[] {
  const anyone = arrivalRoutes(browsers);
  return [
    ownRoute('POST', '/invitations', 'invites somebody into the practice', async (visit, request) =>
      jsonAnswer(201, described(await desk.invite(visit, await readAsked(request)))),
    ),
    ownRoute('GET', '/invitations', 'lists the invitations of the practice', async (visit, { query }) => {
      const chart = new URLSearchParams(query).get('chart');
      return jsonAnswer(200, { mails: desk.sendsMails, invitations: await desk.list(visit, chart) });
    }),
    ownRoute('DELETE', '/invitations/:id', 'takes an invitation back', async (visit, { params }) => {
      await desk.end(visit, params.id!);
      return DONE;
    }),
    ownRoute(
      'GET',
      '/invitations/:id/letter',
      'shows the letter of an invitation',
      async (visit, { params }) => letterAnswer(await desk.letter(visit, params.id!)),
    ),
    anyone('/invited', 'says what an invitation asks for', async (request, asked) =>
      jsonAnswer(200, await invited.describe(request, asked)),
    ),
    anyone('/invited/proof', 'takes the proof of an invitation', (request, asked) =>
      invited.prove(request, asked),
    ),
    ownRoute(
      'POST',
      '/invited/acceptance',
      'takes an invitation for who is signed in',
      async (visit, request) =>
        jsonAnswer(200, await invited.accept(visit, request, await readAsked(request))),
    ),
  ];
}
