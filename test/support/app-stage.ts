/** A served practice with people, and apps registered as an operator would. */
import { createHash, randomBytes } from 'node:crypto';
import type { Client, NewClient } from '../../src/apps/index.ts';
import type { ChartId, PracticeId } from '../../src/base/ids.ts';
import { AppPerson } from './app-person.ts';
import { freePort } from './free-port.ts';
import { type Person, type ServedOptions, type ServedPractices, servePractices } from './served-practices.ts';

export const CALLBACK = 'http://127.0.0.1:9/callback';

export interface AppStage {
  readonly served: ServedPractices;
  readonly origin: string;
  readonly base: string;
  readonly practice: PracticeId;
  readonly chart: ChartId;
  readonly otherChart: ChartId;
  readonly patient: Person;
  readonly doctor: Person;
  register(asked?: Partial<NewClient>): Promise<{ client: Client; secret: string | null }>;
  /** A browser in which that person is signed in. */
  browser(person: Partial<Person> & Pick<Person, 'token'>): AppPerson;
  /** Posts a form to an endpoint; the answer as JSON where it is. */
  form(path: string, fields: Fields, headers?: Fields): Promise<FormAnswer>;
  close(): Promise<void>;
}

export type Fields = Readonly<Record<string, string>>;

export interface FormAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly json: TokenAnswer;
}

export interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly id_token: string;
  readonly scope: string;
  readonly patient: string;
  readonly token_type: string;
  readonly expires_in: number;
  readonly error?: string;
  readonly [name: string]: unknown;
}

export async function setAppStage(options: Pick<ServedOptions, 'clock'> = {}): Promise<AppStage> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const served = await servePractices({ ...options, publicUrl: origin, port });
  const practice = await served.makePractice();
  const chart = await served.chart(practice, { name: [{ family: 'Okafor', given: ['Adaeze'] }] });
  const otherChart = await served.chart(practice, { name: [{ family: 'Stranger' }] });
  const patient = await served.person(practice, { role: 'patient', chartId: chart });
  const doctor = await served.person(practice, { role: 'doctor' });
  await served.server.listen();
  return {
    served,
    origin,
    base: `${origin}/fhir`,
    practice,
    chart,
    otherChart,
    patient,
    doctor,
    register: (asked) => registerClient(served, asked),
    browser: (person) => new AppPerson(origin, person),
    form: (path, fields, headers = {}) => postForm(`${origin}${path}`, fields, headers),
    close: () => served.close(),
  };
}

export function registerClient({ authorization, database }: ServedPractices, asked: Partial<NewClient> = {}) {
  const client: NewClient = {
    name: 'Heart Diary',
    uri: null,
    redirectUris: [CALLBACK],
    launchUri: null,
    authentication: 'none',
    dpop: false,
    backend: null,
    ...asked,
  };
  return authorization.clients.add(database.owner, client, 'postern client');
}

export async function postForm(url: string, fields: Fields, headers: Fields = {}): Promise<FormAnswer> {
  const answer = await fetch(url, { method: 'POST', headers, body: new URLSearchParams(fields) });
  const text = await answer.text();
  const isJson = (answer.headers.get('content-type') ?? '').includes('json');
  return { status: answer.status, headers: answer.headers, json: isJson ? JSON.parse(text) : {} };
}

export interface Verifier {
  readonly verifier: string;
  readonly challenge: string;
}

export function pkce(): Verifier {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/** The address to which an app sends the browser. */
export function authorizeUrl(
  { origin, base }: Pick<AppStage, 'origin' | 'base'>,
  clientId: string,
  challenge: string,
  more: Readonly<Record<string, string | null>> = {},
): string {
  const fields: Record<string, string | null> = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: CALLBACK,
    scope: 'launch/patient patient/*.rs offline_access openid fhirUser',
    state: 'st-1',
    aud: base,
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...more,
  };
  const url = new URL(`${origin}/oauth/authorize`);
  for (const [name, value] of Object.entries(fields)) if (value !== null) url.searchParams.set(name, value);
  return url.href;
}

/** A whole launch of a public app by its own hand, to the answer with tokens. */
export async function launchApp(
  stage: Pick<AppStage, 'origin' | 'base' | 'chart' | 'browser' | 'form'>,
  client: Client,
  person: Pick<Person, 'token'>,
  more: Readonly<Record<string, string | null>> = {},
  answering: Parameters<AppPerson['letIn']>[1] = {},
): Promise<FormAnswer> {
  const { verifier, challenge } = pkce();
  const url = authorizeUrl(stage, client.clientId, challenge, more);
  const back = await stage.browser(person).letIn(url, { patient: stage.chart, ...answering });
  const code = back.searchParams.get('code');
  if (code === null) throw new Error(`No code came back: ${back.href}`);
  return stage.form('/oauth/token', {
    grant_type: 'authorization_code',
    code,
    redirect_uri: CALLBACK,
    client_id: client.clientId,
    code_verifier: verifier,
  });
}
