/**
 * Every type of record, every way to ask for one: first those who may, then those who may not, of the same
 * practice and of another; and what has never been, whose answer all of these must get.
 */
import { TYPES, typeOf } from '../../chart/index.ts';
import { someAtOnce } from './outside.ts';
import { type Aim, RECORD_WAYS, type Way } from './record-ways.ts';
import { CAST_WORDS, type CastName, type Stage } from './stage.ts';
import type { CanaryRecord, Place } from './world.ts';

/** One who asks in one way for records of one type, in places that must answer as if nothing were there. */
interface Attack {
  readonly type: string;
  readonly way: Way;
  readonly who: CastName;
  readonly places: readonly Place[];
}

/** Who attacks what besides the patient, who tries every way on the chart next to his. */
const IN_TURN: readonly (readonly [CastName, Place] | null)[] = [
  ['patient', 'elsewhere'],
  ['doctor', 'elsewhere'],
  null,
  ['foreigner', 'other'],
  null,
];

const PLACE_WORDS: Readonly<Record<Place, string>> = {
  own: 'their own chart',
  spare: 'a chart of the practice',
  other: 'another’s chart',
  elsewhere: 'another practice',
};

/** Attacks on hidden records: all, or those in which every way meets every type and every stranger. */
export function hiddenAttacks(types: readonly string[], thorough: boolean): Attack[] {
  return types.flatMap((type, row) =>
    RECORD_WAYS.flatMap((way, column) => {
      const inTurn = thorough ? IN_TURN : [IN_TURN[(row + column) % IN_TURN.length]!];
      const strangers = new Map<CastName, Place[]>();
      if (typeOf(type).owner.kind !== 'practice') strangers.set('patient', ['other']);
      for (const pair of inTurn) {
        if (pair !== null) strangers.set(pair[0], [...(strangers.get(pair[0]) ?? []), pair[1]]);
      }
      return [...strangers].map(([who, places]) => ({ type, way, who, places }));
    }),
  );
}

/** Attacks what is hidden, then lets the rightful in, then tries what has been deleted. */
export async function proveMatrix(
  stage: Stage,
  { types, thorough }: { types: readonly string[]; thorough: boolean },
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const attacks = hiddenAttacks(types, thorough);
  const total = attacks.length + 2 * types.length * 8;
  let done = 0;
  const count = (by: number) => {
    done += by;
    onProgress(Math.min(done, total), total);
  };
  await someAtOnce(attacks, async (attack) => {
    await attackHidden(stage, attack);
    count(1);
  });
  await someAtOnce(types, async (type) => {
    await readOwn(stage, type);
    count(8);
  });
  const write = async (type: string) => {
    await workOnSpare(stage, type);
    count(8);
  };
  // What refers to others before those, and the patient last: what is named must still be there.
  for (const kinds of [['inherited'], ['patient', 'practice'], ['self']]) {
    await someAtOnce(
      types.filter((type) => kinds.includes(typeOf(type).owner.kind)),
      write,
    );
  }
}

async function attackHidden(stage: Stage, { type, way, who, places }: Attack): Promise<void> {
  const records = places.map((place) => stage.world.at(type, place));
  const ask = (aim: Aim) => stage.ask(who, way.ask(aim));
  const absent = way.wide === true ? null : await ask(stage.world.aimAtNothing(records[0]!));
  for (const record of records) {
    const where = `${way.route}, ${way.name} of ${type}: ${CAST_WORDS[who]}, ${PLACE_WORDS[record.place]}`;
    const hidden = await ask(stage.world.aimAt(record));
    if (hidden.status === 404 && namesRecord(way)) stage.owesLine(who, 'refused', record.id);
    if (absent === null) stage.expectNoLeak('matrix', where, hidden, who);
    else stage.expectHidden(where, hidden, absent, who);
  }
}

/** Ways whose address names the record: who is refused it stands in the log with it. */
function namesRecord({ route }: Way): boolean {
  return route.includes('/:type/:id');
}

/** The patient, of the own chart. */
async function readOwn(stage: Stage, type: string): Promise<void> {
  const record = stage.world.at(type, 'own');
  const { owner, section } = typeOf(type);
  if (owner.kind === 'practice' && section !== 'practice') return;
  for (const way of RECORD_WAYS.filter(({ action }) => action === 'read')) {
    await askRightful(stage, 'patient', way, record);
  }
}

async function askRightful(stage: Stage, who: CastName, way: Way, record: CanaryRecord) {
  const told = await stage.ask(who, way.ask(stage.world.aimAt(record)));
  const whose = `${CAST_WORDS[who]}, ${PLACE_WORDS[record.place]}`;
  const where = `${way.route}, ${way.name} of ${record.type}: ${whose}`;
  const gives = way.gives?.[0] === true && way.finds?.(record.type) !== false;
  const shows = gives && told.status === way.standing && !way.name.startsWith('head');
  stage.expectRightful(where, told, way.standing, shows ? record.canary : null);
  stage.expectNoLeak('matrix', where, told, who);
  if (shows && (namesRecord(way) || way.name === 'search by id')) stage.owesLine(who, 'ok', record.id);
  return told;
}

const WRITING = [
  'create beside it',
  'update of no version',
  'patch of no version',
  'delete of no version',
  'update',
  'patch',
  'patch of what fits',
] as const;

/** Staff does everything to a record, and deletes it: then it is gone for strangers too. */
async function workOnSpare(stage: Stage, type: string): Promise<void> {
  const record = stage.world.at(type, 'spare');
  const who = typeOf(type).section === 'financial' ? 'billing' : 'doctor';
  for (const way of RECORD_WAYS.filter(({ action }) => action === 'read')) {
    await askRightful(stage, who, way, record);
  }
  let beside: string | null = null;
  for (const name of WRITING) {
    const way = wayNamed(name);
    const told = await askRightful(stage, who, { ...way, gives: null }, record);
    if (name === 'create beside it') beside = idIn(told.headers.location);
  }
  if (beside !== null) {
    const made = { ...record, id: beside };
    await askRightful(stage, who, wayNamed('delete of what fits'), made);
  }
  await askRightful(stage, who, wayNamed('delete'), record);
  const read = wayNamed('read');
  const gone = await stage.ask(who, read.ask(stage.world.aimAt(record)));
  stage.expectRightful(`${read.route}, ${type} that was deleted`, gone, read.deleted, null);
  const foreign = await stage.ask('foreigner', read.ask(stage.world.aimAt(record)));
  const absent = await stage.ask('foreigner', read.ask(stage.world.aimAtNothing(record)));
  stage.expectHidden(`${read.route}, ${type} that was deleted`, foreign, absent, 'foreigner');
}

function wayNamed(name: string): Way {
  return RECORD_WAYS.find((way) => way.name === name)!;
}

function idIn(location: unknown): string | null {
  return /\/([0-9a-f-]{36})\/_history\//.exec(String(location))?.[1] ?? null;
}

/** The types of the registry, or as many of them as were asked for. */
export function typesToProve(only: readonly string[] | null): string[] {
  return [...TYPES.keys()].filter((type) => only === null || only.includes(type));
}
