/** Signing in: a code works once, and a browser's session is a cookie that no script and no site gets at. */
import type { Told } from './outside.ts';
import { plain, type Stage } from './stage.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const CODE_SECONDS = 120;

export async function signInProbe(stage: Stage, route: string): Promise<void> {
  const offer = (content: object, headers: Readonly<Record<string, string>> = {}) =>
    stage.outside.ask(null, {
      method: 'POST',
      target: '/signin',
      headers: { ...JSON_TYPE, ...headers },
      body: JSON.stringify(content),
    });
  const code = await stage.signinCode(CODE_SECONDS);
  const first = await offer({ code });
  stage.expectRightful(route, first, 201, null);
  const again = await offer({ code });
  const unknown = await offer({ code: 'x' });
  stage.judge.expect(
    'revocation',
    again.status === 400 && plain(again) === plain(unknown),
    route,
    `A sign-in code that was used is answered ${again.status}, not as one that is none.`,
    'Take the server off the network, and find why codes work more than once.',
  );
  await cookies(stage, route, offer);
}

type Offer = (content: object, headers?: Readonly<Record<string, string>>) => Promise<Told>;

async function cookies(stage: Stage, route: string, offer: Offer): Promise<void> {
  const { judge, publicOrigin } = stage;
  const own = { origin: publicOrigin, 'sec-fetch-site': 'same-origin', 'postern-page': 'prove' };
  const asked = { code: await stage.signinCode(CODE_SECONDS), cookie: true };
  const foreign = await offer(asked, { ...own, origin: 'https://canary.invalid' });
  judge.expect(
    'cookies',
    foreign.status === 403 && foreign.headers['set-cookie'] === undefined,
    route,
    'A page of another site can sign somebody in here.',
    'Let POST /signin with a cookie be for pages of this site alone.',
  );
  const told = await offer(asked, own);
  stage.expectRightful(`${route} with a cookie`, told, 201, null);
  const fields = [told.headers['set-cookie'] ?? []].flat();
  judge.expect(
    'cookies',
    fields.length === 1,
    route,
    `A sign-in sets ${fields.length} cookies, not one.`,
    'See what between browsers and Postern adds or removes Set-Cookie fields.',
  );
  for (const field of fields) judgeCookie(stage, route, field);
  judge.expect(
    'cookies',
    !told.text.includes('"token"'),
    route,
    'The token of a browser’s session stands in the answer, where scripts read it.',
    'Answer it in the cookie alone.',
  );
}

function judgeCookie({ judge, secure }: Stage, route: string, field: string): void {
  const [pair = '', ...attributes] = field.split(';').map((part) => part.trim());
  const has = (name: string) => attributes.some((each) => each.toLowerCase() === name.toLowerCase());
  const wants: [boolean, string][] = [
    [has('HttpOnly'), 'HttpOnly'],
    [has('SameSite=Strict'), 'SameSite=Strict'],
    [has('Path=/'), 'Path=/'],
    [!attributes.some((each) => /^domain=/i.test(each)), 'no Domain'],
    ...(secure
      ? ([
          [has('Secure'), 'Secure'],
          [pair.startsWith('__Host-'), 'a name that begins with __Host-'],
        ] as [boolean, string][])
      : []),
  ];
  for (const [holds, what] of wants) {
    judge.expect(
      'cookies',
      holds,
      route,
      `The session cookie lacks ${what}.`,
      'See what between browsers and Postern changes Set-Cookie; pass it on as it is.',
    );
  }
}
