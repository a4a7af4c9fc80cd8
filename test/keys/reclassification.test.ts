import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ChartId, newId } from '../../src/base/ids.ts';
import { SECTIONS } from '../../src/base/section.ts';
import { CLASSIFIER_VERSION, classify, type FhirResource } from '../../src/chart/index.ts';
import { type KeptPractice, keepPractice, visitAt } from '../support/kept-practice.ts';

const NEXT = CLASSIFIER_VERSION + 1;
let kept: KeptPractice;
let chart: ChartId;
let doctor: string;
let nurse: string;
const condition = newId();
const report = newId();
const other = newId();

/** What the classifier may learn: that gardening is nobody's business. */
const rules: typeof classify = (resource, context = {}) => {
  const found = classify(resource, context);
  const closed = JSON.stringify(resource).includes('gardening');
  return closed ? { section: 'sensitive', because: 'label' } : found;
};

beforeAll(async () => {
  kept = await keepPractice();
  chart = await kept.chart({ name: [{ family: 'Hollis' }] });
  const about = { reference: `Patient/${chart}` };
  await kept.deposit(
    { resourceType: 'Condition', id: condition, subject: about, code: { text: 'Likes gardening' } },
    {
      resourceType: 'Condition',
      id: other,
      subject: about,
      code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I10' }], text: 'Hypertension' },
    },
    {
      resourceType: 'DiagnosticReport',
      id: report,
      status: 'final',
      subject: about,
      code: { text: 'Summary' },
      result: [{ reference: `Condition/${condition}` }],
    } as FhirResource & { id: string },
  );
  doctor = await kept.person('doctor');
  nurse = await kept.person('nurse');
  // An earlier version that says the word, and a standing one that does not.
  const visit = await visitAt(kept.first, doctor);
  const said = { resourceType: 'Condition', id: other, subject: about };
  await kept.first.store.update(visit, 'Condition', other, { ...said, code: { text: 'No gardening' } });
  await kept.first.store.update(visit, 'Condition', other, {
    ...said,
    code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I10' }] },
  });
});

afterAll(() => kept.close());

it('what the new rules close moves, with what cites it, and earlier versions by what they say', async () => {
  expect(await sectionsOf(condition)).toEqual(['1:clinical']);
  expect(await sectionsOf(other)).toEqual(['1:clinical', '2:clinical', '3:clinical']);
  const done = await reclassify(NEXT);
  expect(done).toMatchObject({ moved: 3 });
  expect(done.passes).toBeGreaterThan(1);
  expect(await sectionsOf(condition)).toEqual(['1:sensitive']);
  expect(await sectionsOf(report)).toEqual(['1:sensitive']);
  expect(await sectionsOf(other)).toEqual(['1:clinical', '2:sensitive', '3:clinical']);
});

it('what has moved opens for who may see the section, under its new key, and for nobody else', async () => {
  for (const server of [kept.first, kept.second]) {
    const opened = await server.store.read(await visitAt(server, doctor), 'Condition', condition);
    expect(opened?.content?.bytes().toString()).toContain('gardening');
    expect(await server.store.read(await visitAt(server, nurse), 'Condition', condition)).toBeNull();
    expect(await server.store.vread(await visitAt(server, nurse), 'Condition', other, 2)).toBeNull();
    expect(await server.store.vread(await visitAt(server, nurse), 'Condition', other, 1)).not.toBeNull();
    expect(await server.store.vread(await visitAt(server, doctor), 'Condition', other, 2)).not.toBeNull();
  }
});

it('its index rows have moved with it', async () => {
  const { rows } = await kept.database.owner.query<{ section: number }>(
    `select t.section from postern.chart_token t where t.resource_id = any($1)
     union select t.section from postern.practice_token t where t.resource_id = any($1)`,
    [[condition, report]],
  );
  expect(rows.every(({ section }) => section === SECTIONS.sensitive)).toBe(true);
  const found = async (token: string) => {
    const visit = await visitAt(kept.first, token);
    const page = await kept.first.store.search(visit, 'Condition', new URLSearchParams(`patient=${chart}`));
    return page.matches.map(({ id }) => id).sort();
  };
  expect(await found(doctor)).toEqual([condition, other].sort());
  expect(await found(nurse)).toEqual([other]);
});

it('a second run has nothing to do, and one with older rules opens nothing again', async () => {
  expect(await reclassify(NEXT)).toEqual({ passes: 0, examined: 0, moved: 0 });
  const { gate, store } = kept.first;
  const back = await gate.asJob(kept.practiceId, 'system-upkeep', 'test', (visit) =>
    store.reclassify(visit, { version: NEXT + 1 }),
  );
  expect(back.moved).toBe(0);
  expect(await sectionsOf(condition)).toEqual(['1:sensitive']);
});

it('one that was killed half-way is finished by the next', async () => {
  const late = newId();
  await kept.deposit({
    resourceType: 'Condition',
    id: late,
    subject: { reference: `Patient/${chart}` },
    code: { text: 'More gardening' },
  });
  const killed = reclassify(NEXT + 2, () => {
    throw new Error('killed');
  });
  await expect(killed).rejects.toThrow('killed');
  expect((await reclassify(NEXT + 2)).passes).toBeGreaterThan(0);
  expect(await sectionsOf(late)).toEqual(['1:sensitive']);
});

it('what is damaged stays where it is, is told, and keeps nothing else from moving', async () => {
  const about = { resourceType: 'Condition', subject: { reference: `Patient/${chart}` } } as const;
  const [bad, fine] = [newId(), newId()].sort();
  for (const id of [bad, fine])
    await kept.deposit({ ...about, id: id!, code: { text: 'Gardening, gardening' } });
  await kept.database.owner.query(
    'update postern.resource set sealed = set_byte(sealed, 90, get_byte(sealed, 90) # 1) where id = $1',
    [bad],
  );
  expect(await reclassify(NEXT + 3)).toMatchObject({ moved: 1 });
  expect([await sectionsOf(bad!), await sectionsOf(fine!)]).toEqual([['1:clinical'], ['1:sensitive']]);
  const { rows } = await kept.database.owner.query(
    "select i.chart_id from postern.incident i where i.kind = 'damaged'",
  );
  expect(rows).toEqual([{ chart_id: chart }]);
});

function reclassify(version: number, onProgress: () => void = () => undefined) {
  const { gate, store } = kept.first;
  return gate.asJob(kept.practiceId, 'system-upkeep', 'test', (visit) =>
    store.reclassify(visit, { rules, version, onProgress }),
  );
}

async function sectionsOf(id: string): Promise<string[]> {
  const { rows } = await kept.database.owner.query<{ version: number; section: number }>(
    `select r.version, r.section from postern.resource r where r.id = $1
     union all
     select r.version, r.section from postern.resource_version r where r.id = $1
     order by version`,
    [id],
  );
  const names = Object.entries(SECTIONS);
  return rows.map(({ version, section }) => `${version}:${names.find(([, code]) => code === section)![0]}`);
}
