/** Probes of families, staff, reviews and what a practice sets: nobody reaches what is not theirs to keep. */
import { newId } from '../../base/ids.ts';
import type { Asking } from './outside.ts';
import { CAST_WORDS, type CastName, type Probe, plain } from './stage.ts';
import type { Place } from './world.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

const send = (method: string, target: string, body: object): Asking => ({
  method,
  target,
  headers: JSON_TYPE,
  body: JSON.stringify(body),
});

/** Who asks for which chart that is not theirs to give. */
const STRANGERS: readonly (readonly [CastName, Place])[] = [
  ['patient', 'other'],
  ['patient', 'elsewhere'],
  ['doctor', 'other'],
  ['doctor', 'elsewhere'],
  ['foreigner', 'other'],
];

/** What names a chart is answered like one that has never been; the patient is let in to the own. */
function chartProbe(asking: (chart: string) => Asking, rightful: number | null): Probe {
  return async (stage, route) => {
    for (const [who, place] of STRANGERS) {
      const where = `${route}: ${CAST_WORDS[who]}, ${place}`;
      const hidden = await stage.ask(who, asking(stage.world.charts[place]));
      stage.expectHidden(where, hidden, await stage.ask(who, asking(newId())), who);
      expectRefused(stage, where, hidden.status);
    }
    if (rightful === null) return;
    const told = await stage.ask('patient', asking(stage.world.charts.own));
    stage.expectRightful(`${route}: a patient`, told, rightful, null);
    stage.expectNoLeak('matrix', route, told, 'patient');
  };
}

/** What none of those who ask may do: one answer, whoever asks. */
export function closedProbe(asking: Asking): Probe {
  return async (stage, route) => {
    const answers = new Set<string>();
    for (const who of ['patient', 'doctor', 'billing', 'foreigner', 'partner'] as const) {
      const told = await stage.ask(who, asking);
      answers.add(plain(told));
      expectRefused(stage, `${route}: ${CAST_WORDS[who]}`, told.status);
      stage.expectNoLeak('matrix', route, told, who);
    }
    const sentence = 'It answers one session differently from another.';
    stage.judge.expect('noninterference', answers.size === 1, route, sentence, MEND);
  };
}

const MEND = 'Find which change let it through: grants are given, ended and reviewed by nobody else.';

function expectRefused({ judge }: Parameters<Probe>[0], where: string, status: number): void {
  judge.expect('matrix', status === 404, where, `It answers ${status} to who may not.`, MEND);
}

const FAMILY_BODY = { sections: ['clinical'], until: '2199-01-01T00:00:00Z' };
const nothing = newId();

export const FAMILY_PROBES: Readonly<Record<string, Probe>> = {
  'GET /family': chartProbe((chart) => ({ method: 'GET', target: `/family?chart=${chart}` }), 200),
  'POST /family': chartProbe((chart) => send('POST', '/family', { chart, ...FAMILY_BODY }), null),
  'POST /family/accept': closedProbe(send('POST', '/family/accept', { code: '0000-0000-0000' })),
  'DELETE /family/offers/:offer': closedProbe({ method: 'DELETE', target: `/family/offers/${nothing}` }),
  'PATCH /family/:grant': closedProbe(send('PATCH', `/family/${nothing}`, FAMILY_BODY)),
  'DELETE /family/:grant': closedProbe({ method: 'DELETE', target: `/family/${nothing}` }),
  'GET /staff': closedProbe({ method: 'GET', target: '/staff' }),
  'POST /staff/:account/roles': closedProbe(send('POST', `/staff/${nothing}/roles`, { role: 'owner' })),
  'DELETE /staff/:account/roles/:grant': closedProbe({
    method: 'DELETE',
    target: `/staff/${nothing}/roles/${nothing}`,
  }),
  'GET /staff/practitioners': closedProbe({ method: 'GET', target: '/staff/practitioners' }),
  'GET /family/related-persons': closedProbe({
    method: 'GET',
    target: `/family/related-persons?chart=${nothing}`,
  }),
  'PUT /staff/:account/practitioner': closedProbe(
    send('PUT', `/staff/${nothing}/practitioner`, { id: null }),
  ),
  'PUT /family/:id/related-person': closedProbe(
    send('PUT', `/family/${nothing}/related-person`, { chart: nothing, id: null }),
  ),
  'POST /staff/:account/leave': closedProbe(send('POST', `/staff/${nothing}/leave`, {})),
  'GET /reviews/grants': closedProbe({ method: 'GET', target: '/reviews/grants' }),
  'GET /practice/settings': async (stage, route) => {
    const target = '/practice/settings';
    for (const who of ['patient', 'doctor', 'foreigner', 'partner'] as const) {
      const told = await stage.ask(who, { method: 'GET', target });
      stage.expectRightful(`${route}: ${CAST_WORDS[who]}`, told, 200, null);
      stage.expectNoLeak('matrix', route, told, who);
    }
  },
  'PUT /practice/settings': closedProbe(send('PUT', '/practice/settings', { version: 0 })),
};
