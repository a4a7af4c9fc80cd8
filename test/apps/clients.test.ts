/** Clients that others wrote, unmodified, are launched, read, search, write and refresh over a socket. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ClientStorage, MedplumClient, MemoryStorage } from '@medplum/core';
import type { Observation, Patient } from '@medplum/fhirtypes';
import { Client as KitClient } from 'fhir-kit-client';
import FHIR from 'fhirclient';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppStage, authorizeUrl, pkce, setAppStage } from '../support/app-stage.ts';

let stage: AppStage;
let app: Server;
let home: string;
/** What the app's own server does with a request. */
let serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>;

beforeAll(async () => {
  stage = await setAppStage();
  app = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  });
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
  home = `http://127.0.0.1:${(app.address() as AddressInfo).port}`;
});
afterAll(async () => {
  app.close();
  await stage.close();
});

const SCOPE = 'launch user/*.cruds openid fhirUser offline_access';

const observation = (): Observation => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }], text: 'pulse' },
  subject: { reference: `Patient/${stage.chart}` },
  valueQuantity: { value: 72, unit: '/min' },
});

/** The desk launches an app for the chart; the address to which it sends the browser. */
async function launchFromDesk(authentication: 'none' | 'client_secret_basic') {
  const redirectUris = [`${home}/callback`];
  const launchUri = `${home}/launch`;
  const { client, secret } = await stage.register({ launchUri, redirectUris, authentication });
  const made = await stage.served.ask(stage.doctor.token, 'POST', '/launches', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client: client.clientId, patient: stage.chart }),
  });
  return { client, secret, to: String(made.json.to), launch: String(made.json.launch) };
}

test('fhirclient is launched by the desk, reads, searches, writes and refreshes', async () => {
  const kept = new Map<string, unknown>();
  const storage = {
    get: async (key: string) => kept.get(key),
    set: async (key: string, value: unknown) => void kept.set(key, value),
    unset: async (key: string) => kept.delete(key),
  };
  const { client, secret, to } = await launchFromDesk('client_secret_basic');
  const { clientId } = client;
  const clientSecret = secret!;
  serve = async (request, response) => {
    const smart = FHIR(request as never, response as never, storage as never);
    if (request.url?.startsWith('/launch')) {
      await smart.authorize({ clientId, clientSecret, scope: SCOPE, redirectUri: '/callback' });
      return;
    }
    const ready = await smart.ready();
    const { id } = (await ready.patient.read()) as Patient;
    const made = (await ready.create(observation() as never)) as unknown as Observation;
    const found = await ready.request<{ entry: unknown[] }>(`Observation?patient=${id}&code=8867-4`);
    const { access_token: before } = ready.state.tokenResponse!;
    await ready.refresh();
    const again = (await ready.request(`Observation/${made.id}`)) as unknown as Observation;
    response.end(
      JSON.stringify({
        id,
        found: found.entry.length,
        same: again.id === made.id,
        refreshed: ready.state.tokenResponse!.access_token !== before,
      }),
    );
  };
  const launched = await fetch(to, { redirect: 'manual' });
  const back = await stage.browser(stage.doctor).letIn(launched.headers.get('location')!);
  const text = await (await fetch(back)).text();
  expect(text).toMatch(/^\{/);
  expect(JSON.parse(text)).toEqual({
    id: stage.chart,
    found: 1,
    same: true,
    refreshed: true,
  });
});

test('fhir-kit-client finds the endpoints, and works with the token', async () => {
  const kit = new KitClient({ baseUrl: stage.base });
  const endpoints = await kit.smartAuthMetadata();
  expect(String(endpoints.authorizeUrl)).toBe(`${stage.origin}/oauth/authorize`);
  expect(String(endpoints.tokenUrl)).toBe(`${stage.origin}/oauth/token`);
  const { client } = await stage.register({ redirectUris: [`${home}/callback`] });
  const { verifier, challenge } = pkce();
  const url = authorizeUrl(stage, client.clientId, challenge, {
    scope: 'launch/patient patient/*.rs offline_access',
    redirect_uri: `${home}/callback`,
  });
  const back = await stage.browser(stage.patient).letIn(url, { patient: stage.chart });
  const redirect_uri = `${home}/callback`;
  const fields = { client_id: client.clientId, redirect_uri, code_verifier: verifier };
  const code = back.searchParams.get('code')!;
  const { json } = await stage.form('/oauth/token', { grant_type: 'authorization_code', code, ...fields });
  kit.bearerToken = json.access_token;
  const id = json.patient;
  expect(await kit.read({ resourceType: 'Patient', id })).toMatchObject({ id: stage.chart });
  expect(await kit.search({ resourceType: 'Observation', searchParams: { patient: id } })).toMatchObject({
    type: 'searchset',
  });
  const { json: next } = await stage.form('/oauth/token', {
    grant_type: 'refresh_token',
    refresh_token: json.refresh_token,
    client_id: client.clientId,
  });
  kit.bearerToken = next.access_token;
  expect(await kit.read({ resourceType: 'Patient', id })).toMatchObject({ id: stage.chart });
});

test('MedplumClient takes the code, reads, searches, writes, and refreshes an ended token', async () => {
  const { client, launch } = await launchFromDesk('none');
  const storage = new ClientStorage(new MemoryStorage());
  const medplum = new MedplumClient({
    storage,
    baseUrl: `${stage.origin}/`,
    fhirUrlPath: 'fhir',
    authorizeUrl: `${stage.origin}/oauth/authorize`,
    tokenUrl: `${stage.origin}/oauth/token`,
    clientId: client.clientId,
    cacheTime: 0,
    fetch,
  });
  const { verifier, challenge } = pkce();
  // Where the client keeps it from the redirect to the callback.
  storage.setString('codeVerifier', verifier);
  const url = authorizeUrl(stage, client.clientId, challenge, {
    scope: SCOPE,
    launch,
    redirect_uri: `${home}/callback`,
  });
  const back = await stage.browser(stage.doctor).letIn(url);
  await medplum.processCode(back.searchParams.get('code')!, {
    clientId: client.clientId,
    redirectUri: `${home}/callback`,
  });
  expect(await medplum.readResource('Patient', stage.chart)).toMatchObject({ id: stage.chart });
  const made = await medplum.createResource(observation());
  const sought = { patient: stage.chart, _id: made.id };
  expect(await medplum.searchResources('Observation', sought)).toHaveLength(1);
  const before = medplum.getAccessToken()!;
  await stage.served.gate.endSession(before);
  expect(await medplum.readResource('Observation', made.id)).toMatchObject({ id: made.id });
  expect(medplum.getAccessToken()).not.toBe(before);
});
