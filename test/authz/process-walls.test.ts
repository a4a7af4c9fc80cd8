/**
 * The walls in the process, each taken away in a copy of the source: a test that stands must turn red. It
 * runs a test process for each, so only with `SLOW=1`: some thirty seconds for each on a busy machine, so a
 * quarter of an hour and more for all. The walls of the database are in mutations.test.ts.
 */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

interface Wall {
  /** What holds no longer. */
  readonly gone: string;
  readonly file: string;
  readonly part: string;
  readonly instead: string;
  /** The test that must notice. */
  readonly noticed: string;
}

const WALLS: readonly Wall[] = [
  {
    gone: 'the key ring asks its scope',
    file: 'src/seal/key-ring.ts',
    part: 'return this.#reach.allows(action, section, chartId, boundAuthor(section, author), type);',
    instead: 'return true;',
    noticed: 'test/authz/walls.test.ts',
  },
  {
    gone: 'the key ring asks for the type, of an app',
    file: 'src/gate/scope.ts',
    part: '!this.app.allows(action, type, chartId)',
    instead: 'this.app.scopes.length < 0',
    noticed: 'test/authz/app-agreement.test.ts',
  },
  {
    gone: 'what a record holds decides whether an app sees it',
    file: 'src/chart/store/stored.ts',
    part: 'stored !== null && isWithin(opening, visit, row, stored, interactions) ? stored : null',
    instead: 'opening !== null && interactions.length > 0 ? stored : null',
    noticed: 'test/attacks/app-scopes.test.ts',
  },
  {
    gone: 'an app leaves no record outside its scopes',
    file: 'src/chart/store/place-all.ts',
    part: '!mayLeave(context, visit, interaction, draft.resource, found.chartId)',
    instead: 'mayLeave.length < 0 || interaction.length < 0',
    noticed: 'test/attacks/app-scopes.test.ts',
  },
  {
    gone: 'what belongs with a record is outside where that is',
    file: 'src/chart/store/within-app.ts',
    part: 'named.get(row)?.some((id) => there.has(id)) ?? true',
    instead: 'row !== null || named.size > there.size',
    noticed: 'test/attacks/app-scopes.test.ts',
  },
  {
    gone: 'what left the scopes of an app left them in its past too',
    file: 'src/chart/store/within-app.ts',
    part: '!tested.has(id) || there.has(id)',
    instead: 'tested.size >= 0 || there.has(id)',
    noticed: 'test/attacks/app-scopes.test.ts',
  },
  {
    gone: 'a grant counts by its MAC alone',
    file: 'src/gate/admission.ts',
    part: "isGenuineGrant(practiceKeys, claim, Buffer.from(grant.mac, 'hex'))",
    instead: 'true',
    noticed: 'src/gate/admission.test.ts',
  },
  {
    gone: 'a session counts by its MAC alone',
    file: 'src/gate/admission.ts',
    part: "isGenuineSession(practiceKeys, claim, Buffer.from(session.mac, 'hex'))",
    instead: 'true',
    noticed: 'src/gate/admission.test.ts',
  },
  {
    gone: 'a session with too little proof has no grants',
    file: 'src/gate/admission.ts',
    part: 'isAssured(terms)',
    instead: 'terms !== null',
    noticed: 'src/gate/session-terms.test.ts',
  },
  {
    gone: 'a session with too little proof is let to nothing but its own account',
    file: 'src/http/frame.ts',
    part: 'if (isAssured(terms) || FOR_BARE.test(path)) return;',
    instead: 'if (terms !== null || FOR_BARE.test(path)) return;',
    noticed: 'test/attacks/doors.test.ts',
  },
  {
    gone: 'a session that carries on another is as old as that',
    file: 'src/gate/freshness.ts',
    part: 'terms.shownAt === undefined ? openedAt',
    instead: 'terms.shownAt !== null ? openedAt',
    noticed: 'test/attacks/doors.test.ts',
  },
  {
    gone: 'a challenge or ticket is used once',
    file: 'src/doors/signing-in/tickets.ts',
    part: 'return rows[0]?.first === true;',
    instead: 'return rows.length === 1;',
    noticed: 'test/attacks/doors.test.ts',
  },
  {
    gone: 'a code of an app counts once',
    file: 'src/seal/one-time-code.ts',
    part: 'if (fits && step > used) found ??= step;',
    instead: 'if (fits && used < Infinity) found ??= step;',
    noticed: 'src/seal/one-time-code.test.ts',
  },
  {
    gone: 'a date of birth belongs to an invitation',
    file: 'src/gate/invitations.ts',
    part: 'content.birthDate === null || content.birthDate === birthDate',
    instead: 'content.birthDate === null || birthDate !== null',
    noticed: 'src/gate/invitations.test.ts',
  },
  {
    gone: 'a recovery waits',
    file: 'src/doors/recovery/recoveries.ts',
    part: 'if (secondsOf(clock) < ready) {',
    instead: 'if (secondsOf(clock) < 0 && ready > 0) {',
    noticed: 'test/doors/recovery.test.ts',
  },
  {
    gone: 'a patient gives a record to people seen with one alone',
    file: 'src/doors/families/family.ts',
    part: 'if (!known.some((tie) => tie.accountId === to)) throw notFound();',
    instead: '',
    noticed: 'test/http/families.test.ts',
  },
  {
    gone: 'an offer is taken by others alone',
    file: 'src/gate/offers.ts',
    part: 'row.given_by === accountId || !isGenuine(keys, row)',
    instead: '!isGenuine(keys, row)',
    noticed: 'src/gate/families.test.ts',
  },
  {
    gone: 'a cookie works for our own pages alone',
    file: 'src/base/browser-sessions.ts',
    part: 'if (sameSite && sameOrigin && marked) return;',
    instead: 'if (sameSite || sameOrigin || marked) return;',
    noticed: 'test/attacks/other-pages.test.ts',
  },
  {
    gone: 'a code of an app is taken once',
    file: 'src/apps/artifacts.ts',
    part: 'if (row?.taken === true) return;',
    instead: 'if (row?.taken !== undefined) return;',
    noticed: 'test/attacks/races.test.ts',
  },
  {
    gone: 'a token that is bound to a key works with it alone',
    file: 'src/apps/key-proofs.ts',
    part: 'if (proof === null || proof.thumbprint !== bound) return false;',
    instead: 'if (proof === null) return false;',
    noticed: 'test/apps/attacks.test.ts',
  },
  {
    gone: 'an app is let into charts of whoever lets it in',
    file: 'src/apps/interactions.ts',
    part: "if (stored === null) throw notFound({ refused: [{ type: 'Patient', id: chartId }] });",
    instead: 'void stored;',
    noticed: 'test/apps/launch.test.ts',
  },
  {
    gone: 'scripts of registered sites alone read answers',
    file: 'src/apps/app-origins.ts',
    part: 'return this.#known.has(origin);',
    instead: 'return origin.length > 0;',
    noticed: 'test/attacks/other-sites.test.ts',
  },
  {
    gone: 'a token is given to scripts of the very app',
    file: 'src/apps/provider.ts',
    part: 'return originsOf({ redirectUris: client.redirectUris ?? [] }).has(origin);',
    instead:
      'return originsOf({ redirectUris: client.redirectUris ?? [] }).has(origin) || origin.length > 0;',
    noticed: 'test/attacks/other-sites.test.ts',
  },
  {
    gone: 'an app that stays takes a touch',
    file: 'src/apps/interactions.ts',
    part: "if (staysOf(scopes) === 'offline') await parts.gate.assertFresh(visit);",
    instead: 'void parts.gate;',
    noticed: 'test/apps/attacks.test.ts',
  },
  {
    gone: 'what a client fails at is counted',
    file: 'src/apps/client-door.ts',
    part: 'await limits.give(isRefused ? account :',
    instead: 'await limits.give(isRefused ? [...client, ...account] :',
    noticed: 'test/apps/token-limits.test.ts',
  },
  {
    gone: 'nobody says of themselves who they are',
    file: 'src/apps/people.ts',
    part: '!inPerson(visit) || !administers(visit.scope) || accountId === null',
    instead: '!inPerson(visit) || accountId === null',
    noticed: 'test/apps/people.test.ts',
  },
  {
    gone: 'an export stops with what it was asked with',
    file: 'src/fhir/bulk/export-file.ts',
    part: 'if (!stillReaches(visit.scope, reach))',
    instead: 'if (!stillReaches(visit.scope, reach) && sent < 0)',
    noticed: 'test/attacks/revoked-in-the-middle.test.ts',
  },
  {
    gone: 'a touch counts by its MAC alone',
    file: 'src/gate/freshness.ts',
    part: 'isGenuineFresh(await keychain.of(practiceId), claim, row.mac)',
    instead: 'row.at > 0',
    noticed: 'src/gate/session-terms.test.ts',
  },
  {
    gone: 'a sign-in code counts by its MAC alone',
    file: 'src/gate/accounts.ts',
    part: 'isGenuineSignin(keys, { codeHash, accountId, expires, terms }, row.mac)',
    instead: 'expires > 0',
    noticed: 'src/gate/forged-sign-in.test.ts',
  },
  {
    gone: 'an account is found by the address that is sealed in it',
    file: 'src/gate/accounts.ts',
    part: 'describe(keys, row).email === address',
    instead: 'describe(keys, row).email !== null',
    noticed: 'src/gate/forged-sign-in.test.ts',
  },
  {
    gone: 'a grant on a chart is on that chart alone',
    file: 'src/gate/extent.ts',
    part: "definition.spans === 'practice'",
    instead: 'definition !== undefined',
    noticed: 'test/attacks/foreign-records.test.ts',
  },
  {
    gone: 'a proxy sees what is sensitive only where the grant says so',
    file: 'src/gate/roles.ts',
    part: "proxy: { spans: 'chart', rights: PATIENT, byDefault: [...NOT_CLOSED, 'practice'] }",
    instead: "proxy: { spans: 'chart', rights: PATIENT }",
    noticed: 'test/attacks/earlier-versions.test.ts',
  },
  {
    gone: 'only who may give a grant gives it',
    file: 'src/gate/grants.ts',
    part: 'if (!mayGive(scope, grant, sections)) throw notFound();',
    instead: '',
    noticed: 'src/gate/grants.test.ts',
  },
  {
    gone: 'only a clinician breaks the glass',
    file: 'src/gate/grant-rules.ts',
    part: "return clinician && scope.app === null && scope.allows('read', 'clinical', chartId, null);",
    instead: 'return clinician || scope !== null || chartId !== null;',
    noticed: 'src/gate/break-glass.test.ts',
  },
  {
    gone: 'a resource stays with its patient',
    file: 'src/chart/store/place-resource.ts',
    part: 'before.chartId !== chartId',
    instead: 'before.chartId === undefined',
    noticed: 'test/attacks/moved-records.test.ts',
  },
  {
    gone: 'a resource refers to nothing in another chart',
    file: 'src/chart/store/place-resource.ts',
    part: 'refuseForeign(chartId, refersTo, standing)',
    instead: 'void refuseForeign',
    noticed: 'test/attacks/moved-records.test.ts',
  },
  {
    gone: 'an update opens nothing',
    file: 'src/chart/store/place-resource.ts',
    part: 'stricter(section, before.section)',
    instead: '(stricter(section, before.section), section)',
    noticed: 'test/attacks/moved-records.test.ts',
  },
  {
    gone: 'a resource names one patient',
    file: 'src/chart/owner.ts',
    part: 'if (other === undefined) return null;',
    instead: 'if (other === undefined || other !== null) return null;',
    noticed: 'test/attacks/moved-records.test.ts',
  },
  {
    gone: 'what an update closes is closed in its earlier versions',
    file: 'src/chart/store/reseal.ts',
    part: 'if (open.length === 0) return;',
    instead: 'if (open.length >= 0) return;',
    noticed: 'test/attacks/earlier-versions.test.ts',
  },
  {
    gone: 'a deletion counts only as it was sealed',
    file: 'src/chart/store/stored.ts',
    part: 'deleted !== (content.bytes().length === 0)',
    instead: 'content.bytes().length < 0',
    noticed: 'test/at-rest/records-against-log.test.ts',
  },
  {
    gone: 'refusals count',
    file: 'src/http/frame.ts',
    part: 'error instanceof PosternError && error.isRefusal',
    instead: 'error instanceof RangeError',
    noticed: 'test/attacks/named-in-writes.test.ts',
  },
  {
    gone: 'a refused history leaves a line',
    file: 'src/chart/store/read-history.ts',
    part: 'if (!inSight) {',
    instead: 'if (!inSight && seen.length > 0) {',
    noticed: 'test/attacks/every-type.test.ts',
  },
];

const ROOT = join(import.meta.dirname, '..', '..');
let copy: string;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'postern-walls-'));
  for (const name of [
    'src',
    'web',
    'test',
    'demo',
    'tools',
    'package.json',
    'tsconfig.json',
    'vitest.config.ts',
  ]) {
    await cp(join(ROOT, name), join(copy, name), { recursive: true, preserveTimestamps: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rm(copy, { recursive: true, force: true }));

/** What the test file says in the copy: how many of its tests failed; null where it did not run. */
async function failuresOf(file: string): Promise<number | null> {
  const report = join(copy, 'report.json');
  const runner = join(copy, 'node_modules', 'vitest', 'vitest.mjs');
  await rm(report, { force: true });
  const { SLOW: _, ...environment } = process.env;
  await new Promise<void>((resolve) => {
    const options = { cwd: copy, env: { ...environment, VITEST: undefined }, maxBuffer: 64 * 1024 * 1024 };
    const wanted = ['run', file, '--reporter=json', `--outputFile=${report}`];
    execFile(process.execPath, [runner, ...wanted], options, () => resolve());
  });
  const text = await readFile(report, 'utf8').catch(() => null);
  if (text === null) return null;
  const { numTotalTests, numFailedTests } = JSON.parse(text) as Record<string, number>;
  return numTotalTests === 0 ? null : numFailedTests!;
}

test.each(WALLS)('what would be taken away ($gone) stands as it is written here', async ({ file, part }) => {
  expect((await readFile(join(ROOT, file), 'utf8')).split(part)).toHaveLength(2);
});

describe.skipIf(process.env.SLOW !== '1')('in the process, where nothing else is changed', () => {
  test.each([...new Set(WALLS.map(({ noticed }) => noticed))])(
    '%s is green',
    async (file) => {
      expect(await failuresOf(file)).toBe(0);
    },
    300_000,
  );

  test.each(WALLS)(
    'it is noticed where no longer $gone',
    async ({ file, part, instead, noticed }) => {
      const path = join(copy, file);
      const source = await readFile(path, 'utf8');
      await writeFile(path, source.replace(part, instead));
      try {
        expect(await failuresOf(noticed)).toBeGreaterThan(0);
      } finally {
        await writeFile(path, source);
      }
    },
    300_000,
  );
});
