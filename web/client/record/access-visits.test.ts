import type { AuditEvent } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { accessVisits, peopleIn } from './access-visits.ts';

const person = (value: string, display?: string) => ({
  what: { identifier: { system: 'urn:postern:account', value }, ...(display && { display }) },
});
const event = (action: string, entity: AuditEvent['entity'], minutes = 0): AuditEvent => ({
  resourceType: 'AuditEvent',
  id: `${action}-${minutes}`,
  type: {},
  subtype: [{ code: action }],
  action: 'E',
  recorded: new Date(Date.UTC(2026, 10, 21, 8, 30 - minutes)).toISOString(),
  agent: [{ who: { identifier: { value: 'desk' } }, name: 'Lena Brandt', requestor: true }],
  source: { observer: {} },
  ...(entity && { entity }),
});
const grant = { what: { reference: 'Grant/g' } };

test('access that was given is told with whom it was given to, each once', () => {
  const events = [
    event('grant', [grant, person('kim', 'Kim Lindqvist')]),
    event('end-grant', [grant, person('kim', 'Kim Lindqvist'), person('noor', 'Noor Haddad')], 1),
  ];
  expect(accessVisits(events, 'me')).toMatchObject([
    { who: 'Lena Brandt', kind: 'changed', types: [['Grant', 1]], people: ['Kim Lindqvist', 'Noor Haddad'] },
  ]);
});

test('who did it themselves, and who is there no more, is not named again', () => {
  expect(peopleIn(event('invite-used', [person('desk', 'Lena Brandt'), person('gone')]))).toEqual([]);
  expect(peopleIn(event('read', undefined))).toEqual([]);
});
