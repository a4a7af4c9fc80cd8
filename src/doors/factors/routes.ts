/** The account's own page: passkeys, passphrase, codes. Staff and patients alike, apps never. */
import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import { type Answer, jsonAnswer, type Method, type Route, type RoutedRequest } from '../../base/exchange.ts';
import type { Visit } from '../../gate/index.ts';
import { ownRoute } from '../door-routes.ts';
import { type Asked, ceremonyIn, DONE, maybeTextIn, readAsked, textIn } from '../json-exchange.ts';
import type { AccountFactors } from './account-factors.ts';

type Change = (visit: Visit, asked: Asked, request: RoutedRequest) => Promise<Answer>;

export function factorRoutes(
  factors: AccountFactors,
  practiceName: (visit: Visit) => Promise<string>,
): readonly Route<Visit>[] {
  const change = (method: Method, path: string, summary: string, handle: Change) =>
    ownRoute(method, path, summary, async (visit, request) =>
      handle(visit, await readAsked(request), request),
    );
  return [
    ownRoute('GET', '/account/factors', 'says how one signs in', async (visit) =>
      jsonAnswer(200, await factors.overview(visit)),
    ),
    change(
      'POST',
      '/account/passkeys/options',
      'says what a browser is to make a passkey of',
      async (visit) => jsonAnswer(200, await factors.passkeyOptions(visit)),
    ),
    change('POST', '/account/passkeys', 'adds a passkey', async (visit, asked) => {
      const response = ceremonyIn<RegistrationResponseJSON>(asked);
      return jsonAnswer(
        201,
        await factors.addPasskey(visit, response, maybeTextIn(asked, 'name', 200) ?? ''),
      );
    }),
    change('PATCH', '/account/passkeys/:id', 'names a passkey', async (visit, asked, { params }) =>
      jsonAnswer(200, await factors.renamePasskey(visit, params.id!, textIn(asked, 'name', 200))),
    ),
    ownRoute('DELETE', '/account/passkeys/:id', 'removes a passkey', async (visit, { params }) => {
      await factors.removePasskey(visit, params.id!);
      return DONE;
    }),
    change('PUT', '/account/passphrase', 'sets the passphrase', async (visit, asked) => {
      const typed = textIn(asked, 'passphrase', 4096);
      const current = maybeTextIn(asked, 'current', 4096) ?? null;
      const practice = await practiceName(visit);
      const problem = await factors.setPassphrase(visit, { typed, current, practice });
      return problem === null ? DONE : jsonAnswer(422, { problem });
    }),
    ownRoute('DELETE', '/account/passphrase', 'removes passphrase and codes', async (visit) => {
      await factors.removePassphrase(visit);
      return DONE;
    }),
    change('POST', '/account/totp', 'makes a secret for an authenticator app', async (visit) =>
      jsonAnswer(200, await factors.proposeCodes(visit)),
    ),
    change('POST', '/account/totp/confirm', 'takes the app whose code it is', async (visit, asked) => {
      const [ticket, code] = [textIn(asked, 'ticket', 2000), textIn(asked, 'code', 100)];
      return jsonAnswer(200, { recoveryCodes: await factors.confirmCodes(visit, ticket, code) });
    }),
    change('POST', '/account/recovery-codes', 'makes new recovery codes', async (visit) =>
      jsonAnswer(200, { recoveryCodes: await factors.renewRecovery(visit) }),
    ),
  ];
}
