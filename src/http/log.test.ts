import { describe, expect, test } from 'vitest';
import { PosternError } from '../base/errors.ts';
import { openLog } from './log.ts';

const SECRET = 'Jane Doe';

function logged(write: (log: ReturnType<typeof openLog>) => void): string {
  let text = '';
  write(
    openLog('debug', {
      write: (line) => {
        text += line;
      },
    }),
  );
  return text;
}

describe('the log', () => {
  test('keeps the words of our own errors, and of any error where it happened', () => {
    const text = logged((log) => log.error({ err: new PosternError('damaged', 'A record does not open.') }));
    expect(text).toContain('A record does not open.');
    expect(text).toContain('log.test.ts');
  });

  test('writes no message that could quote a record, be it a cause', () => {
    const inner = Object.assign(new Error(`invalid input syntax: "${SECRET}"`), { code: '22P02' });
    const text = logged((log) => {
      log.error({ err: new PosternError('unavailable', 'Try again.', { cause: inner }) });
      log.error({ err: new SyntaxError(`Unexpected token in ${SECRET}\n    at ${SECRET}`) });
      log.error(new Error(SECRET));
      log.error({ err: SECRET });
    });
    expect(text).not.toContain(SECRET);
    expect(text).toContain('22P02');
  });

  test('blanks what should never have been handed to it', () => {
    const text = logged((log) => log.info({ token: SECRET, request: { headers: SECRET, url: SECRET } }));
    expect(text).not.toContain(SECRET);
    expect(text).toContain('[redacted]');
  });
});
