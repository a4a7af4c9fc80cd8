/** Letting an app in, in a real browser: signing in on the way, choosing, and coming back to the app. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../src/apps/index.ts';
import { builtWeb } from '../../web/build/index.ts';
import { authorizeUrl, pkce, registerClient } from '../support/app-stage.ts';
import {
  axeFindings,
  findingsInAllLooks,
  launchBrowser,
  newVisitor,
  type Visitor,
} from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';
import { addAuthenticator } from '../support/virtual-authenticator.ts';

const browser = await launchBrowser();
let served: ServedPractices;
let app: Server;
let chartTool: Client;
let callback: string;
let stage: { origin: string; base: string };
let patient: Person;
let doctor: Person;
let owner: Person;
let chart: string;
const visitors: Visitor[] = [];

describe.skipIf(browser === null)('the page of consent', () => {
  beforeAll(async () => {
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    stage = { origin, base: `${origin}/fhir` };
    served = await servePractices({ publicUrl: origin, port, web: await builtWeb() });
    await served.server.listen();
    const practice = await served.makePractice();
    chart = await served.chart(practice, { name: [{ text: 'Wilhelmina Testermann' }] });
    patient = await served.person(practice, { role: 'patient', chartId: chart as never });
    doctor = await served.person(practice, { role: 'doctor' });
    owner = await served.person(practice, { role: 'owner' });
    // The app's own server; a page of another site, as far as the browser knows.
    app = createServer((_request, response) => response.end('<!doctype html><title>App</title>Thank you'));
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
    callback = `http://localhost:${(app.address() as AddressInfo).port}/callback`;
    const launchUri = callback.replace('/callback', '/launch');
    const tool = { name: 'Chart Tool', redirectUris: [callback], launchUri };
    ({ client: chartTool } = await registerClient(served, tool));
  });

  afterEach(async () => {
    for (const { context, faults } of visitors.splice(0)) {
      await context.close();
      expect(faults).toEqual([]);
    }
  });

  afterAll(async () => {
    await browser!.close();
    app.close();
    await served.close();
  });

  const begin = async (more: Readonly<Record<string, string>> = {}, locale = 'en-US') => {
    const { client } = await registerClient(served, { redirectUris: [callback] });
    const visitor = await newVisitor(browser!, stage.origin, { locale });
    visitors.push(visitor);
    const { verifier, challenge } = pkce();
    const url = authorizeUrl(stage, client.clientId, challenge, { redirect_uri: callback, ...more });
    return { client, verifier, url, ...visitor };
  };

  const newVisitorOf = async (person: Person) => {
    const visitor = await newVisitor(browser!, stage.origin);
    visitors.push(visitor);
    await signedIn(visitor.context, person);
    return visitor;
  };

  const tokenFor = async (code: string, client: string, verifier: string): Promise<string> => {
    const fields = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: callback,
      client_id: client,
      code_verifier: verifier,
    };
    const body = new URLSearchParams(fields);
    const answer = await fetch(`${stage.origin}/oauth/token`, { method: 'POST', body });
    return ((await answer.json()) as { access_token: string }).access_token;
  };

  const signedIn = async (context: Visitor['context'], { token }: Person) =>
    context.addCookies([{ name: 'postern', value: token, url: stage.origin, httpOnly: true }]);

  test('sends whoever has no session to the door and asks afterwards, in plain words', async () => {
    const { page, url } = await begin();
    await page.goto(url);
    await page.waitForURL(/\/signin\?.*return=%2Foauth%2Finteraction/);
    const code = await served.gate.accounts.signinCode(patient.accountId, 300);
    const door = page.url();
    // A code alone would not load the page anew.
    await page.goto('about:blank');
    await page.goto(`${door}#${code}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Heart Diary asks to come in' }).waitFor();
    await page.getByText('Wilhelmina Testermann').waitFor();
    expect(await findingsInAllLooks(page)).toEqual([]);
  });

  test('lets in what was left on, by keyboard alone, and goes back to the app', async () => {
    const { page, context, url, client, verifier } = await begin({
      scope: 'launch/patient patient/Patient.rs patient/Observation.rs patient/Claim.rs offline_access',
    });
    await signedIn(context, patient);
    await page.goto(url);
    await page.getByText('Wilhelmina Testermann').waitFor();
    const money = page.getByRole('checkbox', { name: /Insurance and bills/ });
    await money.focus();
    await page.keyboard.press('Space');
    expect(await money.isChecked()).toBe(false);
    await page.getByRole('button', { name: 'Let Heart Diary in' }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/localhost:\d+\/callback/);
    const back = new URL(page.url());
    expect(back.searchParams.get('state')).toBe('st-1');
    expect(back.searchParams.get('iss')).toBe(stage.origin);
    const answer = await fetch(`${stage.origin}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: back.searchParams.get('code')!,
        redirect_uri: callback,
        client_id: client.clientId,
        code_verifier: verifier,
      }),
    });
    const tokens = (await answer.json()) as { access_token: string };
    expect(tokens).toMatchObject({
      patient: chart,
      scope: 'launch/patient offline_access patient/Patient.rs patient/Observation.rs',
    });
    // The app's own page, which is of another site, asks from the browser; the browser asks first if it may.
    const read = await page.evaluate(
      async ([url, token]) => {
        const headers = { authorization: `Bearer ${token}`, prefer: 'handling=strict' };
        const told = await fetch(url!, { headers });
        return [told.status, told.headers.get('etag'), ((await told.json()) as { id: string }).id];
      },
      [`${stage.base}/Patient/${chart}`, tokens.access_token],
    );
    expect(read).toEqual([200, 'W/"1"', chart]);
  });

  test('asks for a touch before it lets something in that stays, and goes on by itself', async () => {
    // Browsers take no number for the name that passkeys belong to.
    const home = stage.origin.replace('127.0.0.1', 'localhost');
    const { page, context, url } = await begin();
    await addAuthenticator(page);
    const terms = { methods: ['link'] as const, device: null, narrowing: null };
    const { accountId } = patient;
    await page.goto(`${home}/signin#${await served.gate.accounts.signinCode(accountId, 300, terms)}`);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Make my passkey' }).click();
    await page.getByRole('button', { name: 'Sign in with it' }).click();
    await page.waitForURL(/\/portal\//);
    const { scope } = (await served.gate.admit(patient.token, null))!;
    const vouched = { methods: ['single-sign-on'] as const, device: null, narrowing: null };
    const session = { practiceId: scope.practiceId, accountId, purpose: 'sign-in', client: null };
    const token = await served.gate.openSession({ ...session, ttlSeconds: 600, terms: vouched });
    await context.addCookies([{ name: 'postern', value: token, url: home, httpOnly: true }]);
    await page.goto(url.replace(stage.origin, home));
    await page.getByText('Wilhelmina Testermann').waitFor();
    await page.getByRole('button', { name: 'Let Heart Diary in' }).click();
    await page.getByRole('button', { name: 'Confirm with my passkey' }).click();
    await page.waitForURL(/localhost:\d+\/callback\?code=/);
  });

  test('lets in for an hour what asked to stay, without a touch', async () => {
    const scope = 'launch/patient patient/Patient.rs offline_access';
    const { page, context, url, client } = await begin({ scope }, 'de-DE');
    await signedIn(context, patient);
    await page.goto(url);
    await page.getByText('Wilhelmina Testermann').waitFor();
    const stay = page.getByLabel('Wie lange?');
    await page.getByText('Sie bleibt bis dahin verbunden').waitFor();
    await stay.selectOption({ label: 'Nur eine Stunde' });
    await page.getByText('Sie wollte verbunden bleiben').waitFor();
    expect(await findingsInAllLooks(page)).toEqual([]);
    await page.getByRole('button', { name: 'Heart Diary einlassen' }).click();
    await page.waitForURL(/localhost:\d+\/callback\?code=/);
    const { rows } = await served.database.owner.query(
      "select from postern.app_consent where client_id = $1 and ends_at < now() + interval '61 minutes'",
      [client.clientId],
    );
    expect(rows).toHaveLength(1);
  });

  test('takes no for an answer, and tells the app', async () => {
    const { page, context, url } = await begin({}, 'de-DE');
    await signedIn(context, patient);
    await page.goto(url);
    await page.getByRole('button', { name: 'Nicht einlassen' }).click();
    await page.waitForURL(/localhost:\d+\/callback\?.*error=access_denied/);
  });

  test('lets staff find the patient, and says when nobody is chosen', async () => {
    const { page, context, url } = await begin({}, 'es-ES');
    await signedIn(context, doctor);
    await page.goto(url);
    await page.getByRole('button', { name: 'Dejar entrar a Heart Diary' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByRole('searchbox').fill('Testermann');
    await page.getByRole('radio', { name: /Wilhelmina Testermann/ }).click();
    await page.getByRole('button', { name: 'Dejar entrar a Heart Diary' }).click();
    await page.waitForURL(/localhost:\d+\/callback\?code=/);
  });

  test('is led to by a chart at the desk, where a registered app is opened for its patient', async () => {
    const { page, context } = await newVisitorOf(doctor);
    await page.goto(`/desk/patients/${chart}`);
    await page.getByRole('button', { name: 'Open Chart Tool' }).click();
    await page.waitForURL(/localhost:\d+\/launch\?/);
    const launched = new URL(page.url()).searchParams;
    expect(launched.get('iss')).toBe(stage.base);
    const { challenge } = pkce();
    const more = {
      redirect_uri: callback,
      scope: 'launch patient/Patient.rs',
      launch: launched.get('launch')!,
    };
    await page.goto(authorizeUrl(stage, chartTool.clientId, challenge, more));
    await page.getByText('For Wilhelmina Testermann').waitFor();
    await page.getByRole('button', { name: 'Let Chart Tool in' }).click();
    await page.waitForURL(/localhost:\d+\/callback\?code=/);
    await context.clearCookies();
  });

  test('is not the last word: people see what they let in and what it read, and end it', async () => {
    const { page, context, url, client, verifier } = await begin({
      scope: 'launch/patient patient/Patient.rs patient/Observation.rs',
    });
    await signedIn(context, patient);
    await page.goto(url);
    await page.getByRole('button', { name: 'Let Heart Diary in' }).click();
    await page.waitForURL(/localhost:\d+\/callback\?code=/);
    const token = await tokenFor(new URL(page.url()).searchParams.get('code')!, client.clientId, verifier);
    const read = () => served.ask(token, 'GET', `/fhir/Patient/${chart}`);
    expect((await read()).status).toBe(200);
    await page.goto(`${stage.origin}/account`);
    const apps = page.getByRole('region', { name: 'Connected apps' });
    const app = apps
      .getByRole('listitem')
      .filter({ has: page.getByRole('heading', { name: 'Heart Diary' }) });
    await app
      .getByText(/^Personal details: once, last on /)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Open Chart Tool' }).waitFor();
    expect(await findingsInAllLooks(page)).toEqual([]);
    await app.getByRole('button', { name: 'Let Heart Diary see less' }).first().click();
    await app.getByRole('checkbox', { name: /^Results/ }).uncheck();
    expect(await findingsInAllLooks(page)).toEqual([]);
    await app.getByRole('button', { name: 'Leave it that' }).click();
    await apps.getByText('Heart Diary may see less now.').waitFor();
    expect((await read()).status).toBe(401);
    await app.getByRole('button', { name: 'Disconnect Heart Diary' }).first().click();
    await app.getByRole('button', { name: 'Yes, disconnect it' }).click();
    await apps.getByText('Heart Diary is disconnected.').waitFor();
    expect((await read()).status).toBe(401);
  });

  test('shows the owner how many let it in and to what, who closes it and opens it again', async () => {
    const { page, context, url, client } = await begin({ scope: 'launch/patient patient/Observation.cruds' });
    await signedIn(context, patient);
    await page.goto(url);
    await page.getByRole('button', { name: 'Let Heart Diary in' }).click();
    await page.waitForURL(/localhost:\d+\/callback\?code=/);
    const { page: desk } = await newVisitorOf(owner);
    await desk.goto('/desk/apps');
    const shared = desk.getByRole('region', { name: 'Apps that people here use' });
    const app = shared.getByRole('listitem').filter({ hasText: client.name }).first();
    await app.getByText('fewer than five patients or people who act for them').waitFor();
    await app.getByText('Results').first().waitFor();
    expect(await desk.getByText('Wilhelmina').count()).toBe(0);
    expect(await axeFindings(desk)).toEqual([]);
    await app.getByRole('button', { name: 'Close Heart Diary to the practice' }).click();
    await app.getByRole('button', { name: 'Close it' }).click();
    await desk.getByText('Closed. Nobody here can let it in.').waitFor();
    await page.goto(url);
    await page.getByRole('heading', { name: 'This question is no longer open' }).waitFor();
    await shared.getByRole('button', { name: 'Open Heart Diary again' }).click();
    await desk.getByText('Open again. Each person decides anew.').waitFor();
    await page.goto(url);
    await page.getByRole('button', { name: 'Let Heart Diary in' }).waitFor();
  });

  test('is of no use in another browser, and says so', async () => {
    const { page, context, url } = await begin();
    await signedIn(context, patient);
    await page.goto(url);
    await page.getByRole('heading', { name: /asks to come in/ }).waitFor();
    const other = await newVisitor(browser!, stage.origin);
    visitors.push(other);
    await signedIn(other.context, patient);
    await other.page.goto(page.url());
    await other.page.getByRole('heading', { name: 'This question is no longer open' }).waitFor();
    await other.page.goto(`${stage.origin}/oauth/authorize?client_id=nobody&redirect_uri=https://a.example`);
    await other.page.getByRole('heading', { name: 'The app could not be let in' }).waitFor();
    expect(await findingsInAllLooks(other.page)).toEqual([]);
  });
});
