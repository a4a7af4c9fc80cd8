/** Probes of what a practice sets and keeps of files: none of the cast decides about them. */
import { newId } from '../../base/ids.ts';
import { closedProbe } from './family-probes.ts';
import type { Asking } from './outside.ts';
import { CAST_WORDS, type Probe } from './stage.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

const send = (method: string, target: string, body: object): Asking => ({
  method,
  target,
  headers: JSON_TYPE,
  body: JSON.stringify(body),
});

/** Whoever is signed in is told what the practice takes, and nothing of anybody's record. */
const toldProbe =
  (target: string): Probe =>
  async (stage, route) => {
    for (const who of ['patient', 'doctor', 'foreigner', 'partner'] as const) {
      const told = await stage.ask(who, { method: 'GET', target });
      stage.expectRightful(`${route}: ${CAST_WORDS[who]}`, told, 200, null);
      stage.expectNoLeak('matrix', route, told, who);
    }
  };

const nothing = newId();

export const RULE_PROBES: Readonly<Record<string, Probe>> = {
  'GET /practice/files': toldProbe('/practice/files'),
  'GET /files-apart': closedProbe({ method: 'GET', target: '/files-apart' }),
  'DELETE /files-apart/:id': closedProbe({ method: 'DELETE', target: `/files-apart/${nothing}` }),
  'POST /files-apart/:id/release': closedProbe(
    send('POST', `/files-apart/${nothing}/release`, { reason: 'A false alarm.' }),
  ),
  'GET /practice/retention': closedProbe({ method: 'GET', target: '/practice/retention' }),
  'PUT /practice/retention': closedProbe(send('PUT', '/practice/retention', { version: 0, rules: [] })),
  'GET /retention/due': closedProbe({ method: 'GET', target: '/retention/due' }),
  'POST /retention/due': closedProbe(
    send('POST', '/retention/due', { documents: [{ document: nothing, version: 1 }], reason: 'It is over.' }),
  ),
  'GET /holds': closedProbe({ method: 'GET', target: '/holds' }),
  'POST /holds': closedProbe(send('POST', '/holds', { chart: nothing, reason: 'A lawsuit is coming.' })),
  'POST /holds/:id/end': closedProbe(send('POST', `/holds/${nothing}/end`, { reason: 'It was settled.' })),
  'GET /files/:id/original': closedProbe({ method: 'GET', target: `/files/${nothing}/original` }),
  'DELETE /files/:id/original': closedProbe({ method: 'DELETE', target: `/files/${nothing}/original` }),
  'PUT /practice/files': closedProbe(send('PUT', '/practice/files', { version: 0 })),
};
