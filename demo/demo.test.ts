import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CANARY_KEY, canaryMarks, type DemoPractice, demoPeople, generateDemo } from './index.ts';

const TODAY = new Date('2026-03-18T21:30:00Z');
const practices = generateDemo({ today: TODAY });
const [dental, medical] = practices as [DemoPractice, DemoPractice];

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}

function resourcesOf(practice: DemoPractice, type: string): DemoPractice['resources'] {
  return practice.resources.filter(({ resource }) => resource.resourceType === type);
}

function staffRoles(practice: DemoPractice): string[] {
  const staff = practice.people.filter(({ roles }) => !roles.includes('patient') && !roles.includes('proxy'));
  return staff.flatMap(({ roles }) => roles).sort();
}

describe('generateDemo', () => {
  it('gives the same bytes for the same day, whatever the hour', () => {
    const again = generateDemo({ today: new Date('2026-03-18T00:00:01Z') });
    expect(digest(again)).toBe(digest(practices));
  });

  it('makes the records once, when they are first read', () => {
    const [fresh] = generateDemo({ today: TODAY }) as [DemoPractice];
    const filled = fresh.resources;
    expect(filled).toHaveLength(dental.resources.length);
    expect(fresh.resources).toBe(filled);
    expect(fresh.resources).toHaveLength(dental.resources.length);
  });

  it('moves with the day', () => {
    const later = generateDemo({ today: new Date('2027-01-05T12:00:00Z') });
    expect(digest(later)).not.toBe(digest(practices));
    const noor = later[1]?.resources.find(({ key }) => key === 'noor-haddad')?.resource;
    const birth = noor?.resourceType === 'Patient' ? noor.birthDate : undefined;
    expect(Math.floor((Date.parse('2027-01-05') - Date.parse(birth ?? '')) / (365.25 * 86_400_000))).toBe(15);
  });

  it('staffs a dental practice and a family and mental health practice', () => {
    expect(practices.map(({ slug, kind }) => [slug, kind])).toEqual([
      ['riverside-dental', 'dental'],
      ['lakeside-family', 'medical'],
    ]);
    expect(staffRoles(dental)).toEqual([
      'billing',
      'dentist',
      'dentist',
      'front-desk',
      'hygienist',
      'owner',
      'partner',
    ]);
    expect(staffRoles(medical)).toEqual([
      'doctor',
      'doctor',
      'front-desk',
      'nurse',
      'owner',
      'partner',
      'privacy-officer',
      'psychiatrist',
    ]);
  });

  it.each(practices)('has 40 patients and one canary chart in $slug', (practice) => {
    const charts = resourcesOf(practice, 'Patient').map(({ key }) => key);
    expect(charts).toHaveLength(41);
    expect(charts.filter((key) => key === CANARY_KEY)).toHaveLength(1);
  });

  it.each(practices)('stays small enough to load in seconds in $slug', (practice) => {
    expect(practice.resources.length).toBeGreaterThan(1500);
    expect(practice.resources.length).toBeLessThanOrEqual(4000);
    const bytes = resourcesOf(practice, 'Binary').reduce((sum, { resource }) => {
      return sum + (resource.resourceType === 'Binary' ? (resource.data?.length ?? 0) * 0.75 : 0);
    }, 0);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(3_000_000);
  });

  it('has what a dental practice has', () => {
    for (const [type, least] of Object.entries({
      Procedure: 200,
      Condition: 80,
      Observation: 200,
      QuestionnaireResponse: 40,
      Consent: 40,
      Appointment: 150,
      Claim: 80,
      Invoice: 40,
      Coverage: 30,
    })) {
      expect(resourcesOf(dental, type).length, type).toBeGreaterThanOrEqual(least);
    }
    const types = new Set(
      resourcesOf(dental, 'Binary').map(({ resource }) =>
        resource.resourceType === 'Binary' ? resource.contentType : '',
      ),
    );
    expect([...types].sort()).toEqual(['application/pdf', 'image/jpeg', 'image/png', 'text/plain']);
  });

  it('books appointments in the past and in the future, none of them doubly', () => {
    for (const practice of practices) {
      const taken = new Map<string, [number, number][]>();
      let coming = 0;
      for (const { resource } of resourcesOf(practice, 'Appointment')) {
        if (resource.resourceType !== 'Appointment' || resource.status === 'cancelled') continue;
        const who = resource.participant[1]?.actor?.reference ?? '';
        const [start, end] = [Date.parse(resource.start ?? ''), Date.parse(resource.end ?? '')];
        if (start > TODAY.getTime()) coming += 1;
        for (const [from, to] of taken.get(who) ?? []) expect(start >= to || end <= from).toBe(true);
        taken.set(who, [...(taken.get(who) ?? []), [start, end]]);
      }
      expect(coming).toBeGreaterThan(20);
    }
  });

  it('follows laboratory values over years', () => {
    const dates = resourcesOf(medical, 'Observation')
      .filter(({ chart }) => chart === 'desmond-achebe')
      .flatMap(({ resource }) =>
        resource.resourceType === 'Observation' && resource.code.coding?.[0]?.code === '4548-4'
          ? [resource.effectiveDateTime ?? '']
          : [],
      );
    expect(dates.length).toBeGreaterThanOrEqual(4);
    const span = Date.parse(dates.at(-1) ?? '') - Date.parse(dates[0] ?? '');
    expect(span).toBeGreaterThan(2 * 365 * 86_400_000);
  });
});

describe('demo people', () => {
  it('have one account each, and two of them in both practices', () => {
    for (const { people } of practices) {
      expect(new Set(people.map(({ key }) => key)).size).toBe(people.length);
      expect(new Set(people.map(({ email }) => email)).size).toBe(people.length);
      for (const { email } of people) expect(email).toMatch(/^[a-z.-]+@([a-z-]+\.example|example\.org)$/);
    }
    const both = dental.people.filter(({ email }) => medical.people.some((other) => other.email === email));
    expect(both.map(({ key }) => key).sort()).toEqual(['desmond-achebe', 'leila-haddad']);
    for (const { key } of both) {
      const patients = practices.map(({ resources }) =>
        resources.find((found) => found.key === key && found.resource.resourceType === 'Patient'),
      );
      const facts = patients.map((found) =>
        found?.resource.resourceType === 'Patient'
          ? [found.resource.birthDate, found.resource.name, found.resource.address]
          : null,
      );
      expect(facts[0]).toEqual(facts[1]);
    }
  });

  it('act for children as their parents, each through a RelatedPerson of the child', () => {
    for (const practice of practices) {
      const children = resourcesOf(practice, 'Patient').filter(
        ({ resource, key }) =>
          key !== CANARY_KEY &&
          resource.resourceType === 'Patient' &&
          (resource.birthDate ?? '') > '2008-03-18',
      );
      expect(children.length).toBeGreaterThan(7);
      for (const { key } of children) {
        const proxies = practice.people.filter(({ proxyFor }) =>
          proxyFor?.some(({ chart }) => chart === key),
        );
        expect(proxies.length, key).toBeGreaterThan(0);
        for (const proxy of proxies) {
          const related = resourcesOf(practice, 'RelatedPerson');
          expect(related.map((found) => found.key)).toContain(`${proxy.key}-for-${key}`);
        }
      }
    }
  });

  it('close the sensitive section of one teenager, and of her alone, to her parents', () => {
    const parents = medical.people.filter(({ proxyFor }) =>
      proxyFor?.some(({ chart }) => chart === 'noor-haddad'),
    );
    expect(parents.map(({ key }) => key).sort()).toEqual(['leila-haddad', 'samir-haddad']);
    for (const { proxyFor } of parents) {
      const sections = (chart: string) => proxyFor?.find((proxy) => proxy.chart === chart)?.sections;
      expect(sections('noor-haddad')).toEqual(['administrative', 'clinical', 'financial']);
      expect(sections('yusuf-haddad')).toContain('sensitive');
    }
    const noor = medical.people.find(({ key }) => key === 'noor-haddad');
    expect(noor).toMatchObject({ roles: ['patient'], chart: 'noor-haddad' });
    const closed = medical.resources.filter(
      ({ chart, section }) => chart === 'noor-haddad' && section === 'sensitive',
    );
    expect(closed.length).toBeGreaterThan(5);
  });

  it('are listed with practice, roles and chart', () => {
    const lines = demoPeople(practices);
    expect(lines).toHaveLength(dental.people.length + medical.people.length);
    expect(lines.filter(({ email }) => email === 'leila.haddad@example.org')).toMatchObject([
      { practice: 'riverside-dental', roles: ['patient'], chart: 'leila-haddad', proxyFor: [] },
      { practice: 'lakeside-family', roles: ['patient', 'proxy'], chart: 'leila-haddad' },
    ]);
  });

  it.each(practices)('are the authors of what is written in $slug', ({ people, resources }) => {
    const keys = new Set(people.map(({ key }) => key));
    const strangers = resources.filter(({ author }) => author !== undefined && !keys.has(author));
    expect(strangers.map(({ key, author }) => [key, author])).toEqual([]);
  });
});

describe('canary charts', () => {
  it('carry marks that stand nowhere else, in names, notes and files', () => {
    const marks = practices.map(canaryMarks);
    const all = marks.flat();
    expect(new Set(all).size).toBe(all.length);
    practices.forEach((practice, index) => {
      expect(marks[index]?.length).toBeGreaterThanOrEqual(12);
      for (const { chart, section, resource } of practice.resources) {
        if (chart === CANARY_KEY) expect(section).toBe('canary');
        else expect(JSON.stringify(resource)).not.toContain('cnry-');
      }
    });
  });

  it('are open to nobody', () => {
    const reached = practices.flatMap(({ people }) =>
      people.filter(({ chart, proxyFor }) =>
        [chart, ...(proxyFor ?? []).map((proxy) => proxy.chart)].includes(CANARY_KEY),
      ),
    );
    expect(reached).toEqual([]);
  });
});
