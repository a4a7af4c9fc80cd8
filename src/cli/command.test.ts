import { describe, expect, test } from 'vitest';
import { readConfiguration } from '../base/configuration.ts';
import { notFound } from '../base/errors.ts';
import {
  type Command,
  count,
  explainFailure,
  harmless,
  helpOf,
  makeInvocation,
  onOneLine,
  readArguments,
  required,
  UsageError,
} from './command.ts';

const command: Command = {
  summary: 'Does something',
  positionals: 'PATH...',
  options: {
    practice: { type: 'string', value: 'SLUG', help: 'in that practice', short: 'p' },
    section: { type: 'string', help: 'one of them', multiple: true },
    json: { type: 'boolean', help: 'as JSON' },
  },
  notes: 'And no more.',
  run: async () => undefined,
};
const configuration = readConfiguration({}, '', { workingFolder: '/srv', homeFolder: '/root' });
const invoke = (...args: string[]) => makeInvocation(readArguments(command, args), configuration);

describe('the arguments of a command', () => {
  test('come as texts, lists and switches, with the positionals apart', () => {
    const invocation = invoke('-p', 'riverside', '--section', 'a', '--section', 'b', 'one', '--json', 'two');
    expect(invocation.text('practice')).toBe('riverside');
    expect(invocation.texts('section')).toEqual(['a', 'b']);
    expect(invocation.has('json')).toBe(true);
    expect(invocation.positionals).toEqual(['one', 'two']);
    expect(invoke().text('practice')).toBe(undefined);
  });

  test('that cannot be understood are refused in one sentence', () => {
    for (const args of [['--nothing'], ['--practice'], ['--json=yes']]) {
      expect(() => readArguments(command, args)).toThrow(UsageError);
    }
    const without = { ...command, positionals: '' };
    expect(() => readArguments(without, ['extra'])).toThrow("Unexpected argument 'extra'");
  });

  test('may be required, and counts must be counts', () => {
    expect(required(invoke('-p', 'x'), 'practice')).toBe('x');
    expect(() => required(invoke(), 'practice')).toThrow('--practice is needed');
    expect(count(invoke('-p', '12'), 'practice')).toBe(12);
    expect(count(invoke(), 'practice')).toBe(undefined);
    expect(() => count(invoke('-p', '0'), 'practice')).toThrow('whole number above zero');
  });

  test('are explained by the help', () => {
    expect(helpOf('thing', command)).toBe(`Does something.

Usage: postern thing [options] PATH...

  -p, --practice SLUG  in that practice
  --section SECTION    one of them
  --json               as JSON
  -h, --help           this help

And no more.`);
  });
});

describe('a failure', () => {
  test('of the arguments points to the help and ends with 2', () => {
    expect(explainFailure(new UsageError('Unknown option'))).toEqual({
      sentence: 'Unknown option; --help explains.',
      status: 2,
    });
  });

  test('that Postern foresaw is its own sentence', () => {
    expect(explainFailure(notFound())).toEqual({ sentence: notFound().message, status: 1 });
  });

  test('that nobody foresaw shows where it came from, and not what a parser or the database quoted', () => {
    const quoting = Object.assign(new Error('invalid input syntax: "Wilhelmina"'), { code: '22P02' });
    const { sentence, status } = explainFailure(quoting);
    expect(sentence).toMatch(/^An unexpected error stopped it: Error 22P02\n {4}at /);
    expect(sentence).not.toContain('Wilhelmina');
    expect(status).toBe(1);
    const system = Object.assign(new Error('ENOENT: open x'), { code: 'ENOENT', syscall: 'open' });
    expect(explainFailure(system).sentence).toContain('ENOENT: open x');
  });
});

test('what steers a terminal is shown and not obeyed', () => {
  expect(harmless('a\u001b[2Jb\n\tc\u009b')).toBe('a\\u001b[2Jb\n\tc\\u009b');
  expect(JSON.parse(harmless(JSON.stringify('a\u009bb\u202ec')))).toBe('a\u009bb\u202ec');
  expect(onOneLine('evil\n0 failed\u0007.json')).toBe('evil\\u000a0 failed\\u0007.json');
});
