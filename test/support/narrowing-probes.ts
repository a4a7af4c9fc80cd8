/** Probes of what narrows an app's session to types: tables of records and of the index, and functions. */
import { newId } from '../../src/base/ids.ts';
import { type Grounds, insertion, type Probe, sessionWith, touches } from './policy-grounds.ts';
import type { PolicyTable, Spot } from './policy-tables.ts';

const KEYS = (spot: Spot) => ['r', 'w', 'k'].map((kind) => `${kind}/${spot.chart}/${spot.section}`);

/** For a table that an app is narrowed in; none for any other. */
export function narrowingProbes(grounds: Grounds, table: PolicyTable): Probe[] {
  if (!NARROWED.has(table.name)) return [];
  const { own } = grounds;
  const { name, commands } = table;
  const as = async (types: readonly string[], statement: string) =>
    touches(
      grounds,
      await sessionWith(grounds, own.practice, KEYS(own), newId(), 'infinity', types),
      statement,
    );
  const where = `postern.${name} where ${table.where(own)}`;
  const change = (set: string) => `update postern.${name} set ${set} where ${table.where(own)}`;
  const fresh = insertion(table, commands.includes('delete') ? own : { ...own, id: newId() });
  const of = (...kinds: readonly string[]) => kinds.map((kind) => `${kind}/*/Observation`);
  const probes: Record<string, () => Promise<boolean>> = {
    'shows an app the types that it may see, wherever it may': async () => {
      const told = [];
      for (const key of ['v/*/*', 'v/*/Observation', `v/${own.chart}/*`, `v/${own.chart}/Observation`]) {
        told.push(await as([key], `select from ${where}`));
      }
      return told.join() === '1,1,1,1';
    },
    'shows an app no type that it may not see there': async () => {
      const types = ['v/*/Condition', `v/${newId()}/*`, `v/${own.practice}/Observation`, 'c/*/*', 'u/*/*'];
      return (await as(types, `select from ${where}`)) === 0;
    },
    'shows an app without types nothing': async () => (await as([], `select from ${where}`)) === 0,
    'takes from an app what it may make, and nothing else': async () => {
      const kind = name === 'resource' ? 'c' : name === 'resource_version' ? 'e' : 'i';
      const others = ['v', 'c', 'u', 'd', 'e', 'i'].filter((one) => one !== kind);
      return (await as(of(kind), fresh)) === 1 && (await as(of(...others), fresh)) === null;
    },
  };
  if (commands.includes('update')) {
    probes['lets an app change what it may edit, and no other row'] = async () => {
      const same = change('version = version');
      return (await as(of('v', 'e', 'u'), same)) === 1 && (await as(of('v', 'c', 'i'), same)) === 0;
    };
    probes['lets an app turn no row into what it may not make of it'] = async () => {
      const types = ['v/*/*', ...of('e', 'u', 'd')];
      return (await as(types, change("type = 'Condition'"))) === null;
    };
  }
  if (name === 'resource') {
    probes['tells deleting from updating'] = async () => {
      const told = [];
      for (const kind of ['u', 'd']) {
        for (const deleted of ['true', 'false']) {
          told.push(await as(of('v', 'e', kind), change(`deleted = ${deleted}`)));
        }
      }
      return JSON.stringify(told) === '[null,1,1,null]';
    };
  }
  if (commands.includes('delete')) {
    probes['removes for an app what it may edit, and nothing else'] = async () => {
      const removal = `delete from ${where}`;
      return (await as(of('v', 'e'), removal)) === 1 && (await as(of('v', 'c', 'i'), removal)) === 0;
    };
  }
  return Object.entries(probes).map(([sentence, holds]) => ({ about: name, sentence, holds }));
}

const NARROWED: ReadonlySet<string> = new Set([
  'resource',
  'resource_version',
  'chart_token',
  'practice_token',
  'date_range',
]);

/** Of the functions that the policies of an app ask. */
export function narrowingFunctionProbes(grounds: Grounds): Probe[] {
  const { own, foreign } = grounds;
  const asked = async (keys: readonly string[], statement: string) => {
    const session = await sessionWith(grounds, own.practice, keys, newId(), 'infinity', ['v/*/*', 'i/*/*']);
    return (await touches(grounds, session, `select where ${statement}`)) === 1;
  };
  const types = "array['v/*/*', 'i/*/*']";
  const show = ({ practice, id }: Spot) => `postern.types_show(${types}, '${practice}', '${id}')`;
  const index = ({ id }: Spot) => `postern.types_index(${types}, 'i', '${id}')`;
  return [
    {
      about: 'types_show',
      sentence: 'says of no resource that it is there which the session does not see',
      holds: async () => (await asked(KEYS(own), show(own))) && !(await asked(KEYS(own), show(foreign))),
    },
    {
      about: 'types_index',
      sentence: 'says nothing of a resource that the session may not write',
      holds: async () => (await asked(KEYS(own), index(own))) && !(await asked(KEYS(own), index(foreign))),
    },
    {
      about: 'owner_stands',
      sentence: 'tells of no Patient where the session writes nothing',
      holds: async () => {
        const chart = newId();
        const { owner } = grounds.database;
        await owner.query(
          `insert into postern.resource (
             practice_id, id, chart_id, section, type, version, updated_at, author, key_version,
             classifier_version, sealed)
           values ($1, $2, $2, 1, 'Patient', 1, now(), $3, 1, 1, '')`,
          [own.practice, chart, own.of],
        );
        const stands = `postern.owner_stands('${chart}') = 1`;
        const told = [
          await asked([`w/${chart}/2`], stands),
          await asked([`w/${own.practice}/1`], stands),
          await asked([`r/${chart}/1`, `w/${newId()}/1`], stands),
        ];
        await owner.query('delete from postern.resource where id = $1', [chart]);
        return told.join() === 'true,true,false';
      },
    },
    {
      about: 'reach',
      sentence: 'is found for an app by the handle alone that says that it is one',
      holds: async () => {
        const named = await sessionWith(grounds, own.practice, KEYS(own), newId(), 'infinity', ['v/*/*']);
        const select = `select from postern.resource r where r.id = '${own.id}'`;
        const without = named.replace(/\/n$/, '');
        return (
          (await touches(grounds, named, select)) === 1 && (await touches(grounds, without, select)) === 0
        );
      },
    },
  ];
}
