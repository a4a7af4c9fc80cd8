import { describe, expect, test } from 'vitest';
import type { Method, Route } from '../base/exchange.ts';
import { Refusal } from '../base/refusal.ts';
import { Router } from './router.ts';

function route(method: Method, path: string, only?: Route<never>['only']): Route<never> {
  const handle = async () => ({ status: 200, headers: {}, body: null });
  return { method, path, summary: '', who: 'anyone', handle, ...(only === undefined ? {} : { only }) };
}

const types = new Set(['Patient', 'Observation']);
const router = new Router([
  route('GET', '/'),
  route('GET', '/fhir/metadata'),
  route('GET', '/fhir/:type', { type: types }),
  route('POST', '/fhir/:type', { type: types }),
  route('POST', '/fhir/:type/_search', { type: types }),
  route('GET', '/fhir/:type/:id', { type: types }),
  route('POST', '/fhir/Patient/:id/$open'),
]);

describe('the router', () => {
  test('finds a route and the values of its parameters', () => {
    const { route: found, params } = router.match('GET', '/fhir/Patient/a%20b');
    expect([found.path, params]).toEqual(['/fhir/:type/:id', { type: 'Patient', id: 'a b' }]);
    expect(router.match('GET', '/').route.path).toBe('/');
  });

  test('prefers what is written out to a parameter', () => {
    expect(router.match('GET', '/fhir/metadata').route.path).toBe('/fhir/metadata');
    expect(router.match('POST', '/fhir/Patient/_search').route.path).toBe('/fhir/:type/_search');
    expect(router.match('POST', '/fhir/Patient/1/$open').route.path).toBe('/fhir/Patient/:id/$open');
    expect(router.match('GET', '/fhir/Patient/1').route.path).toBe('/fhir/:type/:id');
  });

  test('sends HEAD where GET goes', () => {
    expect(router.match('HEAD', '/fhir/Patient').route.method).toBe('GET');
  });

  test.each([
    '/fhir',
    '/fhir/',
    '/fhir/Unknown',
    '/fhir/Unknown/1',
    '/fhir/Patient/',
    '/fhir/Patient/1/2',
    '/FHIR/Patient',
    '//fhir/Patient',
    '/fhir/constructor/1',
    '*',
    '',
  ])('knows no address %j', (path) => {
    expect(() => router.match('GET', path)).toThrow('nothing at this address');
    expect(() => router.match('BREW', path)).toThrow('nothing at this address');
  });

  test('tells which methods an address takes where it does not take this one', () => {
    expect(allowedOf('DELETE', '/fhir/Patient')).toBe('GET, HEAD, POST');
    expect(allowedOf('GET', '/fhir/Patient/_search')).toBe('POST');
    expect(allowedOf('get', '/fhir/Patient')).toBe('GET, HEAD, POST');
  });

  test('refuses an address that is wrongly encoded', () => {
    expect(() => router.match('GET', '/fhir/Patient/%zz')).toThrow('percent-encoded');
  });

  test('will not hold two routes for the same', () => {
    expect(() => new Router([route('GET', '/a/:b'), route('GET', '/a/:c')])).toThrow('Two routes');
  });
});

function allowedOf(method: string, path: string): string | undefined {
  try {
    router.match(method, path);
  } catch (error) {
    if (error instanceof Refusal) return error.headers.allow;
    throw error;
  }
  throw new Error('It was not refused');
}
