import { expect, test } from 'vitest';
import { PosternError } from './errors.ts';
import { lostDatabase } from './lost-database.ts';

const thrown = (message: string, more: object = {}) => Object.assign(new Error(message), more);

test.each([
  thrown('terminating connection due to administrator command', { code: '57P01' }),
  thrown('the database system is starting up', { code: '57P03' }),
  thrown('sorry, too many clients already', { code: '53300' }),
  thrown('connection failure', { code: '08006' }),
  thrown('read ECONNRESET', { code: 'ECONNRESET', syscall: 'read' }),
  thrown('connect ENOENT', { code: 'ENOENT', syscall: 'connect' }),
  thrown('Connection terminated unexpectedly'),
])('a database that is away is told as unavailable: $message', (error) => {
  expect(lostDatabase(error)).toMatchObject({ code: 'unavailable', cause: error });
});

test.each([
  thrown('duplicate key', { code: '23505' }),
  thrown('canceling statement due to statement timeout', { code: '57014' }),
  thrown('open ENOENT', { code: 'ENOENT', syscall: 'open' }),
  thrown('Connection terminated by nobody'),
  new PosternError('unavailable', 'The server is stopping.'),
  'ECONNRESET',
])('anything else stays what it is: %s', (error) => {
  expect(lostDatabase(error)).toBeNull();
});
