import { describe, expect, test } from 'vitest';
import { PosternError } from '../base/errors.ts';
import { answerType, expectFhirJson, expectForm } from './media-type.ts';

const FHIR = 'application/fhir+json; charset=utf-8';
const JSON_ = 'application/json; charset=utf-8';

function typeFor(accept?: string, query = ''): string {
  try {
    return answerType({ headers: accept === undefined ? {} : { accept }, query });
  } catch (error) {
    return error instanceof PosternError ? error.code : String(error);
  }
}

describe('the type of an answer', () => {
  test.each([
    [undefined, FHIR],
    ['*/*', FHIR],
    ['application/fhir+json', FHIR],
    ['application/json', JSON_],
    ['application/fhir+json;q=0.5, application/json', JSON_],
    ['application/json;q=0.5, application/fhir+json;q=0.9', FHIR],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', FHIR],
    ['application/*', FHIR],
    ['application/fhir+json; fhirVersion=4.0', FHIR],
    ['application/fhir+json; fhirVersion=3.0', 'not-acceptable'],
    ['application/fhir+xml', 'not-acceptable'],
    ['application/json;q=0', 'not-acceptable'],
    ['', 'not-acceptable'],
  ])('Accept %j is answered with %s', (accept, expected) => {
    expect(typeFor(accept)).toBe(expected);
  });

  test.each([
    ['_format=json', FHIR],
    ['_format=application/fhir+json', FHIR],
    ['_format=application%2Ffhir%2Bjson', FHIR],
    ['name=x&_format=application/json', JSON_],
    ['_format=xml', 'not-acceptable'],
    ['_format=constructor', 'not-acceptable'],
  ])('%s wins over an Accept that nobody could meet', (query, expected) => {
    expect(typeFor('application/fhir+xml', query)).toBe(expected);
  });
});

describe('the type of content', () => {
  test.each([
    'application/fhir+json',
    'application/json',
    'Application/FHIR+JSON; charset=UTF-8',
    'application/fhir+json; fhirVersion=4.0; charset="utf-8"',
  ])('%s may come in', (type) => {
    expect(() => expectFhirJson({ headers: { 'content-type': type } })).not.toThrow();
  });

  test.each([
    undefined,
    'text/plain',
    'application/fhir+xml',
    'application/json; charset=latin1',
    'application/fhir+json; fhirVersion=5.0',
  ])('%s may not', (type) => {
    const headers = type === undefined ? {} : { 'content-type': type };
    expect(() => expectFhirJson({ headers })).toThrow(PosternError);
  });

  test('compressed content is refused, so that nothing small unfolds into something large', () => {
    const headers = { 'content-type': 'application/fhir+json', 'content-encoding': 'gzip' };
    expect(() => expectFhirJson({ headers })).toThrow('compressed');
  });

  test('a form is a form', () => {
    expect(() =>
      expectForm({ headers: { 'content-type': 'application/x-www-form-urlencoded' } }),
    ).not.toThrow();
    expect(() => expectForm({ headers: { 'content-type': 'application/json' } })).toThrow(PosternError);
  });
});
