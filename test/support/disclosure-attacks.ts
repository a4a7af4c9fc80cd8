/**
 * Attacks on the disclosure desk, which anyone may use: it says the same to everybody, keeps nothing that can
 * be read, and tells of a report only to whoever holds its receipt.
 */
import { expect } from 'vitest';
import { type Attack, CANARY, said } from './attack-stage.ts';
import { answerToAll } from './attack-words.ts';
import { CANARIES } from './attack-world.ts';
import { sealed } from './report-desk.ts';

const SENT = {
  method: 'POST',
  target: '/security/reports',
  headers: { 'content-type': 'application/octet-stream' },
} as const;

const RECEIPT = /[0-9A-Z]{4}(-[0-9A-Z]{4}){2}/;

export const DISCLOSURE_ATTACKS: Readonly<Record<string, Attack>> = {
  'GET /.well-known/security.txt': async (stage) => {
    const { text } = await answerToAll(stage, '/.well-known/security.txt');
    expect(text).toMatch(/^Contact: /);
  },
  'GET /security': async (stage) => {
    await answerToAll(stage, '/security');
    const { text } = await answerToAll(stage, '/security?lang=%22%3E%3Cscript%3E');
    expect(text).not.toContain('<script>');
  },
  'GET /security/report': async (stage) => {
    await answerToAll(stage, '/security/report');
  },
  'GET /security/recipient.txt': async (stage) => {
    const { text } = await answerToAll(stage, '/security/recipient.txt');
    expect(text).toMatch(/^age1[02-9ac-hj-np-z]{58}\n$/);
  },

  'POST /security/reports': async (stage) => {
    for (const actor of stage.actors.slice(0, 4)) {
      const body = await sealed(`${CANARY} found by ${actor.name}`);
      const answer = await stage.ask(actor, { ...SENT, body });
      expect([actor.name, answer.status, answer.text]).toEqual([
        actor.name,
        201,
        expect.stringMatching(RECEIPT),
      ]);
      expect(answer.text).not.toMatch(CANARIES);
    }
    const nobody = stage.actor('nobody');
    const open = await stage.ask(nobody, { ...SENT, body: Buffer.from(`${CANARY} as it is`) });
    expect([open.status, CANARIES.test(open.text)]).toEqual([422, false]);
    const { rows } = await stage.served.database.owner.query<{ kept: string }>(
      'select string_agg(r::text, $1) as kept from postern.disclosure_report r',
      ['\n'],
    );
    expect(Buffer.from(rows[0]!.kept).includes(CANARY)).toBe(false);
  },

  'GET /security/receipt': async (stage) => {
    await answerToAll(stage, '/security/receipt');
    const sent = await stage.ask(stage.actor('nobody'), { ...SENT, body: await sealed(CANARY) });
    const receipt = RECEIPT.exec(sent.text)![0];
    const known = await answerToAll(stage, `/security/receipt?number=${receipt}`);
    expect(known.text).toMatch(/Received on/);
    const absent = await answerToAll(stage, '/security/receipt?number=0000-0000-0000');
    for (const number of [receipt.slice(0, -1), `${receipt}0`, "'%20or%20''='", '%25', '____-____-____']) {
      const { status, headers, text } = await answerToAll(stage, `/security/receipt?number=${number}`);
      expect([number, text.includes('Received on')]).toEqual([number, false]);
      expect(said({ status, headers, text: '' })).toEqual(said({ ...absent, text: '' }));
    }
  },
};
