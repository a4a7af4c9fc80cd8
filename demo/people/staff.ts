/** The practice itself and its staff: organization, rooms, practitioners, their roles and schedules. */
import type { Organization } from '@medplum/fhirtypes';
import type { ResourceBook } from '../chart-pen.ts';
import type { DemoPerson, DemoRole } from '../demo-practice.ts';
import { hl7 } from '../terminology.ts';
import { keyOf } from './household.ts';

export interface StaffSpec {
  given: string;
  family: string;
  /** Such as "Dr."; part of the name that others see. */
  prefix?: string;
  suffix?: string;
  role: DemoRole;
  specialty?: string;
  gender: 'male' | 'female' | 'other';
}

export interface HouseSpec {
  slug: string;
  name: string;
  street: string;
  town: string;
  postalCode: string;
  phone: string;
  rooms: readonly string[];
  /** Insurers and laboratories the practice deals with: key and name. */
  partners: readonly {
    key: string;
    name: string;
    type: 'ins' | 'prov';
    /** Of those who leave deposits here. */
    email?: string;
  }[];
}

const BOOKABLE: readonly DemoRole[] = ['dentist', 'hygienist', 'doctor', 'psychiatrist', 'nurse'];

export function staffName(spec: StaffSpec): string {
  return (
    [spec.prefix, spec.given, spec.family].filter(Boolean).join(' ') + (spec.suffix ? `, ${spec.suffix}` : '')
  );
}

export function openHouse(book: ResourceBook, house: HouseSpec, staff: readonly StaffSpec[]): DemoPerson[] {
  const organization: Organization = {
    resourceType: 'Organization',
    active: true,
    type: [hl7('organization-type', 'prov', 'Healthcare Provider')],
    name: house.name,
    telecom: [
      { system: 'phone', value: house.phone, use: 'work' },
      { system: 'email', value: `desk@${house.slug}.example`, use: 'work' },
    ],
    address: [
      { line: [house.street], city: house.town, state: 'WI', postalCode: house.postalCode, country: 'US' },
    ],
  };
  book.add(null, organization, { key: 'practice' });
  for (const { key, name, type } of house.partners) {
    const display = type === 'ins' ? 'Insurance Company' : 'Healthcare Provider';
    book.add(
      null,
      { resourceType: 'Organization', active: true, name, type: [hl7('organization-type', type, display)] },
      { key },
    );
  }
  house.rooms.forEach((name, index) => {
    book.add(
      null,
      {
        resourceType: 'Location',
        status: 'active',
        name,
        mode: 'instance',
        managingOrganization: { reference: 'Organization/practice' },
      },
      { key: `room-${index + 1}` },
    );
  });
  const partners = house.partners.flatMap(({ key, name, email }): DemoPerson[] =>
    email === undefined ? [] : [{ key, name, email, roles: ['partner'] }],
  );
  return [...staff.map((spec) => employ(book, house, spec)), ...partners];
}

function employ(book: ResourceBook, house: HouseSpec, spec: StaffSpec): DemoPerson {
  const key = keyOf(spec.given, spec.family);
  const email = `${key.replace('-', '.')}@${house.slug}.example`;
  book.add(
    null,
    {
      resourceType: 'Practitioner',
      active: true,
      name: [
        {
          use: 'official',
          family: spec.family,
          given: [spec.given],
          ...(spec.prefix ? { prefix: [spec.prefix] } : {}),
          ...(spec.suffix ? { suffix: [spec.suffix] } : {}),
        },
      ],
      telecom: [{ system: 'email', value: email, use: 'work' }],
      gender: spec.gender,
    },
    { key },
  );
  book.add(
    null,
    {
      resourceType: 'PractitionerRole',
      active: true,
      practitioner: { reference: `Practitioner/${key}`, display: staffName(spec) },
      organization: { reference: 'Organization/practice' },
      code: [{ text: spec.role }],
      ...(spec.specialty ? { specialty: [{ text: spec.specialty }] } : {}),
    },
    { key },
  );
  if (BOOKABLE.includes(spec.role)) {
    book.add(
      null,
      {
        resourceType: 'Schedule',
        active: true,
        actor: [{ reference: `Practitioner/${key}`, display: staffName(spec) }],
        comment: 'Monday to Friday, 8:00 to 17:00; lunch 12:00 to 13:00.',
      },
      { key },
    );
  }
  return { key, name: staffName(spec), email, roles: [spec.role] };
}
