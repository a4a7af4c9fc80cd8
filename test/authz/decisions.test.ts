/**
 * decisions.txt is the role table as a clinician could read it: role, type of record, what may be done. It is
 * printed from the table and checked in, so that a change of rights is seen in review. `UPDATE=1` prints it
 * anew.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ACTIONS, type Action, SECTION_NAMES, type Section } from '../../src/base/section.ts';
import { TYPES } from '../../src/chart/index.ts';
import { ROLES, type Role, SYSTEM_ROLES } from '../../src/gate/index.ts';

const FILE = new URL('decisions.txt', import.meta.url);

const HEAD = `Who may do what, for every role and every type of record.

Printed from src/gate/roles.ts and the type registry; checked by test/authz/decisions.test.ts (UPDATE=1 prints
it anew), held against key rings and row policies by test/authz/agreement.test.ts, and read by the attacks of
test/attacks/ as what must and must not work.

A record lies in the section of its type unless its content or its author puts it in a stricter one: then the
section's line counts, whatever its type. What no line names is refused.

  read        see the record              open   see the content of a file (Binary)
  write       make, change, delete it     share  give it to others
  administer  decide who may do what

`;

const WHOSE = {
  practice: 'in every chart of the practice, and in what belongs to the practice itself',
  chart: 'in the one chart that the grant names, and in what belongs to the practice itself',
} as const;

const SECTION_WORDS: Record<Section, string> = {
  canary: 'a chart laid out as a trap: nobody',
  administrative: 'demographics, appointments, messages, forms',
  clinical: 'what is known and done about health',
  financial: 'what is owed and claimed',
  sensitive: 'HIV, substance use, sexual and reproductive health, mental health',
  psychotherapy: 'notes kept by their author alone',
  practice: 'staff, schedules, templates: nothing of a patient',
  deposit: 'what a partner left and nobody has filed yet; in no chart, and no resource lies here',
};

const DEPOSIT_WORDS: Partial<Record<Action, string>> = {
  read: 'list',
  write: 'leave',
  open: 'open, file, discard',
};

function actionsOn(role: Role, section: Section): Action[] {
  return ACTIONS.filter((action) => role.rights[action]?.includes(section));
}

function words(role: Role, section: Section, type?: string): string {
  // A file has no other content than what is opened, so reading it is opening it.
  const hidden: Action | null = type === 'Binary' ? 'read' : type === undefined ? null : 'open';
  const actions = actionsOn(role, section).filter((action) => action !== hidden);
  if (actions.length === 0) return '-';
  if (section === 'deposit') return actions.map((action) => DEPOSIT_WORDS[action]).join(', ');
  return `${actions.join(', ')}${section === 'psychotherapy' ? ' (own notes only)' : ''}`;
}

function printRole(name: string, role: Role): string {
  const lines = [`${name}: ${WHOSE[role.spans]}`];
  if (role.seesLines === true) lines.push('  sees every access line of the practice');
  if (role.clinician === true)
    lines.push('  may break glass: one chart, one hour, with a reason that alarms');
  if (role.byDefault !== undefined) lines.push(`  unless the grant says more: ${role.byDefault.join(', ')}`);
  for (const section of SECTION_NAMES) lines.push(`  [${section}]`.padEnd(36) + words(role, section));
  for (const { name: type, section, owner } of TYPES.values()) {
    // In no chart, and not for everyone either: rosters, payments that settle many patients' claims.
    if (role.spans === 'chart' && owner.kind === 'practice' && section !== 'practice') continue;
    const said = words(role, section, type);
    if (said !== '-') lines.push(`    ${type}`.padEnd(36) + said);
  }
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function printDecisions(): string {
  const sections = SECTION_NAMES.map((section) => `  ${section.padEnd(16)}${SECTION_WORDS[section]}\n`).join(
    '',
  );
  const people = Object.entries<Role>(ROLES).map(([name, role]) => printRole(name, role));
  const system = Object.entries<Role>(SYSTEM_ROLES).map(([name, role]) => printRole(name, role));
  return `${HEAD}Sections\n${sections}\n${[...people, ...system].join('\n')}`;
}

test('decisions.txt says what the role table says', async () => {
  const printed = printDecisions();
  if (process.env.UPDATE === '1') await writeFile(FILE, printed);
  expect(await readFile(FILE, 'utf8')).toBe(printed);
});

test('no role of people touches a canary, and psychotherapy is the psychiatrist’s alone', () => {
  for (const [name, role] of Object.entries<Role>(ROLES)) {
    expect(actionsOn(role, 'canary'), name).toEqual([]);
    expect(actionsOn(role, 'psychotherapy').length > 0, name).toBe(name === 'psychiatrist');
  }
});

test('nobody writes or opens where they may not read, but for import and partners', () => {
  for (const [name, role] of Object.entries<Role>({ ...ROLES, ...SYSTEM_ROLES })) {
    if (name === 'system-import' || name === 'partner') continue;
    for (const section of SECTION_NAMES) {
      const actions = actionsOn(role, section).filter((action) => action !== 'administer');
      if (actions.length > 0) expect(actions, `${name} on ${section}`).toContain('read');
    }
  }
});

test('partners leave deposits, and nobody else; they do nothing beside', () => {
  expect((ROLES.partner as Role).rights).toEqual({ write: ['deposit'] });
  for (const [name, role] of Object.entries<Role>({ ...ROLES, ...SYSTEM_ROLES })) {
    if (name !== 'partner') expect(actionsOn(role, 'deposit'), name).not.toContain('write');
  }
});

test('who opens deposits reads every section that may come in one', () => {
  for (const [name, role] of Object.entries<Role>({ ...ROLES, ...SYSTEM_ROLES })) {
    if (!actionsOn(role, 'deposit').includes('open')) continue;
    for (const section of ['administrative', 'clinical', 'financial', 'sensitive'] as const) {
      expect(actionsOn(role, section), name).toContain('read');
    }
  }
});
