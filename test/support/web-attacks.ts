/**
 * Attacks on what anyone may ask for: pages, their parts, and words about the server. Whoever asks is told
 * the same, whatever the address holds, and nothing of what is kept here.
 */
import { expect } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { type Attack, type Stage, said } from './attack-stage.ts';
import { answerToAll } from './attack-words.ts';
import { CANARIES } from './attack-world.ts';
import type { Answered } from './served-practices.ts';

const APPS = ['portal', 'desk'];
const DEPTHS = ['', '/:chart', '/:chart/:page', '/:chart/:page/:item'];

export const WEB_ATTACKS: Readonly<Record<string, Attack>> = {
  'GET /routes': async (stage) => {
    const texts = new Set<string>();
    for (const actor of stage.actors) {
      const { status, text } = await stage.ask(actor, { method: 'GET', target: '/routes' });
      expect([actor.name, status]).toEqual([actor.name, actor.hasSession ? 200 : 401]);
      if (actor.hasSession) texts.add(text);
    }
    expect([...texts]).toEqual([expect.stringContaining('/fhir/:type/:id')]);
    expect([...texts].join()).not.toMatch(CANARIES);
  },

  'GET /healthz': (stage) => saysTheSame(stage, '/healthz'),
  'GET /fhir/metadata': (stage) => saysTheSame(stage, '/fhir/metadata'),
  'GET /': (stage) => saysTheSame(stage, '/'),
  'GET /signin': (stage) => saysTheSame(stage, '/signin'),
  'GET /invited': (stage) => saysTheSame(stage, '/invited'),
  'GET /shl': (stage) => saysTheSame(stage, '/shl'),
  'GET /developers': (stage) => saysTheSame(stage, '/developers'),
  'GET /developers/:practice': (stage) => saysTheSame(stage, '/developers/elm-street'),
  'GET /recovery': (stage) => saysTheSame(stage, '/recovery'),
  'GET /account': (stage) => saysTheSame(stage, '/account'),
  ...Object.fromEntries(
    APPS.flatMap((app) =>
      DEPTHS.map((tail) => [`GET /${app}${tail}`, (stage: Stage) => page(stage, app, tail)]),
    ),
  ),
  'GET /desk/:page/:chart/documents/:item': (stage) => page(stage, 'desk', '/:page/:chart/documents/:item'),

  'GET /assets/:name': async (stage) => {
    await saysTheSame(stage, '/assets/plain-0a1b2c3d.js');
    const doctor = stage.actor('doctor');
    const absent = await stage.ask(doctor, { method: 'GET', target: '/assets/absent-0a1b2c3d.js' });
    expect(absent.status).toBe(404);
    const elsewhere = ['../package.json', '..%2Fpackage.json', '%2e%2e%2f%2e%2e%2fpackage.json', 'x%00.js'];
    for (const name of [...elsewhere, '..\\package.json', '%2Fetc%2Fpasswd', 'constructor', '__proto__']) {
      const answer = await stage.ask(doctor, { method: 'GET', target: `/assets/${name}` });
      expect([name, said(answer)]).toEqual([name, said(absent)]);
    }
  },
};

/** The page of a chart that is there, that is not there, and that is none, in one and the same words. */
async function page(stage: Stage, app: string, tail: string): Promise<void> {
  const to = (chart: string) =>
    `/${app}${tail.replace(':chart', chart).replace(':page', 'results').replace(':item', newId())}`;
  const answers: Answered[] = [];
  for (const chart of [stage.chart, newId(), 'none', '%3Cscript%3E']) {
    answers.push(await answerToAll(stage, to(chart)));
  }
  for (const answer of answers) expect(said(answer)).toEqual(said(answers[0]!));
  // One policy of ours makes one address: that of the worker that reads PDF.
  expect(answers[0]!.headers['content-security-policy']).toMatch(
    /script-src 'self';.*require-trusted-types-for 'script';.*; trusted-types postern-worker$/,
  );
}

async function saysTheSame(stage: Stage, target: string): Promise<void> {
  await answerToAll(stage, target);
}
