/** Addresses of one's own account, and the language of its mails. */
import { jsonAnswer, type Route } from '../../base/exchange.ts';
import type { Visit } from '../../gate/index.ts';
import { ownRoute } from '../door-routes.ts';
import { DONE, readAsked } from '../json-exchange.ts';
import type { OwnAddresses } from './own-addresses.ts';

export function addressRoutes(addresses: OwnAddresses): readonly Route<Visit>[] {
  const told = async (visit: Visit) => jsonAnswer(200, await addresses.describe(visit));
  return [
    ownRoute('GET', '/account/addresses', 'says where mails about the account go', told),
    ownRoute(
      'POST',
      '/account/addresses',
      'sends a link to an address of one’s own',
      async (visit, request) => {
        await addresses.propose(visit, request, await readAsked(request));
        return jsonAnswer(202, { mail: 'sent' });
      },
    ),
    ownRoute(
      'POST',
      '/account/addresses/confirm',
      'takes the link that came there',
      async (visit, request) => {
        await addresses.confirm(visit, await readAsked(request));
        return told(visit);
      },
    ),
    ownRoute('POST', '/account/addresses/:id/first', 'makes an address the first', async (visit, request) => {
      await readAsked(request);
      await addresses.makeFirst(visit, request.params.id!);
      return told(visit);
    }),
    ownRoute('DELETE', '/account/addresses/:id', 'removes an address', async (visit, { params }) => {
      await addresses.remove(visit, params.id!);
      return DONE;
    }),
    ownRoute(
      'PUT',
      '/account/language',
      'says in which language mails are written',
      async (visit, request) => {
        await addresses.setLanguage(visit, await readAsked(request));
        return DONE;
      },
    ),
  ];
}
