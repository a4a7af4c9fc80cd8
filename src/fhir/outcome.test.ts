import { expect, test } from 'vitest';
import { ERROR_CODES, notFound, PosternError } from '../base/errors.ts';
import { errorAnswer, issueTypeOf } from './outcome.ts';

const bodyOf = (error: unknown) => JSON.parse(Buffer.from(errorAnswer(error).body as Uint8Array).toString());

test.each(ERROR_CODES)('%s answers with its status and a coded issue', (code) => {
  const error = new PosternError(code, 'What to do.', { expression: ['Patient.name[0]'] });
  expect(errorAnswer(error).status).toBe(error.status);
  expect(bodyOf(error).issue[0].code).toBe(issueTypeOf(code));
});

test('an issue carries the words that are safe to show and the elements at fault', () => {
  const error = new PosternError('not-processable', 'Say when.', { expression: ['Encounter.period'] });
  expect(bodyOf(error)).toEqual({
    resourceType: 'OperationOutcome',
    issue: [
      {
        severity: 'error',
        code: 'processing',
        details: { text: 'Say when.' },
        expression: ['Encounter.period'],
      },
    ],
  });
});

test('a bug answers 500 and says nothing of itself', () => {
  const answer = errorAnswer(new Error('relation "postern.patient_jane_doe" does not exist'));
  expect(answer.status).toBe(500);
  expect(Buffer.from(answer.body as Uint8Array).toString()).not.toContain('jane');
});

test('every missing session is answered alike, whatever its reason', () => {
  const reasons = ['No token.', 'Expired.', 'Locked.'].map(
    (text) => new PosternError('unauthenticated', text),
  );
  const [first, ...rest] = reasons.map(errorAnswer);
  for (const answer of rest) expect(answer).toEqual(first);
  expect(first!.headers['www-authenticate']).toBe('Bearer realm="postern"');
});

test('what is hidden and what is absent is one and the same answer', () => {
  expect(errorAnswer(notFound())).toBe(errorAnswer(notFound()));
});
