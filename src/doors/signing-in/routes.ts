/** What is asked at the door, before there is a session. */
import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { BrowserSessions } from '../../base/browser-sessions.ts';
import { type Answer, jsonAnswer, type Route, type RoutedRequest } from '../../base/exchange.ts';
import type { Visit } from '../../gate/index.ts';
import { arrivalRoutes } from '../door-routes.ts';
import type { Passkeys } from '../factors/passkeys.ts';
import { type Asked, ceremonyIn, textIn } from '../json-exchange.ts';
import type { Failures } from '../limits/failures.ts';
import { type Limits, ofNetwork } from '../limits/limits.ts';
import type { Arrivals } from './arrivals.ts';
import { type PassphraseDoor, wrong } from './passphrase-door.ts';

export interface SigningInParts {
  readonly browsers: BrowserSessions;
  readonly passkeys: Passkeys;
  readonly passphraseDoor: PassphraseDoor;
  readonly arrivals: Arrivals;
  readonly limits: Limits;
  readonly failures: Failures;
}

export function signingInRoutes(parts: SigningInParts): readonly Route<Visit>[] {
  const { browsers, passkeys, passphraseDoor, arrivals } = parts;
  const post = arrivalRoutes(browsers);
  const originOf = (request: RoutedRequest) => ({
    address: request.address,
    device: browsers.deviceOf(request),
  });
  return [
    post('/signin', 'exchanges a one-time code for a session', async (request, asked) =>
      arrivals.answer(request, asked, await arrivals.byCode(asked)),
    ),
    post('/signin/passkey/options', 'says what a browser is to ask a passkey', async () =>
      jsonAnswer(200, { options: await passkeys.signInOptions(), origin: passkeys.origin }),
    ),
    post('/signin/passkey', 'signs in with a passkey', (request, asked) => byPasskey(parts, request, asked)),
    post('/signin/passphrase', 'takes a passphrase, and asks for a code', async (request, asked) => {
      const [email, passphrase] = [textIn(asked, 'email', 254), textIn(asked, 'passphrase', 4096)];
      return jsonAnswer(200, await passphraseDoor.first(email, passphrase, originOf(request)));
    }),
    post('/signin/second', 'takes the code, and signs in', async (request, asked) => {
      const [ticket, code] = [textIn(asked, 'ticket', 2000), textIn(asked, 'code', 100)];
      const { accountId, methods } = await passphraseDoor.second(ticket, code, originOf(request));
      return arrivals.byMethods(request, asked, accountId, methods);
    }),
  ];
}

async function byPasskey(
  { passkeys, arrivals, limits, failures }: SigningInParts,
  request: RoutedRequest,
  asked: Asked,
): Promise<Answer> {
  const response = ceremonyIn<AuthenticationResponseJSON>(asked);
  const subjects = [ofNetwork(request.address)];
  await limits.take(subjects);
  const passkey = await passkeys.check(response, null);
  if (passkey === null || !(await arrivals.isWelcome(passkey.accountId))) {
    await failures.note(passkey?.accountId ?? null, 'passkey', request.address);
    throw wrong();
  }
  await limits.give(subjects);
  return arrivals.byMethods(request, asked, passkey.accountId, ['passkey']);
}
