import { expect, test } from 'vitest';
import { findWords } from './pdf-search.ts';

const run = (str: string, hasEOL = false) => ({ str, hasEOL });

test('finds words whatever their case and accents, and says where', () => {
  const runs = [run('Diagnóstico: '), run('caries')];
  expect(findWords(runs, 'DIAGNOSTICO')).toEqual([
    { from: { run: 0, letter: 0 }, to: { run: 0, letter: 11 } },
  ]);
});

test('finds words that go over the end of a line, or of a run of letters', () => {
  const runs = [run('a sealed', true), run('enve'), run('lope')];
  expect(findWords(runs, 'sealed  envelope')).toEqual([
    { from: { run: 0, letter: 2 }, to: { run: 2, letter: 4 } },
  ]);
});

test('finds every place once, and none for nothing', () => {
  expect(findWords([run('aaaa')], 'aa')).toHaveLength(2);
  expect(findWords([run('aaaa')], ' \n')).toEqual([]);
  expect(findWords([], 'a')).toEqual([]);
});

test('tells letters that become two apart from their neighbours', () => {
  // The ligature is one letter in the file.
  expect(findWords([run('of\ufb01ce')], 'ice')).toEqual([
    { from: { run: 0, letter: 2 }, to: { run: 0, letter: 5 } },
  ]);
});
