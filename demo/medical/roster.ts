/** The families of Lakeside: 40 patients. */
import type { AllergyKey } from '../allergies.ts';
import { type Household, type Member, PARENT_SECTIONS, type ProxySpec } from '../people/household.ts';
import type { ProblemKey } from './problems.ts';
import type { SensitiveKey } from './sensitive-problems.ts';

export interface MedicalProfile {
  doctor: 'adeyemi' | 'lund';
  problems: ProblemKey[];
  sensitive: SensitiveKey[];
  allergies: AllergyKey[];
  isHeavy: boolean;
  insurer: 'great-lakes' | 'union-trades' | 'state-assistance' | null;
}

type Extra = Partial<Omit<MedicalProfile, 'insurer' | 'problems'>> & {
  email?: string;
  phone?: string;
  language?: string;
};

function patient(
  name: readonly [given: string, family: string],
  gender: Member<MedicalProfile>['gender'],
  age: number,
  insurer: MedicalProfile['insurer'],
  problems: ProblemKey[],
  extra: Extra = {},
): Member<MedicalProfile> {
  const { email, phone, language, ...profile } = extra;
  const doctor = name[1].charCodeAt(1) % 2 === 0 ? 'lund' : 'adeyemi';
  return {
    given: name[0],
    family: name[1],
    gender,
    age,
    ...(email ? { email } : {}),
    ...(phone ? { phone } : {}),
    ...(language ? { language } : {}),
    profile: { doctor, sensitive: [], allergies: [], isHeavy: false, ...profile, problems, insurer },
  };
}

function parent(by: string, actsFor: string, relationship: 'MTH' | 'FTH'): ProxySpec {
  return { by, actsFor, relationship, sections: PARENT_SECTIONS };
}

/** A parent of a teenager who has a confidential part of care: everything but `sensitive`. */
function parentOfTeenager(by: string, actsFor: string, relationship: 'MTH' | 'FTH'): ProxySpec {
  return { by, actsFor, relationship, sections: ['administrative', 'clinical', 'financial'] };
}

export const MEDICAL_HOUSEHOLDS: readonly Household<MedicalProfile>[] = [
  {
    street: '1406 Bellweather Avenue',
    town: 'Alder Falls',
    members: [
      patient(['Samir', 'Haddad'], 'male', 45, 'great-lakes', ['hyperlipidemia', 'back']),
      patient(['Leila', 'Haddad'], 'female', 42, 'great-lakes', ['hypothyroid', 'migraine'], {
        allergies: ['codeine'],
        email: 'leila.haddad@example.org',
        phone: '(715) 555-0142',
      }),
      patient(['Noor', 'Haddad'], 'female', 15, 'great-lakes', ['asthma'], {
        sensitive: ['contraception', 'chlamydia'],
        email: 'noor.haddad@mail.example',
      }),
      patient(['Yusuf', 'Haddad'], 'male', 8, 'great-lakes', ['eczema'], { allergies: ['peanut'] }),
    ],
    proxies: [
      parentOfTeenager('Leila', 'Noor', 'MTH'),
      parentOfTeenager('Samir', 'Noor', 'FTH'),
      parent('Leila', 'Yusuf', 'MTH'),
      parent('Samir', 'Yusuf', 'FTH'),
    ],
  },
  {
    street: '52 Ferry Landing',
    town: 'Mill Harbor',
    members: [
      patient(
        ['Desmond', 'Achebe'],
        'male',
        52,
        'union-trades',
        ['diabetes', 'hypertension', 'hyperlipidemia'],
        { isHeavy: true, email: 'desmond.achebe@example.org', phone: '(715) 555-0157' },
      ),
    ],
  },
  {
    street: '18 Orchard Close',
    town: 'Alder Falls',
    members: [
      patient(['Anders', 'Bergström'], 'male', 39, 'great-lakes', ['rhinitis']),
      patient(['Maja', 'Bergström'], 'female', 37, 'great-lakes', ['anemia']),
      patient(['Elsa', 'Bergström'], 'female', 5, 'great-lakes', []),
      patient(['Nils', 'Bergström'], 'male', 1, 'great-lakes', []),
    ],
    proxies: [
      parent('Maja', 'Elsa', 'MTH'),
      parent('Anders', 'Elsa', 'FTH'),
      parent('Maja', 'Nils', 'MTH'),
      parent('Anders', 'Nils', 'FTH'),
    ],
  },
  {
    street: '921 Sycamore Street',
    town: 'Port Lindell',
    members: [
      patient(['Denise', 'Washington'], 'female', 48, 'union-trades', ['hypertension', 'migraine'], {
        sensitive: ['anxiety'],
      }),
      patient(['Terrence', 'Washington'], 'male', 50, 'union-trades', ['hypertension', 'back'], {
        isHeavy: true,
      }),
      patient(['Jalen', 'Washington'], 'male', 17, 'union-trades', ['asthma']),
    ],
    proxies: [parent('Denise', 'Jalen', 'MTH'), parent('Terrence', 'Jalen', 'FTH')],
  },
  {
    street: '44 Mission Street',
    town: 'Sturgeon',
    members: [
      patient(
        ['Guadalupe', 'Morales'],
        'female',
        61,
        'state-assistance',
        ['diabetes', 'hypertension', 'hyperlipidemia'],
        { isHeavy: true, language: 'es' },
      ),
      patient(['Ernesto', 'Morales'], 'male', 64, 'state-assistance', ['copd', 'prostate'], {
        language: 'es',
        allergies: ['sulfa'],
      }),
    ],
  },
  {
    street: '7 Cedarwood Lane, Apt 2',
    town: 'Port Lindell',
    members: [
      patient(['Ji-woo', 'Park'], 'female', 33, 'great-lakes', ['pregnancy'], { language: 'ko' }),
      patient(['Min-jun', 'Park'], 'male', 35, 'great-lakes', ['reflux']),
      patient(['Seo-yeon', 'Park'], 'female', 3, 'great-lakes', []),
    ],
    proxies: [parent('Ji-woo', 'Seo-yeon', 'MTH'), parent('Min-jun', 'Seo-yeon', 'FTH')],
  },
  {
    street: '60 Blackwood Ridge',
    town: 'North Fork',
    members: [
      patient(['Evelyn', 'Blackwood'], 'female', 79, 'great-lakes', ['memory', 'hypertension'], {
        email: 'none',
      }),
      patient(['Graham', 'Blackwood'], 'male', 51, 'union-trades', ['hyperlipidemia']),
    ],
    proxies: [
      {
        by: 'Graham',
        actsFor: 'Evelyn',
        relationship: 'SONC',
        sections: ['administrative', 'clinical', 'financial'],
      },
    ],
  },
  {
    street: '233 Lakeshore Drive, Apt 9',
    town: 'Mill Harbor',
    members: [
      patient(['Anjali', 'Iyer'], 'female', 28, 'great-lakes', ['anemia', 'rhinitis'], {
        sensitive: ['contraception'],
      }),
    ],
  },
  {
    street: '5 Wharf Street, Loft 3',
    town: 'Port Lindell',
    members: [
      patient(['Rafael', 'Costa'], 'male', 36, 'great-lakes', ['reflux'], {
        sensitive: ['hiv'],
        language: 'pt',
      }),
    ],
  },
  {
    street: '710 Nursery Road',
    town: 'North Fork',
    members: [
      patient(['Simone', 'Delacroix'], 'female', 44, 'state-assistance', ['back'], {
        sensitive: ['opioid'],
        allergies: ['ibuprofen'],
      }),
    ],
  },
  {
    street: '88 Concert Hall Square',
    town: 'Alder Falls',
    members: [
      patient(['Miriam', 'Kaplan'], 'female', 55, 'great-lakes', ['osteoporosis'], {
        sensitive: ['depression'],
      }),
      patient(['Joel', 'Kaplan'], 'male', 57, 'great-lakes', ['fibrillation', 'hyperlipidemia']),
    ],
  },
  {
    street: '1501 Mill Race, Unit 6',
    town: 'Sturgeon',
    members: [
      patient(['Travis', 'Stone'], 'male', 46, 'union-trades', ['hypertension'], { sensitive: ['alcohol'] }),
    ],
  },
  {
    street: '3 Redwing Trail',
    town: 'North Fork',
    members: [
      patient(['Lorraine', 'Begay'], 'female', 59, 'state-assistance', ['diabetes', 'kidney'], {
        isHeavy: true,
      }),
      patient(['Carl', 'Begay'], 'male', 62, 'state-assistance', ['hypertension', 'back']),
    ],
  },
  {
    street: '27 Bridge Street',
    town: 'Alder Falls',
    members: [
      patient(['Annika', 'Fischer'], 'female', 31, 'great-lakes', ['migraine'], {
        sensitive: ['ptsd'],
        language: 'de',
      }),
    ],
  },
  {
    street: '409 Dunmore Avenue',
    town: 'Port Lindell',
    members: [
      patient(['Thandiwe', 'Nkosi'], 'female', 40, 'union-trades', ['hypothyroid', 'hypertension']),
      patient(['Sipho', 'Nkosi'], 'male', 10, 'union-trades', ['asthma', 'rhinitis']),
    ],
    proxies: [parent('Thandiwe', 'Sipho', 'MTH')],
  },
  {
    street: '16 Colliery Row',
    town: 'Sturgeon',
    members: [
      patient(['Brendan', 'Gallagher'], 'male', 68, 'union-trades', ['copd', 'hypertension'], {
        sensitive: ['depression'],
      }),
    ],
  },
  {
    street: '350 College Avenue, Apt 21',
    town: 'Alder Falls',
    members: [
      patient(['Ani', 'Petrosyan'], 'female', 23, null, ['rhinitis'], {
        sensitive: ['contraception', 'chlamydia'],
        language: 'hy',
      }),
    ],
  },
  {
    street: '12 Vista Court',
    town: 'Mill Harbor',
    members: [
      patient(['Caroline', 'Hughes'], 'female', 47, 'great-lakes', ['hypothyroid'], {
        sensitive: ['bipolar'],
      }),
    ],
  },
  {
    street: '66 Maple Garden',
    town: 'Alder Falls',
    members: [
      patient(['Kenji', 'Sato'], 'male', 72, 'great-lakes', ['fibrillation', 'prostate'], { language: 'ja' }),
    ],
  },
  {
    street: '1880 Old Ferry Road',
    town: 'Mill Harbor',
    members: [
      patient(['Tomás', 'Rivera'], 'male', 54, 'union-trades', ['hypertension', 'hyperlipidemia', 'back'], {
        isHeavy: true,
        language: 'es',
      }),
    ],
  },
  {
    street: '95 Union Street, Apt 3',
    town: 'Port Lindell',
    members: [
      patient(['Yusra', 'Abdi'], 'female', 30, 'state-assistance', ['anemia'], { language: 'so' }),
      patient(['Khalid', 'Abdi'], 'male', 4, 'state-assistance', ['eczema']),
    ],
    proxies: [
      parent('Yusra', 'Khalid', 'MTH'),
      {
        by: { given: 'Hodan', family: 'Warsame', email: 'hodan.warsame@post.example' },
        actsFor: 'Khalid',
        relationship: 'GRMTH',
        sections: ['administrative', 'clinical'],
      },
    ],
  },
  {
    street: '2 Almshouse Green',
    town: 'Sturgeon',
    members: [
      patient(
        ['Dorothy', 'Whitaker'],
        'female',
        86,
        'great-lakes',
        ['fibrillation', 'kidney', 'osteoporosis'],
        { email: 'none', allergies: ['penicillin'] },
      ),
    ],
  },
  {
    street: '74 Studio Lane',
    town: 'Port Lindell',
    members: [patient(['Oluwaseun', 'Bakare'], 'male', 29, 'great-lakes', [], { sensitive: ['attention'] })],
  },
  {
    street: '140 Pagoda Hill',
    town: 'Alder Falls',
    members: [
      patient(['Mei', 'Chen'], 'female', 65, 'great-lakes', ['osteoporosis', 'hyperlipidemia'], {
        language: 'zh',
      }),
    ],
  },
];
