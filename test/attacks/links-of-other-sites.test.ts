/** What a script of another site gets: links, which it may open, and nothing else of the server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChartId, PracticeId } from '../../src/base/ids.ts';
import { newPace } from '../support/link-pace.ts';
import { filedDocument, JSON_BODY, type Made, makeLink, opened } from '../support/link-requests.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

let served: ServedPractices;
let practice: PracticeId;
const nextAddress = newPace();
beforeAll(async () => {
  served = await servePractices();
  practice = await served.makePractice();
});
afterAll(() => served.close());

interface Sent extends Made {
  readonly chart: ChartId;
  readonly maker: Person;
}

async function sent(): Promise<Sent> {
  const chart = await served.chart(practice, { name: [{ family: 'Okafor' }] });
  const letter = await filedDocument(served, practice, chart, Buffer.from('%PDF-1.4\nwhat is sent on'));
  const maker = await served.person(practice, { role: 'proxy', chartId: chart });
  return { ...(await makeLink(served, maker, { chart, documents: [letter] })), chart, maker };
}

describe('a script of another site', () => {
  const ORIGIN = { origin: 'https://viewer.example' };
  const preflight = { ...ORIGIN, 'access-control-request-method': 'POST' };

  test('opens a link, and is told by whom that may be done', async () => {
    const { path, payload } = await sent();
    const asked = await served.ask(null, 'OPTIONS', path, {
      headers: { ...preflight, 'access-control-request-headers': 'content-type' },
    });
    expect([asked.status, asked.headers['access-control-allow-origin']]).toEqual([204, '*']);
    expect(asked.headers['access-control-allow-methods']).toBe('GET, POST');
    expect(asked.headers['access-control-allow-headers']).toBe('content-type');
    expect(asked.headers['access-control-allow-credentials']).toBeUndefined();
    const body = JSON.stringify({ recipient: 'A viewer', embeddedLengthMax: 0 });
    const answer = await served.ask(null, 'POST', path, { headers: { ...ORIGIN, ...JSON_BODY }, body });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, '*']);
    const place = new URL(String(answer.json.files![0]!.location)).pathname;
    const file = await served.ask(null, 'GET', place, { headers: ORIGIN });
    expect([file.status, file.headers['access-control-allow-origin']]).toEqual([200, '*']);
    expect((await opened(file.text, payload.key)).resourceType).toBe('DocumentReference');
    const wrong = await served.ask(null, 'POST', `/shl/${'A'.repeat(65)}`, {
      headers: { ...ORIGIN, ...JSON_BODY },
      body,
    });
    expect([wrong.status, wrong.headers['access-control-allow-origin']]).toEqual([404, '*']);
  });

  test('gets nothing else of the server, at whatever route', async () => {
    const { maker, chart } = await sent();
    const open = new Set<string>();
    for (const { method, path } of served.server.routes) {
      const target = path.replace(/:\w+/g, chart);
      for (const token of [null, maker.token]) {
        const asked = await served.ask(token, method, target, { headers: ORIGIN, address: nextAddress() });
        if (asked.headers['access-control-allow-origin'] !== undefined) open.add(`${method} ${path}`);
        expect(asked.headers['access-control-allow-credentials']).toBeUndefined();
      }
      const asked = await served.ask(null, 'OPTIONS', target, { headers: preflight });
      if (asked.headers['access-control-allow-origin'] !== undefined) open.add(`OPTIONS ${path}`);
    }
    // The same for everybody, and about nobody (ADR 0108), was open before.
    const beside = [...open].filter((route) => !/(\.well-known|\/fhir\/metadata|\/oauth\/)/.test(route));
    expect(beside.sort()).toEqual([
      'GET /shl/files/:ticket',
      'OPTIONS /shl/:link',
      'OPTIONS /shl/files/:ticket',
      'POST /shl/:link',
    ]);
  });

  test('gains nothing by a cookie that comes along, and neither does the page of links', async () => {
    const { path, maker } = await sent();
    const cookie = { cookie: `postern=${maker.token}` };
    const body = JSON.stringify({ recipient: 'x' });
    const [with_, without] = [
      await served.ask(null, 'POST', path, { headers: { ...ORIGIN, ...cookie, ...JSON_BODY }, body }),
      await served.ask(null, 'POST', path, { headers: { ...ORIGIN, ...JSON_BODY }, body }),
    ];
    expect([with_.status, Object.keys(with_.headers)]).toEqual([200, Object.keys(without.headers)]);
    const links = await served.ask(null, 'GET', '/links', { headers: { ...ORIGIN, ...cookie } });
    expect([401, 403]).toContain(links.status);
    expect(links.headers['access-control-allow-origin']).toBeUndefined();
  });
});
