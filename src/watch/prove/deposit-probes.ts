/** Probes of deposits: a partner leaves them and gets nothing back, and patients reach none. */
import { newId } from '../../base/ids.ts';
import type { Asking } from './outside.ts';
import { CAST_WORDS, type CastName, type Probe, type Stage } from './stage.ts';
import { newCanary } from './world.ts';

const operation = (name: string, ...parameter: object[]): Asking => ({
  method: 'POST',
  target: `/fhir/${name}`,
  body: { resourceType: 'Parameters', parameter },
});

/** A deposit that waits, left by the partner. */
async function leave(stage: Stage): Promise<string> {
  const body = { resourceType: 'Basic', id: newId(), code: { text: newCanary() } };
  const told = await stage.ask('partner', { method: 'POST', target: '/fhir/$deposit', body });
  const id = /"valueId":"([^"]+)"/.exec(told.text)?.[1];
  stage.expectRightful('POST /fhir/$deposit: a partner', told, 202, id ?? '"valueId"');
  return id ?? newId();
}

/** To everybody but those who may, a deposit that waits is one that has never been. */
function depositProbe(
  asking: (id: string) => Asking,
  rightful: CastName,
  status: number,
  refused: readonly CastName[],
): Probe {
  return async (stage, route) => {
    const id = await leave(stage);
    for (const who of refused) {
      const hidden = await stage.ask(who, asking(id));
      const absent = await stage.ask(who, asking(newId()));
      stage.expectHidden(`${route}: ${CAST_WORDS[who]}`, hidden, absent, who);
    }
    stage.expectRightful(
      `${route}: ${CAST_WORDS[rightful]}`,
      await stage.ask(rightful, asking(id)),
      status,
      null,
    );
  };
}

const REASON = { name: 'reason', valueString: 'Left by postern prove' };
const byId = (id: string) => ({ name: 'id', valueId: id });
const OUTSIDERS: readonly CastName[] = ['patient', 'partner', 'foreigner'];

export const DEPOSIT_PROBES: Readonly<Record<string, Probe>> = {
  'POST /fhir/$deposit': async (stage, route) => {
    await leave(stage);
    const body = { resourceType: 'Basic', id: newId(), code: { text: 'sample' } };
    const told = await stage.ask('patient', { method: 'POST', target: '/fhir/$deposit', body });
    const sentence = `A patient who leaves a deposit is answered ${told.status}.`;
    stage.judge.expect('matrix', told.status === 404, route, sentence, 'Deposits are for partners to leave.');
  },
  'GET /fhir/$deposit-status': depositProbe(
    (id) => ({ method: 'GET', target: `/fhir/$deposit-status?id=${id}` }),
    'partner',
    200,
    ['patient', 'foreigner'],
  ),
  'GET /fhir/$deposits': async (stage, route) => {
    const id = await leave(stage);
    const asking = { method: 'GET', target: '/fhir/$deposits?_count=200' };
    stage.expectRightful(`${route}: a doctor`, await stage.ask('doctor', asking), 200, id);
    for (const who of OUTSIDERS) {
      const told = await stage.ask(who, asking);
      const sentence = `${CAST_WORDS[who]} is told of deposits.`;
      const mend = 'Take the server off the network, and see which change opened deposits.';
      stage.judge.expect('matrix', !told.text.includes(id), route, sentence, mend);
    }
  },
  'GET /fhir/$open-deposit': depositProbe(
    (id) => ({ method: 'GET', target: `/fhir/$open-deposit?id=${id}` }),
    'doctor',
    200,
    OUTSIDERS,
  ),
  'POST /fhir/$file-deposit': async (stage, route) => {
    const patient = { name: 'patient', valueReference: { reference: `Patient/${stage.world.charts.spare}` } };
    const asking = (id: string) => operation('$file-deposit', byId(id), patient);
    const id = await leave(stage);
    for (const who of OUTSIDERS) {
      const hidden = await stage.ask(who, asking(id));
      stage.expectHidden(`${route}: ${CAST_WORDS[who]}`, hidden, await stage.ask(who, asking(newId())), who);
    }
  },
  'POST /fhir/$discard-deposit': depositProbe(
    (id) => operation('$discard-deposit', byId(id), REASON),
    'doctor',
    204,
    OUTSIDERS,
  ),
};
