/** What an app's scopes leave: worked out twice from the same list, for the key ring and for row policies. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ChartId, newId, type PracticeId } from '../base/ids.ts';
import { ACTIONS, maskOf } from '../base/section.ts';
import { INTERACTIONS, type Interaction, printAppScope } from './app-scope.ts';
import { extentOf, narrowedExtent } from './extent.ts';
import { AppReach, SENSITIVE_SCOPE, typeKeys } from './narrowing.ts';

const PRACTICE = newId<PracticeId>();
const [ana, ben] = [newId<ChartId>(), newId<ChartId>()];
const TYPES = ['Observation', 'Patient', 'Practitioner'];

const word = fc
  .record({
    level: fc.constantFrom('patient' as const, 'user' as const, 'system' as const),
    type: fc.constantFrom('*', ...TYPES),
    interactions: fc.subarray([...INTERACTIONS], { minLength: 1 }).map((letters) => new Set(letters)),
    parameters: fc.constant([]),
  })
  .map(printAppScope);
const granted = fc.record({
  scope: fc.array(word, { maxLength: 4 }).map((words) => words.join(' ')),
  patient: fc.constantFrom(ana, null),
});

/** As SMART says it, read word by word from the text. */
function isGranted(
  scope: string,
  patient: ChartId | null,
  one: Interaction,
  type: string,
  chart: ChartId | null,
) {
  return scope.split(' ').some((text) => {
    const [, level, of, letters] = /^(\w+)\/(\*|\w+)\.(\w+)$/.exec(text) ?? [];
    if (letters?.includes(one) !== true || (of !== '*' && of !== type)) return false;
    if (level !== 'patient') return true;
    return patient !== null && (chart === patient || (chart === null && 'rs'.includes(one)));
  });
}

/** As `types_allow` of 0022-narrowing.sql. */
function byKeys(keys: readonly string[], kind: string, chart: ChartId | null, type: string): boolean {
  return [chart ?? PRACTICE, '*'].some((owner) =>
    [type, '*'].some((of) => keys.includes(`${kind}/${owner}/${of}`)),
  );
}

test('scopes for one type add up, and each counts whole', () => {
  fc.assert(
    fc.property(granted, ({ scope, patient }) => {
      const app = new AppReach({ scope, patient });
      const keys = typeKeys(PRACTICE, app);
      for (const type of TYPES) {
        for (const chart of [ana, ben, null]) {
          const may = (one: Interaction) => isGranted(scope, patient, one, type, chart);
          for (const one of INTERACTIONS) expect(app.covers(one, type, chart)).toBe(may(one));
          const [sees, writes] = ['rsud', 'cud'].map((among) =>
            [...among].some((one) => may(one as Interaction)),
          );
          expect(app.allows('read', type, chart)).toBe(sees);
          expect(app.allows('open', type, chart)).toBe(sees);
          expect(app.allows('write', type, chart)).toBe(writes);
          expect(app.allows('share', type, chart) || app.allows('administer', type, chart)).toBe(false);
          expect(byKeys(keys, 'v', chart, type)).toBe(sees);
          for (const one of ['c', 'u', 'd'] as const) expect(byKeys(keys, one, chart, type)).toBe(may(one));
          expect(byKeys(keys, 'e', chart, type)).toBe(may('u') || may('d'));
          expect(byKeys(keys, 'i', chart, type)).toBe(writes);
        }
      }
    }),
  );
});

test('an extent only ever gets smaller, and shares and administers nothing', () => {
  const extent = extentOf([
    { role: 'psychiatrist', chartId: null, sections: null },
    { role: 'owner', chartId: null, sections: null },
    { role: 'patient', chartId: ben, sections: null },
  ]);
  fc.assert(
    fc.property(granted, ({ scope, patient }) => {
      const narrowed = narrowedExtent(extent, new AppReach({ scope, patient }));
      const beyond = /user|system/.test(scope);
      for (const action of ACTIONS) {
        expect(narrowed.all[action] & ~extent.all[action]).toBe(0);
        for (const [chart, masks] of narrowed.charts) {
          const whole = extent.all[action] | (extent.charts.get(chart)?.[action] ?? 0);
          expect(masks[action] & ~whole).toBe(0);
          if (!beyond) expect(chart).toBe(patient);
        }
        const all = [narrowed.all, ...narrowed.charts.values()].map((masks) => masks[action]);
        const backend = scope !== '' && !/patient|user/.test(scope);
        const closed = maskOf(
          'psychotherapy',
          'canary',
          'deposit',
          ...(backend ? [] : ['sensitive' as const]),
        );
        for (const mask of all) expect(mask & closed).toBe(0);
        if (action === 'share' || action === 'administer') expect(all.every((mask) => mask === 0)).toBe(true);
      }
      if (!beyond) expect(narrowed.all.write).toBe(0);
    }),
  );
});

test('the sensitive section takes a word of its own, but for backends, whose grants name it', () => {
  const extent = extentOf([{ role: 'patient', chartId: ana, sections: null }]);
  const of = (scope: string) =>
    narrowedExtent(extent, new AppReach({ scope, patient: ana })).charts.get(ana)!;
  expect(of('patient/*.rs').read).toBe(maskOf('administrative', 'clinical', 'financial'));
  expect(of(`patient/*.rs ${SENSITIVE_SCOPE}`).read).toBe(
    maskOf('administrative', 'clinical', 'financial', 'sensitive'),
  );
  expect(of('system/*.rs').read).toBe(of(`patient/*.rs ${SENSITIVE_SCOPE}`).read);
  expect(of('system/*.rs user/Patient.r').read).toBe(of('patient/*.rs').read);
});
