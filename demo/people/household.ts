/**
 * Families: who lives together, who acts for whom. A roster lists households; `settle` turns one into its
 * Patients, RelatedPersons and the people who can sign in.
 */
import type { Address, ContactPoint, Patient, RelatedPerson } from '@medplum/fhirtypes';
import type { Section } from '../../src/base/section.ts';
import type { Calendar } from '../calendar.ts';
import type { ResourceBook } from '../chart-pen.ts';
import type { DemoPerson } from '../demo-practice.ts';
import { Random } from '../random.ts';
import { hl7 } from '../terminology.ts';

export type Gender = 'male' | 'female' | 'other';

/** A patient as the roster states them; `Profile` is what the practice's own generator needs to know. */
export interface Member<Profile> {
  given: string;
  family: string;
  gender: Gender;
  age: number;
  /** `none`: no e-mail and no account (small children, some older people). */
  email?: string | 'none';
  /** Fixed where the same person is a patient elsewhere too. */
  phone?: string;
  /** BCP 47; English where absent. */
  language?: string;
  profile: Profile;
}

/** A proxy named in the roster: a member of the household by given name, or someone from outside. */
export interface ProxySpec {
  by: string | { given: string; family: string; email: string };
  /** Given name of the member they act for. */
  actsFor: string;
  /** A code of HL7's v3-RoleCode, such as MTH or DAUC: what the proxy is to the patient. */
  relationship: keyof typeof RELATIONSHIPS;
  sections: Section[];
}

export interface Household<Profile> {
  street: string;
  town: keyof typeof TOWNS;
  members: Member<Profile>[];
  proxies?: ProxySpec[];
}

/** A member with everything that follows from the household. */
export interface Resident<Profile> {
  key: string;
  member: Member<Profile>;
  name: string;
  birthDate: string;
  address: Address;
  phone: string;
  chartNumber: string;
  random: Random;
  /** RelatedPerson who holds the policy of a child, by reference. */
  guardian: string | null;
  /** Given names of those who act for the patient. */
  companions: string[];
}

export const RELATIONSHIPS = {
  MTH: 'mother',
  FTH: 'father',
  DAUC: 'daughter',
  SONC: 'son',
  GRMTH: 'grandmother',
  SPS: 'spouse',
} as const;

const TOWNS = {
  'Alder Falls': '53991',
  'Port Lindell': '53992',
  'Mill Harbor': '53993',
  Sturgeon: '53994',
  'North Fork': '53996',
} as const;

/** Numbers 555-0100 to 555-0199 are set aside for invented people. */
const AREA_CODES = ['608', '920', '414', '262', '715'] as const;

/** Everything open to a parent of a small child. */
export const PARENT_SECTIONS: Section[] = ['administrative', 'clinical', 'financial', 'sensitive'];

export function keyOf(given: string, family: string): string {
  const plain = `${given} ${family}`.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.replace(/[^a-z]+/g, '-').replace(/^-|-$/g, '');
}

/** What the household builder needs of the practice it moves into. */
export interface Town {
  book: ResourceBook;
  calendar: Calendar;
  slug: string;
  /** Prefix of chart numbers. */
  chartPrefix: string;
}

/** Builds people and patients; counts phones and chart numbers so that none comes twice. */
export class Registrar<Profile> {
  readonly people: DemoPerson[] = [];
  readonly residents: Resident<Profile>[] = [];
  readonly #town: Town;
  #phones = 0;

  constructor(town: Town, firstPhone: number) {
    this.#town = town;
    this.#phones = firstPhone;
  }

  settle(household: Household<Profile>, practitionerOf: (profile: Profile) => string): void {
    const landline = household.members.length > 1 ? this.#phone() : null;
    const settled = household.members.map((member) => this.#admit(household, member, landline));
    for (const resident of settled) {
      const proxies = (household.proxies ?? []).filter((proxy) => proxy.actsFor === resident.member.given);
      const related = proxies.map((proxy) => this.#actFor(proxy, resident, settled));
      resident.guardian = resident.member.age < 18 ? (related[0]?.reference ?? null) : null;
      resident.companions = related.map(({ resource }) => resource.name?.[0]?.given?.[0] ?? '');
      this.#writePatient(resident, landline, practitionerOf(resident.member.profile), related);
      for (const { key, resource } of related) {
        this.#town.book.add(resident.key, resource, { key });
      }
    }
  }

  #phone(): string {
    const count = this.#phones;
    this.#phones += 1;
    const area = AREA_CODES[Math.floor(count / 100) % AREA_CODES.length] ?? '608';
    return `(${area}) 555-0${100 + (count % 100)}`;
  }

  #admit(household: Household<Profile>, member: Member<Profile>, landline: string | null): Resident<Profile> {
    const key = keyOf(member.given, member.family);
    const random = new Random(`${this.#town.slug}/${key}`);
    const email = member.email ?? (member.age < 15 ? 'none' : this.#emailOf(key, random));
    const resident: Resident<Profile> = {
      key,
      member,
      name: `${member.given} ${member.family}`,
      birthDate: this.#town.calendar.birthDate(member.age, new Random(`birthday/${key}`).int(20, 340)),
      address: {
        use: 'home',
        line: [household.street],
        city: household.town,
        state: 'WI',
        postalCode: TOWNS[household.town],
        country: 'US',
      },
      phone: member.phone ?? (member.age < 13 && landline ? landline : this.#phone()),
      chartNumber: `${this.#town.chartPrefix}-${10400 + this.residents.length * 7}-${random.int(100, 999)}`,
      random,
      guardian: null,
      companions: [],
    };
    this.residents.push(resident);
    if (email !== 'none') {
      this.people.push({ key, name: resident.name, email, roles: ['patient'], chart: key });
    }
    return resident;
  }

  #emailOf(key: string, random: Random): string {
    const domain = random.pick(['example.org', 'mail.example', 'post.example', 'harbor.example']);
    return `${key.replace('-', '.')}@${domain}`;
  }

  #actFor(
    proxy: ProxySpec,
    resident: Resident<Profile>,
    settled: readonly Resident<Profile>[],
  ): { key: string; reference: string; resource: RelatedPerson } {
    const inside = settled.find(({ member }) => member.given === proxy.by);
    const outside = typeof proxy.by === 'string' ? null : proxy.by;
    if (!inside && !outside) throw new Error(`No one called ${String(proxy.by)} lives here`);
    const given = inside?.member.given ?? outside?.given ?? '';
    const family = inside?.member.family ?? outside?.family ?? '';
    const person = this.#proxyPerson(given, family, outside?.email ?? null);
    person.proxyFor = [...(person.proxyFor ?? []), { chart: resident.key, sections: proxy.sections }];
    const key = `${person.key}-for-${resident.key}`;
    const resource: RelatedPerson = {
      resourceType: 'RelatedPerson',
      active: true,
      patient: { reference: `Patient/${resident.key}`, display: resident.name },
      relationship: [hl7('v3-RoleCode', proxy.relationship, RELATIONSHIPS[proxy.relationship])],
      name: [{ use: 'official', family, given: [given] }],
      telecom: [
        { system: 'phone', value: inside?.phone ?? this.#phone(), use: 'mobile' },
        { system: 'email', value: person.email },
      ],
    };
    return { key, reference: `RelatedPerson/${key}`, resource };
  }

  #proxyPerson(given: string, family: string, email: string | null): DemoPerson {
    const key = keyOf(given, family);
    const known = this.people.find((person) => person.key === key);
    if (known) {
      if (!known.roles.includes('proxy')) known.roles.push('proxy');
      return known;
    }
    if (email === null) throw new Error(`${key} has no account to act with`);
    const person: DemoPerson = { key, name: `${given} ${family}`, email, roles: ['proxy'] };
    this.people.push(person);
    return person;
  }

  #writePatient(
    resident: Resident<Profile>,
    landline: string | null,
    practitioner: string,
    related: readonly { resource: RelatedPerson }[],
  ): void {
    const { member, key } = resident;
    const email = this.people.find((person) => person.key === key)?.email;
    const telecom: ContactPoint[] = [
      {
        system: 'phone',
        value: resident.phone,
        use: resident.phone === landline ? 'home' : 'mobile',
        rank: 1,
      },
    ];
    if (landline && landline !== resident.phone)
      telecom.push({ system: 'phone', value: landline, use: 'home' });
    if (email) telecom.push({ system: 'email', value: email, use: 'home' });
    const patient: Patient = {
      resourceType: 'Patient',
      active: true,
      identifier: [
        {
          use: 'usual',
          type: hl7('v2-0203', 'MR', 'Medical record number'),
          system: `https://${this.#town.slug}.example/chart-number`,
          value: resident.chartNumber,
        },
      ],
      name: [{ use: 'official', family: member.family, given: [member.given] }],
      telecom,
      gender: member.gender,
      birthDate: resident.birthDate,
      address: [resident.address],
      communication: [
        {
          language: { coding: [{ system: 'urn:ietf:bcp:47', code: member.language ?? 'en' }] },
          preferred: true,
        },
      ],
      generalPractitioner: [{ reference: `Practitioner/${practitioner}` }],
      managingOrganization: { reference: 'Organization/practice' },
    };
    if (related.length > 0) patient.contact = related.map(({ resource }) => contactOf(resource));
    this.#town.book.add(key, patient, { key });
  }
}

function contactOf(person: RelatedPerson): NonNullable<Patient['contact']>[number] {
  const name = person.name?.[0];
  return {
    relationship: [hl7('v2-0131', 'N', 'Next-of-Kin')],
    ...(name ? { name } : {}),
    telecom: (person.telecom ?? []).filter(({ system }) => system === 'phone'),
  };
}
