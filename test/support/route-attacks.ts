/**
 * An attack on every route that is not about a record of the type registry: each lets the rightful in first,
 * then everybody else. Routes of records are attacked by src/watch/prove/record-ways.ts.
 */
import { expect } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import type { Asking } from '../../src/watch/index.ts';
import { ACCOUNT_ATTACKS } from './account-attacks.ts';
import { APP_ATTACKS } from './app-attacks.ts';
import { APP_REQUEST_ATTACKS } from './app-request-attacks.ts';
import { ARCHIVE_ATTACKS } from './archive-attacks.ts';
import type { Actor } from './attack-actors.ts';
import { type Attack, CANARY, type Stage, said, table } from './attack-stage.ts';
import { CANARIES } from './attack-world.ts';
import { CHART_ATTACKS } from './chart-attacks.ts';
import { MARK, report } from './deposit-desk.ts';
import { DISCLOSURE_ATTACKS } from './disclosure-attacks.ts';
import { EXPORT_ATTACKS } from './export-attacks.ts';
import { FAMILY_ATTACKS } from './family-attacks.ts';
import { FILE_ATTACKS } from './file-attacks.ts';
import { INVITATION_ATTACKS } from './invitation-attacks.ts';
import { LINK_ATTACKS } from './link-attacks.ts';
import { onlyFor } from './only-for.ts';
import { RECOVERY_ATTACKS } from './recovery-attacks.ts';
import { RULE_ATTACKS } from './rule-attacks.ts';
import { SIGN_ON_ATTACKS } from './sign-on-attacks.ts';
import { WEB_ATTACKS } from './web-attacks.ts';

/** Whether that actor may do something to the deposits of the practice under attack. */
function handles(stage: Stage, actor: Actor, word: string): boolean {
  return actor.hasSession && actor.practice === stage.practice && table.mayDeposits(actor.held, word);
}

async function leave(stage: Stage): Promise<string> {
  const body = JSON.parse(JSON.stringify(report()).replaceAll(MARK, CANARY)) as object;
  const answer = await stage.ask(stage.actor('partner'), { method: 'POST', target: '/fhir/$deposit', body });
  expect(answer.status, answer.text).toBe(202);
  return /"valueId":"([^"]+)"/.exec(answer.text)![1]!;
}

const operation = (name: string, ...parameter: object[]): Asking => ({
  method: 'POST',
  target: `/fhir/${name}`,
  body: { resourceType: 'Parameters', parameter },
});

const CODE = { method: 'POST', target: '/signin', headers: { 'content-type': 'application/json' } };

export const ROUTE_ATTACKS: Readonly<Record<string, Attack>> = {
  ...WEB_ATTACKS,
  ...ACCOUNT_ATTACKS,
  ...INVITATION_ATTACKS,
  ...RECOVERY_ATTACKS,
  ...APP_REQUEST_ATTACKS,
  ...DISCLOSURE_ATTACKS,
  ...APP_ATTACKS,
  ...FAMILY_ATTACKS,
  ...FILE_ATTACKS,
  ...RULE_ATTACKS,
  ...ARCHIVE_ATTACKS,
  ...LINK_ATTACKS,
  ...SIGN_ON_ATTACKS,

  'POST /signin': async (stage) => {
    const { served } = stage;
    const { account } = stage.actor('doctor');
    const nobody = stage.actor('nobody');
    const offer = (code: string, practice?: string) =>
      stage.ask(nobody, { ...CODE, body: JSON.stringify({ code, practice }) });
    const code = () => served.gate.accounts.signinCode(account as never, 60);
    const right = await code();
    expect((await offer(right)).status).toBe(201);
    const refused = [await offer(right), await offer('x'), await offer(`${(await code()).slice(0, -1)}!`)];
    const foreign = await served.keychain.createPractice(served.database.owner, {
      slug: 'away',
      name: CANARY,
    });
    expect(foreign).toBeDefined();
    refused.push(await offer(await code(), 'away'), await offer(await code(), 'nowhere'));
    for (const answer of refused) expect(said(answer)).toEqual(said(refused[0]!));
    expect([refused[0]!.status, refused[0]!.text.includes(CANARY)]).toEqual([400, false]);
  },

  'GET /session': async (stage) => {
    for (const actor of stage.actors) {
      const answer = await stage.ask(actor, { method: 'GET', target: '/session' });
      expect([actor.name, answer.status]).toEqual([actor.name, actor.hasSession ? 200 : 401]);
      for (const other of stage.actors) {
        const own = actor.hasSession && other === actor;
        expect([other.name, answer.text.includes(other.account)]).toEqual([other.name, own]);
      }
      expect(answer.text).not.toMatch(CANARIES);
    }
  },

  'DELETE /session': async (stage) => {
    const { served, practice } = stage;
    const [leaving, staying] = [await served.person(practice), await served.person(practice)];
    const ends = (token: string | null) => served.ask(token, 'DELETE', '/session');
    const live = async (token: string) => (await served.ask(token, 'GET', '/session')).status;
    const second = await served.gate.openSession({
      practiceId: practice,
      accountId: leaving.accountId,
      purpose: 'sign-in',
      client: null,
      ttlSeconds: 60,
    });
    expect((await ends(leaving.token)).status).toBe(204);
    expect([await live(leaving.token), await live(second), await live(staying.token)]).toEqual([
      401, 200, 200,
    ]);
    for (const token of [leaving.token, staying.token.replace(/.$/, '!'), null]) {
      expect((await ends(token)).status).toBe(401);
    }
    expect(await live(staying.token)).toBe(200);
  },

  'POST /fhir/Patient/:id/$break-glass': async (stage) => {
    const reason = { name: 'reason', valueString: 'Unconscious at the door.' };
    const clinicians = ['dentist', 'doctor', 'psychiatrist', 'hygienist', 'nurse'];
    const may = ({ name }: Actor) =>
      [...clinicians, 'another psychiatrist', 'a nurse who broke the glass'].includes(name);
    const asking = (id: string) => operation(`Patient/${id}/$break-glass`, reason);
    await onlyFor(stage, may, asking, 200, async () => stage.chart);
  },

  ...CHART_ATTACKS,
  ...EXPORT_ATTACKS,

  'POST /fhir/$deposit': async (stage) => {
    const may = (actor: Actor) => handles(stage, actor, 'leave');
    const asking = (id: string): Asking => ({
      method: 'POST',
      target: '/fhir/$deposit',
      body: { resourceType: 'Basic', id, code: { text: CANARY } },
    });
    await onlyFor(stage, may, asking, 202, async () => newId());
  },

  'GET /fhir/$deposit-status': async (stage) => {
    const asking = (id: string): Asking => ({ method: 'GET', target: `/fhir/$deposit-status?id=${id}` });
    await onlyFor(
      stage,
      ({ name }) => name === 'partner',
      asking,
      200,
      () => leave(stage),
    );
  },

  'GET /fhir/$deposits': async (stage) => {
    const id = await leave(stage);
    const asking: Asking = { method: 'GET', target: '/fhir/$deposits?_count=200' };
    for (const actor of stage.actors) {
      const answer = await stage.ask(actor, asking);
      const may = handles(stage, actor, 'list');
      expect([actor.name, answer.text.includes(id)]).toEqual([actor.name, may]);
      expect(answer.text).not.toMatch(CANARIES);
    }
    expect(stage.actors.filter((actor) => handles(stage, actor, 'list')).length).toBeGreaterThan(3);
  },

  'GET /fhir/$open-deposit': async (stage) => {
    const asking = (id: string): Asking => ({ method: 'GET', target: `/fhir/$open-deposit?id=${id}` });
    await onlyFor(
      stage,
      (actor) => handles(stage, actor, 'open'),
      asking,
      200,
      () => leave(stage),
    );
  },

  'POST /fhir/$file-deposit': async (stage) => {
    const patient = { name: 'patient', valueReference: { reference: `Patient/${stage.chart}` } };
    const asking = (id: string) => operation('$file-deposit', { name: 'id', valueId: id }, patient);
    await onlyFor(
      stage,
      (actor) => handles(stage, actor, 'file'),
      asking,
      200,
      () => leave(stage),
    );
  },

  'POST /fhir/$discard-deposit': async (stage) => {
    const reason = { name: 'reason', valueString: 'Meant for another practice' };
    const asking = (id: string) => operation('$discard-deposit', { name: 'id', valueId: id }, reason);
    await onlyFor(
      stage,
      (actor) => handles(stage, actor, 'discard'),
      asking,
      204,
      () => leave(stage),
    );
  },
};
