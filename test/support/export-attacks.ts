/** Attacks on exports: who may take records out, of whom, and whose an export is once it is made. */
import { expect } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import type { Asking } from '../../src/watch/index.ts';
import type { Actor } from './attack-actors.ts';
import { type Attack, type Stage, said } from './attack-stage.ts';
import { CANARIES } from './attack-world.ts';
import { onlyFor } from './only-for.ts';
import type { Answered } from './served-practices.ts';

const ASYNC = { prefer: 'respond-async' };

function kickOff(method: 'GET' | 'POST', target: string): Asking {
  const body = { resourceType: 'Parameters' };
  return method === 'GET' ? { method, target, headers: ASYNC } : { method, target, headers: ASYNC, body };
}

/** Those who may pass on all charts, or run the practice. */
const TAKERS = ['owner', 'dentist', 'doctor', 'psychiatrist', 'another psychiatrist'];
const takes = ({ name }: Actor) => TAKERS.includes(name);
/** And whoever may pass on a chart, or is such a one elsewhere: they get what is theirs. */
const takesSomething = (actor: Actor) =>
  takes(actor) ||
  ['patient', 'proxy', 'parent', 'guardian', 'a doctor of another practice'].includes(actor.name);

const wide =
  (method: 'GET' | 'POST', target: string): Attack =>
  (stage) =>
    onlyFor(
      stage,
      takesSomething,
      () => kickOff(method, target),
      202,
      async () => newId(),
    );

const named =
  (method: 'GET' | 'POST', target: (id: string) => string, made: (stage: Stage) => Promise<string>): Attack =>
  (stage) =>
    onlyFor(
      stage,
      takes,
      (id) => kickOff(method, target(id)),
      202,
      () => made(stage),
    );

async function group({ served, practice, chart }: Stage): Promise<string> {
  const id = newId();
  const member = [{ entity: { reference: `Patient/${chart}` } }];
  await served.deposit(practice, { resourceType: 'Group', id, type: 'person', actual: true, member });
  return id;
}

interface Made {
  readonly location: string;
  readonly file: string;
}

/** A finished export of the doctor's. */
async function make(stage: Stage): Promise<Made> {
  const begun = await stage.ask(stage.actor('doctor'), kickOff('GET', '/fhir/Patient/$export?_type=Patient'));
  expect(begun.status).toBe(202);
  const location = new URL(begun.headers['content-location']!).pathname;
  while (await stage.served.work());
  const done = await stage.ask(stage.actor('doctor'), { method: 'GET', target: location });
  expect(done.status, done.text).toBe(200);
  return { location, file: new URL(String(done.json.output![0]!.url)).pathname };
}

/** To everybody but the doctor it is an export that has never been. */
async function hiddenFromOthers(stage: Stage, asking: Asking, absent: Asking): Promise<void> {
  for (const actor of stage.actors) {
    if (actor.name === 'doctor') continue;
    const answer = await stage.ask(actor, asking);
    expect([actor.name, said(answer)]).toEqual([actor.name, said(await stage.ask(actor, absent))]);
    expect([actor.name, answer.status]).toEqual([actor.name, actor.hasSession ? 404 : 401]);
    expect(`${answer.text}${JSON.stringify(answer.headers)}`).not.toMatch(CANARIES);
  }
}

const owned =
  (of: (made: Made) => Asking, absent: () => Asking, judge: (answer: Answered) => void): Attack =>
  async (stage) => {
    const made = await make(stage);
    await hiddenFromOthers(stage, of(made), absent());
    judge(await stage.ask(stage.actor('doctor'), of(made)));
    const nobody = { method: 'GET', target: made.file };
    expect((await stage.served.ask(null, 'GET', `${nobody.target}?token=x`)).status).toBe(401);
  };

export const EXPORT_ATTACKS: Readonly<Record<string, Attack>> = {
  'GET /fhir/$export': wide('GET', '/fhir/$export'),
  'POST /fhir/$export': wide('POST', '/fhir/$export'),
  'GET /fhir/Patient/$export': wide('GET', '/fhir/Patient/$export'),
  'POST /fhir/Patient/$export': wide('POST', '/fhir/Patient/$export'),
  'GET /fhir/Patient/:id/$export': named(
    'GET',
    (id) => `/fhir/Patient/${id}/$export`,
    async ({ chart }) => chart,
  ),
  'POST /fhir/Patient/:id/$export': named(
    'POST',
    (id) => `/fhir/Patient/${id}/$export`,
    async ({ chart }) => chart,
  ),
  'GET /fhir/Group/:id/$export': named('GET', (id) => `/fhir/Group/${id}/$export`, group),
  'POST /fhir/Group/:id/$export': named('POST', (id) => `/fhir/Group/${id}/$export`, group),
  'GET /bulk/:job': owned(
    ({ location }) => ({ method: 'GET', target: location }),
    () => ({ method: 'GET', target: `/bulk/${newId()}` }),
    (answer) => expect(answer.status).toBe(200),
  ),
  'GET /bulk/:job/:file': owned(
    ({ file }) => ({ method: 'GET', target: file }),
    () => ({ method: 'GET', target: `/bulk/${newId()}/${newId()}` }),
    (answer) => expect([answer.status, CANARIES.test(answer.text)]).toEqual([200, true]),
  ),
  'DELETE /bulk/:job': owned(
    ({ location }) => ({ method: 'DELETE', target: location }),
    () => ({ method: 'DELETE', target: `/bulk/${newId()}` }),
    (answer) => expect(answer.status).toBe(202),
  ),
};
