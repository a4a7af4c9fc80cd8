/** The families of Riverside Dental: 40 patients, one of whom has a proxy who is no patient. */
import type { AllergyKey } from '../allergies.ts';
import { type Household, type Member, PARENT_SECTIONS, type ProxySpec } from '../people/household.ts';
import type { IllnessKey } from './history-catalog.ts';
import type { MouthKind } from './mouth.ts';

export interface DentalProfile {
  dentist: 'ibarra' | 'okafor';
  mouth: MouthKind;
  illnesses: IllnessKey[];
  allergies: AllergyKey[];
  smoker?: 'never' | 'former' | 'current';
  worry?: string;
  insurer: 'northern-pine' | 'great-lakes-dental' | 'state-dental' | null;
}

type Extra = Partial<Omit<DentalProfile, 'mouth' | 'insurer'>> & {
  email?: string;
  phone?: string;
  language?: string;
};

function patient(
  name: readonly [given: string, family: string],
  gender: Member<DentalProfile>['gender'],
  age: number,
  mouth: MouthKind,
  insurer: DentalProfile['insurer'],
  extra: Extra = {},
): Member<DentalProfile> {
  const { email, phone, language, ...profile } = extra;
  const dentist = name[1].charCodeAt(0) % 2 === 0 ? 'okafor' : 'ibarra';
  return {
    given: name[0],
    family: name[1],
    gender,
    age,
    ...(email ? { email } : {}),
    ...(phone ? { phone } : {}),
    ...(language ? { language } : {}),
    profile: { dentist, illnesses: [], allergies: [], ...profile, mouth, insurer },
  };
}

function parent(by: string, actsFor: string, relationship: 'MTH' | 'FTH'): ProxySpec {
  return { by, actsFor, relationship, sections: PARENT_SECTIONS };
}

export const DENTAL_HOUSEHOLDS: readonly Household<DentalProfile>[] = [
  {
    street: '218 Cooper Street',
    town: 'Alder Falls',
    members: [
      patient(['Elena', 'Castellano'], 'female', 41, 'repaired', 'northern-pine', {
        allergies: ['penicillin'],
      }),
      patient(['Marco', 'Castellano'], 'male', 43, 'decayed', 'northern-pine', {
        smoker: 'former',
        worry: 'The sound of the drill. Headphones help.',
      }),
      patient(['Luca', 'Castellano'], 'male', 11, 'child', 'northern-pine', { illnesses: ['asthma'] }),
      patient(['Sofia', 'Castellano'], 'female', 8, 'child-decayed', 'northern-pine'),
    ],
    proxies: [
      parent('Elena', 'Luca', 'MTH'),
      parent('Marco', 'Luca', 'FTH'),
      parent('Elena', 'Sofia', 'MTH'),
      parent('Marco', 'Sofia', 'FTH'),
    ],
  },
  {
    street: '9 Old Quarry Lane',
    town: 'North Fork',
    members: [
      patient(['Georgia', 'Whitfield'], 'female', 67, 'rebuilt', 'great-lakes-dental', {
        illnesses: ['hypertension', 'osteoporosis'],
      }),
      patient(['Harold', 'Whitfield'], 'male', 71, 'gum-disease', 'great-lakes-dental', {
        illnesses: ['fibrillation', 'diabetes'],
        smoker: 'former',
      }),
    ],
  },
  {
    street: '77 Foundry Row, Apt 4',
    town: 'Port Lindell',
    members: [
      patient(['Thanh', 'Nguyen'], 'male', 38, 'repaired', 'northern-pine', { language: 'vi' }),
      patient(['Linh', 'Nguyen'], 'female', 36, 'sound', 'northern-pine', {
        illnesses: ['pregnancy'],
        language: 'vi',
      }),
      patient(['Minh', 'Nguyen'], 'male', 6, 'child-decayed', 'northern-pine', {
        worry: 'He is afraid of lying down flat.',
      }),
      patient(['An', 'Nguyen'], 'female', 4, 'child', 'northern-pine'),
    ],
    proxies: [parent('Linh', 'Minh', 'MTH'), parent('Thanh', 'Minh', 'FTH'), parent('Linh', 'An', 'MTH')],
  },
  {
    street: '1406 Bellweather Avenue',
    town: 'Alder Falls',
    members: [
      patient(['Leila', 'Haddad'], 'female', 42, 'repaired', 'great-lakes-dental', {
        illnesses: ['thyroid'],
        allergies: ['codeine'],
        email: 'leila.haddad@example.org',
        phone: '(715) 555-0142',
      }),
    ],
  },
  {
    street: '52 Ferry Landing',
    town: 'Mill Harbor',
    members: [
      patient(['Desmond', 'Achebe'], 'male', 52, 'gum-disease', 'great-lakes-dental', {
        illnesses: ['diabetes', 'hypertension'],
        email: 'desmond.achebe@example.org',
        phone: '(715) 555-0157',
      }),
    ],
  },
  {
    street: '640 Juniper Court',
    town: 'Sturgeon',
    members: [
      patient(['Piotr', 'Kowalczyk'], 'male', 58, 'gum-disease', 'northern-pine', {
        smoker: 'current',
        language: 'pl',
      }),
      patient(['Irena', 'Kowalczyk'], 'female', 56, 'rebuilt', 'northern-pine', {
        illnesses: ['reflux'],
        allergies: ['latex'],
      }),
    ],
  },
  {
    street: '31 Birch Hollow, Unit B',
    town: 'Port Lindell',
    members: [
      patient(['Hannah', 'Brandt'], 'female', 29, 'decayed', 'state-dental', {
        illnesses: ['depression'],
        worry: 'I faint when I see needles.',
      }),
      patient(['Tobias', 'Brandt'], 'male', 3, 'child', 'state-dental'),
    ],
    proxies: [
      parent('Hannah', 'Tobias', 'MTH'),
      {
        by: { given: 'Ursula', family: 'Brandt', email: 'ursula.brandt@post.example' },
        actsFor: 'Tobias',
        relationship: 'GRMTH',
        sections: ['administrative', 'clinical'],
      },
    ],
  },
  {
    street: '415 Meridian Street',
    town: 'Alder Falls',
    members: [
      patient(['Priya', 'Ramaswamy'], 'female', 34, 'sound', 'northern-pine', { language: 'ta' }),
      patient(['Arjun', 'Ramaswamy'], 'male', 35, 'repaired', 'northern-pine'),
      patient(['Kavya', 'Ramaswamy'], 'female', 7, 'child', 'northern-pine', { allergies: ['peanut'] }),
    ],
    proxies: [parent('Priya', 'Kavya', 'MTH'), parent('Arjun', 'Kavya', 'FTH')],
  },
  {
    street: '2203 County Road K',
    town: 'North Fork',
    members: [
      patient(['Raymond', 'Tsosie'], 'male', 46, 'decayed', 'state-dental', { illnesses: ['diabetes'] }),
      patient(['Dina', 'Tsosie'], 'female', 14, 'child', 'state-dental', {
        email: 'dina.tsosie@mail.example',
      }),
    ],
    proxies: [parent('Raymond', 'Dina', 'FTH')],
  },
  {
    street: '12 Lighthouse Point',
    town: 'Mill Harbor',
    members: [
      patient(['Maeve', 'O’Sullivan'], 'female', 74, 'rebuilt', 'great-lakes-dental', {
        illnesses: ['dementia', 'hypertension'],
        email: 'none',
      }),
      patient(['Fiona', 'O’Sullivan'], 'female', 45, 'repaired', 'northern-pine', {
        illnesses: ['asthma'],
        allergies: ['ibuprofen'],
      }),
    ],
    proxies: [
      {
        by: 'Fiona',
        actsFor: 'Maeve',
        relationship: 'DAUC',
        sections: ['administrative', 'clinical', 'financial'],
      },
    ],
  },
  {
    street: '885 Harbor View Road',
    town: 'Mill Harbor',
    members: [
      patient(['Darnell', 'Johnson'], 'male', 31, 'repaired', 'northern-pine', {
        worry: 'Last crown hurt for months.',
      }),
      patient(['Keisha', 'Johnson'], 'female', 30, 'sound', 'northern-pine'),
      patient(['Micah', 'Johnson'], 'male', 5, 'child-decayed', 'northern-pine', { illnesses: ['asthma'] }),
    ],
    proxies: [parent('Keisha', 'Micah', 'MTH'), parent('Darnell', 'Micah', 'FTH')],
  },
  {
    street: '3 Chapel Hill',
    town: 'Sturgeon',
    members: [
      patient(['Ingrid', 'Solheim'], 'female', 63, 'rebuilt', 'great-lakes-dental', {
        illnesses: ['valve'],
        allergies: ['sulfa'],
      }),
    ],
  },
  {
    street: '150 Station Road, Apt 12',
    town: 'Port Lindell',
    members: [
      patient(['Mateo', 'Fuentes'], 'male', 24, 'decayed', null, { smoker: 'current', language: 'es' }),
    ],
  },
  {
    street: '48 Canal Street',
    town: 'Port Lindell',
    members: [patient(['Chiamaka', 'Eze'], 'female', 27, 'sound', 'northern-pine')],
  },
  {
    street: '1 Pruitt Farm Lane',
    town: 'North Fork',
    members: [
      patient(['Walter', 'Pruitt'], 'male', 82, 'gum-disease', 'great-lakes-dental', {
        illnesses: ['fibrillation', 'hypertension'],
        email: 'none',
      }),
    ],
  },
  {
    street: '29 Linden Terrace',
    town: 'Alder Falls',
    members: [
      patient(['Yuki', 'Tanabe'], 'female', 39, 'repaired', 'northern-pine', {
        worry: 'Please warn me before the water is cold.',
      }),
    ],
  },
  {
    street: '730 Ironworks Boulevard',
    town: 'Port Lindell',
    members: [
      patient(['Alexei', 'Voronin'], 'male', 47, 'rebuilt', 'northern-pine', {
        illnesses: ['hiv'],
        smoker: 'former',
      }),
    ],
  },
  {
    street: '66 Prospect Street',
    town: 'Sturgeon',
    members: [
      patient(['Rosalind', 'Teague'], 'female', 55, 'gum-disease', 'great-lakes-dental', {
        illnesses: ['thyroid'],
      }),
    ],
  },
  {
    street: '17 Saltbox Lane',
    town: 'Mill Harbor',
    members: [
      patient(['Beatriz', 'Carvalho'], 'female', 49, 'decayed', 'northern-pine', {
        illnesses: ['reflux', 'hypertension'],
        language: 'pt',
      }),
    ],
  },
  {
    street: '9 University Place, Room 318',
    town: 'Alder Falls',
    members: [patient(['Jonah', 'Feldman'], 'male', 21, 'decayed', null, { allergies: ['penicillin'] })],
  },
  {
    street: '572 Windmill Way',
    town: 'Sturgeon',
    members: [
      patient(['Nadia', 'Petrov-Lang'], 'female', 45, 'repaired', 'great-lakes-dental'),
      patient(['Stefan', 'Petrov-Lang'], 'male', 48, 'decayed', 'great-lakes-dental', {
        illnesses: ['hypertension'],
      }),
      patient(['Vera', 'Petrov-Lang'], 'female', 12, 'child', 'great-lakes-dental'),
      patient(['Zoya', 'Petrov-Lang'], 'female', 12, 'child', 'great-lakes-dental', { allergies: ['latex'] }),
    ],
    proxies: [
      parent('Nadia', 'Vera', 'MTH'),
      parent('Stefan', 'Vera', 'FTH'),
      parent('Nadia', 'Zoya', 'MTH'),
      parent('Stefan', 'Zoya', 'FTH'),
    ],
  },
  {
    street: '88 Magnolia Drive',
    town: 'Alder Falls',
    members: [
      patient(['Lucille', 'Broussard'], 'female', 69, 'rebuilt', 'great-lakes-dental', {
        illnesses: ['hypertension', 'reflux'],
        allergies: ['codeine'],
      }),
    ],
  },
];

/** How families look on their photo IDs, 0 (fair) to 5 (dark); chance decides for the others. */
export const COMPLEXIONS: Readonly<Record<string, number>> = {
  Castellano: 1,
  Whitfield: 0,
  Nguyen: 2,
  Haddad: 2,
  Achebe: 5,
  Kowalczyk: 0,
  Brandt: 0,
  Ramaswamy: 4,
  Tsosie: 3,
  'O’Sullivan': 0,
  Johnson: 4,
  Solheim: 0,
  Fuentes: 2,
  Eze: 5,
  Tanabe: 1,
  Voronin: 0,
  Carvalho: 2,
  'Petrov-Lang': 1,
  Broussard: 4,
};
