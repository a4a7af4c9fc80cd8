/** Partner deposits over HTTP on a real database: who leaves, lists and opens them, and who does not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '../../src/base/ids.ts';
import { loadDefinitions, validate } from '../../src/chart/index.ts';
import type { RoleName } from '../../src/gate/index.ts';
import {
  type DepositDesk,
  idOf,
  MARK,
  openDepositDesk,
  parametersIn,
  report,
  valueIn,
} from '../support/deposit-desk.ts';
import type { Answered } from '../support/served-practices.ts';

const FHIR = { 'content-type': 'application/fhir+json' };

let desk: DepositDesk;
beforeAll(async () => {
  desk = await openDepositDesk();
});
afterAll(() => desk.served.close());

describe('a partner', () => {
  test('leaves content and is told that it came; the same again is the same deposit', async () => {
    const content = report();
    const first = await desk.leave(content);
    expect([first.status, valueIn(first, 'state', 'valueCode')]).toEqual([202, 'waiting']);
    expect(first.headers.location).toBe(`https://care.example/fhir/$deposit-status?id=${idOf(first)}`);
    const again = await desk.leave(content);
    expect([again.status, again.headers, again.text]).toEqual([202, first.headers, first.text]);
    const own = await desk.status(idOf(first));
    expect([own.status, own.text]).toEqual([200, first.text]);
    expect(validate(await loadDefinitions(), JSON.parse(first.text))).toEqual([]);
    expect((await desk.waiting()).filter((id) => id === idOf(first))).toHaveLength(1);
  });

  test('that sends twice at once has left one', async () => {
    const content = JSON.stringify(report());
    const answers = await Promise.all([desk.leave(content), desk.leave(content), desk.leave(content)]);
    expect(answers.map((answer) => answer.status)).toEqual([202, 202, 202]);
    expect(new Set(answers.map(idOf)).size).toBe(1);
  });

  test('and another that send the same have left two, and know nothing of each other', async () => {
    const content = report();
    const other = await desk.served.person(desk.practice, { role: 'partner' });
    const [mine, theirs] = [await desk.leave(content), await desk.leave(content, FHIR, other)];
    expect(idOf(theirs)).not.toBe(idOf(mine));
    const absent = await desk.status(newId(), other);
    const foreign = await desk.status(idOf(mine), other);
    expect([foreign.status, foreign.headers, foreign.text]).toEqual([404, absent.headers, absent.text]);
  });

  test('is answered alike whoever the patient is, and whether or not anyone can read it', async () => {
    const contents = [report(), report({ identifier: [{ system: 'urn:mrn', value: 'nobody' }] }), '{', '\0'];
    for (const content of contents) {
      const answer = await desk.leave(content);
      const text = answer.text.replace(idOf(answer), 'ID').replace(/"\d{4}-[^"]+Z"/, 'TIME');
      expect([answer.status, text]).toEqual([
        202,
        '{"resourceType":"Parameters","parameter":[{"name":"id","valueId":"ID"},' +
          '{"name":"received","valueInstant":TIME},{"name":"state","valueCode":"waiting"}]}',
      ]);
    }
  });

  test('is told the same of what was filed and what was discarded', async () => {
    const contents = [report(), report()];
    const left = await Promise.all(contents.map((content) => desk.leave(content)));
    expect((await desk.file(idOf(left[0]!))).status).toBe(200);
    expect((await desk.discard(idOf(left[1]!))).status).toBe(204);
    const told = await Promise.all(
      left.map(async (answer) => valueIn(await desk.status(idOf(answer)), 'state', 'valueCode')),
    );
    expect(told).toEqual(['settled', 'settled']);
    // What was discarded by mistake can be sent again, and so nothing else may be told from sending it.
    const again = await Promise.all(contents.map((content) => desk.leave(content)));
    for (const [at, answer] of again.entries()) expect(idOf(answer)).not.toBe(idOf(left[at]!));
  });

  test('reads nothing: no list, no content, no record, not its own deposit', async () => {
    const id = await desk.left(report());
    const other = await desk.served.person(desk.practice, { role: 'partner' });
    for (const who of [desk.laboratory, other]) {
      const answers = [
        await desk.list('', who),
        await desk.open(id, who),
        await desk.file(id, desk.chart, who),
      ];
      answers.push(
        await desk.discard(id, undefined, who),
        await desk.served.ask(who.token, 'GET', `/fhir/Patient/${desk.chart}`),
      );
      for (const answer of answers) expect([answer.status, answer.text.includes(MARK)]).toEqual([404, false]);
    }
    const found = await desk.served.ask(other.token, 'GET', '/fhir/Patient?name=okafor');
    expect([found.status, found.json.entry]).toEqual([200, undefined]);
    expect(await desk.waiting()).toContain(id);
  });

  test('without a session, or no longer one of the practice, leaves nothing', async () => {
    expect((await desk.served.ask(null, 'POST', '/fhir/$deposit', { body: report() })).status).toBe(401);
    const former = await desk.served.person(desk.practice, { role: 'partner' });
    expect((await desk.leave(report(), FHIR, former)).status).toBe(202);
    await desk.served.gate.asJob(desk.practice, 'system-setup', 'test', async (visit) => {
      for (const { grantId } of await desk.served.gate.grants.ofAccount(visit, former.accountId)) {
        await desk.served.gate.grants.end(visit, grantId);
      }
    });
    expect((await desk.leave(report(), FHIR, former)).status).toBe(404);
  });
});

describe('content', () => {
  test.each([
    ['application/pdf', 'application/pdf'],
    ['application/json; charset=utf-8', 'application/fhir+json'],
    ['X-Application/HL7-v2+er7', 'application/hl7-v2'],
    ['application/EDI-X12', 'application/edi-x12'],
    ['application/hl7-cda+xml', 'application/hl7-cda+xml'],
  ])('of type %s is kept as %s, byte for byte', async (sent, kept) => {
    const bytes = `${newId()}\0\r\n\u0007${MARK}`;
    const id = idOf(await desk.leave(bytes, { 'content-type': sent }));
    const opened = await desk.open(id);
    expect(valueIn(opened, 'type', 'valueCode')).toBe(kept);
    const content = Buffer.from(valueIn(opened, 'content', 'valueBase64Binary') as string, 'base64');
    expect(content.toString()).toBe(bytes);
  });

  test.each(['text/html', 'application/x-msdownload', '', '__proto__', 'application/pdf2'])(
    'of type %j is refused, and the answer repeats nothing',
    async (type) => {
      const answer = await desk.leave('x', { 'content-type': type });
      expect(answer.status).toBe(415);
      if (type.length > 2) expect(answer.text).not.toContain(type === 'application/pdf2' ? 'pdf2' : type);
    },
  );

  test('that is empty, compressed or too large is refused and leaves nothing behind', async () => {
    const before = (await desk.waiting()).length;
    expect((await desk.leave('')).status).toBe(400);
    expect((await desk.leave('x', { ...FHIR, 'content-encoding': 'gzip' })).status).toBe(415);
    const told = await desk.leave('x', { ...FHIR, 'content-length': String(17 * 1024 * 1024) });
    const sent = await desk.leave('x'.repeat(16 * 1024 * 1024 + 1));
    expect([told.status, sent.status]).toEqual([413, 413]);
    expect((await desk.waiting()).length).toBe(before);
    expect((await desk.leave('y'.repeat(16 * 1024 * 1024))).status).toBe(202);
  });

  test('is not read from who may not leave any', async () => {
    let read = 0;
    const answer = await desk.served.server.handle({
      method: 'POST',
      path: '/fhir/$deposit',
      query: '',
      headers: { authorization: `Bearer ${desk.doctor.token}`, 'content-type': 'text/html' },
      address: '192.0.2.1',
      body: (async function* () {
        read += 1;
        yield Buffer.from('x');
      })(),
    });
    expect([answer.status, read]).toEqual([404, 0]);
  });
});

describe('staff', () => {
  const LISTS: readonly RoleName[] = ['nurse', 'hygienist', 'front-desk', 'billing'];
  const OPENS: readonly RoleName[] = ['doctor', 'dentist', 'psychiatrist'];
  const NOTHING: readonly RoleName[] = ['owner', 'privacy-officer'];

  test.each([...LISTS, ...OPENS])('%s: sees that it waits, from whom and since when', async (role) => {
    const id = await desk.left(report());
    const who = await desk.served.person(desk.practice, { role });
    const page = await desk.list('?_count=200', who);
    expect(page.status).toBe(200);
    const line = parametersIn(page).find(({ part }) => part?.some(({ valueId }) => valueId === id));
    expect(
      Object.fromEntries(line!.part!.map(({ name, ...value }) => [name, Object.values(value)[0]])),
    ).toEqual({
      id,
      partner: desk.laboratory.accountId,
      from: 'Someone',
      received: expect.stringMatching(/Z$/),
      type: 'application/fhir+json',
      bytes: expect.any(Number),
      state: 'waiting',
    });
    expect(page.text).not.toContain(MARK);
    expect(validate(await loadDefinitions(), JSON.parse(page.text))).toEqual([]);
  });

  test.each([...LISTS, ...NOTHING])('%s: opens, files and discards nothing', async (role) => {
    const id = await desk.left(report());
    const who = await desk.served.person(desk.practice, { role });
    const answers = [
      await desk.open(id, who),
      await desk.file(id, desk.chart, who),
      await desk.discard(id, undefined, who),
    ];
    const absent = [newId(), newId(), newId()];
    answers.push(await desk.open(absent[0]!, who), await desk.file(absent[1]!, desk.chart, who));
    answers.push(await desk.discard(absent[2]!, undefined, who));
    for (const answer of answers) expect([answer.status, answer.text]).toEqual([404, answers[0]!.text]);
    expect(await desk.waiting()).toContain(id);
  });

  test('and everyone else: patients, proxies, apps, other practices find nothing there', async () => {
    const id = await desk.left(report());
    const elsewhere = await desk.served.makePractice();
    const people = [
      await desk.served.person(desk.practice, { role: 'patient', chartId: desk.chart }),
      await desk.served.person(desk.practice, { role: 'proxy', chartId: desk.chart }),
      await desk.served.person(desk.practice, { role: 'client', chartId: desk.chart }),
      await desk.served.person(desk.practice, { role: 'owner' }),
      await desk.served.person(desk.practice),
    ];
    const absent = await desk.served.ask(people[0]!.token, 'GET', `/fhir/Patient/${newId()}`);
    for (const who of people) {
      const answers = [await desk.list('', who), await desk.open(id, who), await desk.status(id, who)];
      answers.push(await desk.leave(report(), FHIR, who), await desk.file(id, desk.chart, who));
      answers.push(await desk.discard(id, undefined, who));
      for (const answer of answers) {
        expect([answer.status, answer.headers, answer.text]).toEqual([404, absent.headers, absent.text]);
      }
    }
    const foreign = await desk.served.person(elsewhere, { role: 'doctor' });
    expect(parametersIn(await desk.list('', foreign))).toEqual([]);
    expect((await desk.open(id, foreign)).status).toBe(404);
    expect((await desk.discard(id, undefined, foreign)).status).toBe(404);
    for (const type of ['Binary', 'Bundle', 'Basic', 'Deposit']) {
      expect((await desk.served.ask(desk.doctor.token, 'GET', `/fhir/${type}/${id}`)).status).toBe(404);
    }
  });

  test('page through what waits, oldest first, each once', async () => {
    const all = await desk.waiting();
    const seen: string[] = [];
    for (let target: string | null = '?_count=3'; target !== null; ) {
      const page: Answered = await desk.list(target);
      for (const { name, part } of parametersIn(page)) {
        if (name === 'deposit') seen.push(part!.find((one) => one.name === 'id')!.valueId as string);
      }
      const next = valueIn(page, 'next', 'valueUrl') as string | undefined;
      target = next === undefined ? null : next.slice(next.indexOf('?'));
    }
    expect(seen).toEqual(all);
    expect((await desk.list('?state=x')).status).toBe(400);
    expect((await desk.list('?_count=x')).status).toBe(400);
    expect(parametersIn(await desk.list(`?_after=${newId()}`))).toEqual([]);
  });

  test('are shown whose chart it may be: by identifier, by name and birth, or not at all', async () => {
    const proposed = async (patient: object) => {
      const opened = await desk.open(idOf(await desk.leave(report(patient))));
      const part = parametersIn(opened).find(({ name }) => name === 'proposal')?.part;
      return part?.map(
        ({ valueReference, valueCode }) => valueCode ?? (valueReference as { reference: string }).reference,
      );
    };
    const name = [{ family: 'Okafor', given: ['Ada'] }];
    const mrn = (value: string) => [{ system: 'urn:mrn', value }];
    expect(await proposed({ identifier: mrn('A-17') })).toEqual([`Patient/${desk.chart}`, 'identifier']);
    expect(await proposed({ name, birthDate: '1980-05-06' })).toEqual([
      `Patient/${desk.chart}`,
      'name-and-birth-date',
    ]);
    expect(await proposed({ name, birthDate: '1980-05-07' })).toBeUndefined();
    expect(
      await proposed({ name: [{ family: 'Okafo', given: ['Ada'] }], birthDate: '1980-05-06' }),
    ).toBeUndefined();
    expect(await proposed({ identifier: mrn('A-17'), birthDate: '1999-01-01' })).toBeUndefined();
    expect(await proposed({ identifier: mrn('A-1|7,A-17') })).toBeUndefined();
    const twin = { name, birthDate: '1971-02-03' };
    await desk.served.chart(desk.practice, twin);
    expect(await proposed(twin)).toBeDefined();
    await desk.served.chart(desk.practice, twin);
    expect(await proposed(twin)).toBeUndefined();
  });
});

test('every step leaves a line, and the reason of a discard is sealed', async () => {
  const id = await desk.left(report());
  await desk.status(id);
  await desk.list('?_count=200');
  await desk.open(id);
  const nurse = await desk.served.person(desk.practice, { role: 'nurse' });
  await desk.open(id, nurse);
  await desk.discard(id, `Because of ${MARK}`);
  const { rows } = await desk.served.database.owner.query<{
    action: string;
    outcome: string;
    detail: Buffer | null;
  }>(
    `select l.action, l.outcome, l.detail
     from postern.access_line l
     where l.entries @> jsonb_build_array(jsonb_build_array(null, 'Deposit', $1::text, null))
     order by l.at`,
    [id],
  );
  expect(rows.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
    'deposit ok',
    'deposit-status ok',
    'list-deposits ok',
    'open-deposit ok',
    'open-deposit refused',
    'discard-deposit ok',
  ]);
  expect(rows.at(-1)!.detail!.includes(MARK)).toBe(false);
});
