/** General visit notes, put together from the problems, the values of the day and the person's own news. */
import type { Random } from '../random.ts';
import type { AnalyteKey } from './lab-catalog.ts';
import type { LabTrends } from './lab-trends.ts';
import { type ProblemKey, problem } from './problems.ts';
import type { Measured } from './vitals.ts';

/** News of a person's life, by the ages (both included) that they suit. */
const LIFE: readonly [from: number, to: number, told: string][] = [
  [20, 70, 'Has taken up swimming with a neighbor, twice a week before work.'],
  [50, 80, 'Became a grandparent in August and carries the pictures along.'],
  [24, 42, 'Sleeps six hours since the new baby; takes the second night feed.'],
  [40, 90, 'Planted a vegetable garden and eats from it most days.'],
  [30, 85, 'Sings in two choirs and would like the dry cough gone before the concert.'],
  [70, 95, 'Moved in with the eldest daughter; stairs are no longer a problem.'],
  [52, 85, 'Cooks for one since the children left and finds it hard to make little.'],
  [35, 68, 'Wants to climb Rib Mountain next summer and asks whether the heart allows it.'],
  [20, 75, 'Has kept a food diary for a month and brought it.'],
  [45, 90, 'Goes bowling again on Thursdays, first time since the operation.'],
  [45, 78, 'Looks after a brother with a stroke; neighbors help on weekends.'],
  [19, 40, 'Shares a flat with two friends who cook well and late.'],
  [19, 60, 'Bought a bicycle and rides to work when it does not rain.'],
  [66, 95, 'Does the crossword before breakfast and the stairs after it.'],
  [66, 95, 'A great-grandchild has come to the family; the name is still a secret.'],
  [30, 66, 'The kitchen is being rebuilt; supper comes from the microwave for now.'],
];

/** One of these at most, since a person has one occupation. */
const WORK: readonly [from: number, to: number, told: string][] = [
  [24, 62, 'Works from home now and misses the walk to the bus.'],
  [30, 62, 'Lost the job at the mill in spring, has found something at the county since.'],
  [25, 66, 'Drives a truck five days a week and eats where the truck stops.'],
  [19, 48, 'Started evening classes to become a paramedic.'],
  [24, 64, 'Teaches third grade; the whole class has had the cold.'],
];

/** What suits an age, in an order of the person's own. */
export function newsFor(ageYears: number, hasWork: boolean, random: Random): string[] {
  const fitting = (items: typeof LIFE) =>
    items.filter(([from, to]) => ageYears >= from && ageYears <= to).map(([, , told]) => told);
  return [...(hasWork ? random.sample(fitting(WORK), 1) : []), ...random.sample(fitting(LIFE), 7)];
}

const EXAM = [
  'Heart sounds regular, no murmur. Lungs clear. Abdomen soft. No edema.',
  'Well looking, walks in briskly. Heart and lungs normal, ankles slim, skin without new spots.',
  'Regular pulse, quiet lungs, liver not felt. Thyroid not enlarged. Gait steady.',
  'Examined sitting and lying: heart, lungs and belly without finding; reflexes even.',
] as const;

const HEALTHY = [
  'No complaints. Seat belt, sunscreen and screening dates gone through.',
  'Feels well; came for the yearly check and the form for the employer.',
  'Nothing to report since last year but a cold.',
] as const;

const CLOSING = [
  'Back in three months, labs the week before.',
  'Next visit in six months or when something changes.',
  'Will write through the portal with the home readings.',
  'Summary printed and taken along; questions answered.',
] as const;

const CHILD_STAGES: readonly [upTo: number, told: readonly string[], seen: string][] = [
  [
    0.4,
    [
      'Sleeps in stretches of three hours, drinks well, six wet diapers a day.',
      'Smiles since the fifth week, at the lamp first and then at everyone.',
    ],
    'Fontanelle flat, hips even, red reflex on both sides, holds the head up lying on the belly.',
  ],
  [
    1.2,
    [
      'Pulls up on the sofa, says "mama" and means it; three naps have become two.',
      'Eats what the family eats, crushed; sleeps from seven to five.',
    ],
    'Follows a toy through half a circle, bears weight on both legs, two teeth below. Heart and hips normal.',
  ],
  [
    3,
    [
      'Runs, climbs and argues; puts two words together, knows where the nose is.',
      'Drinks water from a cup, milk twice a day; some meals are only bread.',
    ],
    'Happy until the ears were looked at. Heart and lungs normal, walks on the whole foot, a ' +
      'stranger understands half of the words.',
  ],
  [
    5,
    [
      'Rides a balance bike with helmet, draws a person with arms coming out of the head.',
      'Dry by day, mostly by night; afraid of the vacuum cleaner.',
    ],
    'Hops on one foot, copies a circle. Sees and hears well on testing. Growth along the line.',
  ],
  [
    9,
    [
      'Reads aloud at bedtime, plays soccer on Saturdays, has a best friend called Theo.',
      'Loves mathematics, hates socks; sleeps ten hours; screens off at supper.',
    ],
    'Growth along the line, spine straight, eyes and ears passed, teeth changing.',
  ],
  [
    13,
    [
      'Joined the school band with a trombone; homework gets done, room does not.',
      'Walks to school with two friends; breakfast sometimes skipped.',
    ],
    'Normal examination, posture straight, growing fast.',
  ],
  [
    16,
    [
      'Plays midfield, wants the sports form signed; no fainting, no chest pain on effort, no ' +
        'relative who died young.',
      'Draws comics in class, swims on Tuesdays, reads under the blanket until eleven.',
    ],
    'Fit for all sports. Heart without murmur standing and lying, joints stable, one old scar at the knee.',
  ],
  [
    18,
    [
      'Up late for exams, learns to drive in spring, works Saturdays at the bakery.',
      'Thinks about engineering, lifts weights in the garage, eats for two.',
    ],
    'Well grown. Heart without murmur, spine straight, skin clear but for the forehead.',
  ],
];

/** Replaces `{name}` by what the day measured; null where a value is not known. */
export function fillIn(sentence: string, trends: LabTrends, measured: Measured): string | null {
  let isWhole = true;
  const text = sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === 'bp') return measured.pressure ?? '';
    const isBefore = name.endsWith('Before');
    const key = (isBefore ? name.slice(0, -6) : name) as AnalyteKey;
    const { now, before } = trends.latest(key);
    const value = isBefore ? before : now;
    if (value === null) isWhole = false;
    return key === 'a1c' ? `${value}%` : String(value);
  });
  return isWhole ? text : null;
}

export interface GeneralNote {
  problems: readonly ProblemKey[];
  news: string;
  trends: LabTrends;
  measured: Measured;
  signedBy: string;
  /** Counts this person's visits, so that the same sentence does not come twice running. */
  visit: number;
}

function turn<Item>(items: readonly Item[], count: number): Item {
  const item = items[count % items.length];
  if (item === undefined) throw new Error('No sentence to choose from');
  return item;
}

export function generalNote(spec: GeneralNote, random: Random): string {
  const { problems, measured, trends, visit } = spec;
  const heard = problems.map((key) => turn(problem(key).hears, visit + key.length));
  const told = problems.flatMap((key) => {
    const sentences = problem(key).does;
    const order = sentences.map((_, index) => turn(sentences, visit + index));
    const sentence = order.map((text) => fillIn(text, trends, measured)).find((text) => text !== null);
    return sentence ? [`${problem(key).text}: ${sentence}`] : [];
  });
  const vitals =
    `Weight ${measured.weightKg} kg, pulse ` +
    `${measured.pulse}${measured.pressure ? `, blood pressure ${measured.pressure}` : ''}.`;
  const body = problems.length === 0 ? [random.pick(HEALTHY)] : heard;
  return [
    [spec.news, ...body].filter((text) => text !== '').join(' '),
    `${vitals} ${random.pick(EXAM)}`,
    ...(told.length > 0
      ? [told.map((line, index) => `${index + 1}. ${line}`).join('\n')]
      : ['Healthy. Vaccines reviewed.']),
    random.pick(CLOSING),
    spec.signedBy,
  ].join('\n\n');
}

/** `companion` is the given name of the parent who came along. */
export function childNote(ageYears: number, spec: GeneralNote, companion: string): string {
  const [, told, seen] = CHILD_STAGES.find(([upTo]) => ageYears <= upTo) ?? turn(CHILD_STAGES, 7);
  const lines = spec.problems.map((key) => `${problem(key).text}: ${turn(problem(key).does, spec.visit)}`);
  return [
    `Check-up with ${companion}. ${turn(told, spec.visit)}`,
    `Weight ${spec.measured.weightKg} kg, height ${spec.measured.heightCm} cm. ${seen}`,
    ...lines,
    turn(
      [
        'Vaccines as due today. Next check-up in a year.',
        'Questions about sleep answered. Back in a year, sooner if worried.',
      ],
      spec.visit,
    ),
    spec.signedBy,
  ].join('\n\n');
}
