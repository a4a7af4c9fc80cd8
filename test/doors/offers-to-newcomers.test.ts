/** Somebody shares a record with a relative who has no account yet: by a link, to a passkey and it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../../src/base/ids.ts';
import { BrowserVisitor } from '../support/browser-visitor.ts';
import { type MailedLinks, mailedLinks } from '../support/mailed-links.ts';
import { type Person, type ServedPractices, servePractices } from '../support/served-practices.ts';

const BORN = '1951-03-04';
let served: ServedPractices;
let mails: MailedLinks;
let practice: PracticeId;
let chart: ChartId;
let patient: Person;

beforeAll(async () => {
  served = await servePractices();
  mails = await mailedLinks(served);
  practice = await served.makePractice();
});
afterAll(async () => {
  await mails.close();
  await served.close();
});
beforeEach(async () => {
  chart = await served.chart(practice, { name: [{ text: 'cnry-Sam Rivers' }], birthDate: BORN });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
});

let networks = 0;
/** A browser at an address of its own. */
function visitor(): BrowserVisitor {
  networks += 1;
  return new BrowserVisitor(served, { address: `198.51.100.${networks}` });
}

const send = (who: Person, method: string, target: string, body?: object) =>
  served.ask(who.token, method, target, {
    headers: { 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });

interface Offer {
  readonly code: string;
  /** What stands behind the `#` of its link. */
  readonly link: string;
}

async function offer(from = patient, sections = ['clinical']): Promise<Offer> {
  const { status, text, json } = await send(from, 'POST', '/family', { chart, sections });
  expect(status, text).toBe(201);
  return { code: String(json.code), link: String(json.link).split('/invited#')[1]! };
}

const address = () => `kim-${newId().slice(0, 8)}@mail.example`;
const look = (code: string) => visitor().ask('POST', '/invited', { code });

/** From the link of the patient to that of the mail. */
async function toMail(link: string, email: string): Promise<string> {
  const asked = await visitor().ask('POST', '/invited/proof', { code: link, birthDate: BORN, email });
  expect([asked.status, asked.json]).toEqual([202, { mail: 'sent' }]);
  return (await mails.link(email, '/invited#')).split('#')[1]!;
}

const prove = (browser: BrowserVisitor, code: string, name = 'cnry-Kim Rivers') =>
  browser.ask('POST', '/invited/proof', { code, name, cookie: true });

test('leads to an address, a name, a passkey and what was shared, and to nothing before', async () => {
  const { code, link } = await offer();
  const asked = await look(link);
  expect(asked.json).toMatchObject({
    as: 'proxy',
    prove: 'patients-birth-date',
    email: 'wanted',
    name: 'known',
    practice: { name: expect.stringContaining('Practice') },
  });
  expect(asked.text).not.toMatch(/cnry|1951/);
  const email = address();
  const mailed = await toMail(link, email);
  expect((await look(mailed)).json).toMatchObject({ prove: 'nothing', email: 'known', name: 'wanted' });
  const kim = visitor();
  expect((await prove(kim, mailed, ' ')).status).toBe(422);
  expect((await prove(kim, mailed)).status).toBe(201);
  expect((await kim.ask('GET', '/session')).json).toMatchObject({ assured: false, charts: [] });
  expect((await kim.ask('GET', `/fhir/Patient/${chart}`)).status).toBe(403);
  expect((await kim.makePasskey()).status).toBe(201);
  expect((await kim.signInByPasskey()).status).toBe(201);
  expect((await kim.ask('GET', '/session')).json.charts).toEqual([
    { chart, own: false, sections: ['clinical'], opens: ['clinical'], sends: [], takes: true },
  ]);
  const { json } = await send(patient, 'GET', '/family');
  const [record] = json.records as unknown as { people: object[]; offers: object[] }[];
  expect(record!.people).toContainEqual(expect.objectContaining({ name: 'cnry-Kim Rivers', role: 'proxy' }));
  expect(record!.offers).toEqual([]);
  // It was one offer: neither its code nor its links open anything more.
  const other = await served.person(practice);
  expect((await send(other, 'POST', '/family/accept', { code })).status).toBe(404);
  for (const spent of [link, mailed]) expect((await look(spent)).status).toBe(400);
  // It ends as all that the patient gives.
  const [given] = record!.people.filter((each) => 'name' in each && each.name === 'cnry-Kim Rivers');
  expect((await send(patient, 'DELETE', `/family/${(given as { id: string }).id}`)).status).toBe(204);
  await kim.signInByPasskey();
  expect((await kim.ask('GET', `/fhir/Patient/${chart}`)).status).toBe(404);
});

test('tells whose record it is by mail, and who took it in the access log', async () => {
  const { link } = await offer();
  const mailed = await toMail(link, address());
  await served.database.owner.query('delete from postern.mail');
  expect((await prove(visitor(), mailed)).status).toBe(201);
  const { rows } = await served.database.owner.query('select kind from postern.mail order by kind');
  expect(rows.map(({ kind }) => kind)).toEqual(['invitation-used', 'proxy-given']);
  const lines = await served.database.owner.query<{ entries: string[][] }>(
    `select l.entries from postern.access_line l
     where l.action = 'invite-used' and l.entries -> 0 ->> 0 = $1`,
    [chart],
  );
  expect(lines.rows.map(({ entries }) => entries.map(([, type]) => type))).toEqual([
    ['Offer', 'Grant', 'Account'],
  ]);
});

test('whoever took the code is said to have taken it, and not to have given access', async () => {
  const { code } = await offer();
  const sister = await served.person(practice);
  expect((await send(sister, 'POST', '/family/accept', { code })).status).toBe(201);
  const { rows } = await served.database.owner.query<{ action: string; entries: string[][] }>(
    `select l.action, l.entries from postern.access_line l
     where l.account_id = $1 and l.entries::text like '%Grant%'`,
    [sister.accountId],
  );
  expect(rows.map(({ action, entries }) => [action, entries.map(([, type]) => type)])).toEqual([
    ['take-offer', ['Offer', 'Grant']],
  ]);
});

test('goes on where it was left, as the same account, and lets nobody else begin', async () => {
  const { link } = await offer();
  const [first, second] = [await toMail(link, address()), await toMail(link, address())];
  const kim = visitor();
  expect((await prove(kim, first)).status).toBe(201);
  const before = (await kim.ask('GET', '/session')).json.account;
  const again = visitor();
  expect((await prove(again, first)).status).toBe(201);
  expect((await again.ask('GET', '/session')).json.account).toEqual(before);
  expect((await kim.ask('GET', '/session')).status).toBe(401);
  expect((await prove(visitor(), second)).status).toBe(400);
});

test('is taken by whoever signs in elsewhere already, and the answer before says nothing of it', async () => {
  const { link } = await offer();
  const there = await served.makePractice();
  const known = await served.person(there, { role: 'nurse' });
  const { email } = (await served.gate.accounts.describeAccount(known.accountId))!;
  const mailed = await toMail(link, email);
  expect((await prove(visitor(), mailed)).status).toBe(409);
  const taken = await send(known, 'POST', '/invited/acceptance', { code: mailed });
  expect(taken.status, taken.text).toBe(200);
  const practices = await served.gate.accounts.practicesOf(known.accountId);
  expect(practices.map(({ practiceId }) => practiceId).sort()).toEqual([practice, there].sort());
  expect((await look(link)).status).toBe(400);
});

test('there is none where the record does not say on which day the patient was born', async () => {
  chart = await served.chart(practice, { birthDate: '1951' });
  patient = await served.person(practice, { role: 'patient', chartId: chart });
  const { json } = await send(patient, 'POST', '/family', { chart, sections: ['clinical'] });
  expect(json).toMatchObject({ code: expect.any(String), link: null });
});

describe('is worth nothing, in one answer for all,', () => {
  const spent = (act: (made: Offer) => Promise<unknown>) => async () => {
    const made = await offer();
    const mailed = await toMail(made.link, address());
    expect((await look(made.link)).status).toBe(200);
    await act(made);
    const madeUp = await look('0000-0000-0000');
    for (const code of [made.link, mailed]) {
      const answer = await look(code);
      expect([answer.status, answer.text]).toEqual([400, madeUp.text]);
      expect((await prove(visitor(), code)).status).toBe(400);
    }
  };

  test('once it is taken back', () =>
    spent(async () => {
      const { json } = await send(patient, 'GET', '/family');
      const [{ offers }] = json.records as unknown as [{ offers: { id: string }[] }];
      for (const { id } of offers) await send(patient, 'DELETE', `/family/offers/${id}`);
    })());

  test('once somebody who signs in here has typed its code', () =>
    spent(async ({ code }) => {
      const sister = await served.person(practice);
      expect((await send(sister, 'POST', '/family/accept', { code })).status).toBe(201);
    })());

  test('once a grant has ended under which it was made', () =>
    spent(() =>
      served.gate.asJob(practice, 'system-setup', 'test', async (job) => {
        for (const { grantId } of await served.gate.grantsOf(job, patient.accountId)) {
          await served.gate.endGrant(job, grantId);
        }
      }),
    )());

  test('once its row was changed by hand', () =>
    spent(() =>
      served.database.owner.query(
        `update postern.family_offer set content = replace(content, '"sections":', '"sections":1')
         where chart_id = $1`,
        [chart],
      ),
    )());

  test('and so is a link that was changed, or made of another', async () => {
    const { link } = await offer();
    const madeUp = await look('0000-0000-0000');
    for (const code of [`${link}A`, link.slice(1), `${link.slice(0, -4)}AAAA`]) {
      expect((await look(code)).text).toBe(madeUp.text);
    }
  });

  test('and of the one who gave it', async () => {
    const { link } = await offer();
    const { email } = (await served.gate.accounts.describeAccount(patient.accountId))!;
    const mailed = await toMail(link, email);
    expect((await send(patient, 'POST', '/invited/acceptance', { code: mailed })).status).toBe(400);
  });
});

test('five wrong dates hold the link, wherever they come from; the code stays', async () => {
  const { link, code } = await offer();
  const guess = (birthDate: string) =>
    visitor().ask('POST', '/invited/proof', { code: link, birthDate, email: address() });
  const answers = [];
  for (let day = 10; day < 18; day += 1) answers.push((await guess(`1951-03-${day}`)).status);
  expect(answers).toEqual([422, 422, 422, 422, 422, 429, 429, 429]);
  expect((await guess(BORN)).status).toBe(429);
  const sister = await served.person(practice);
  expect((await send(sister, 'POST', '/family/accept', { code })).status).toBe(201);
});
